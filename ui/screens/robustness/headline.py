"""The first thing on the page: what is left of each network on corrupted examples."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
import streamlit as st

from distill_core.lab import Lab
from distill_core.robustness.corruptions import corruptions_of
from distill_core.templates.new_voice import is_adaptation
from ui.kept import drawing, kept
from ui.networks import marks
from ui.screens.robustness.trials import Trials
from ui.text import words
from ui.text.language import N_, Texts, _, by_kind, ngettext_by_kind

__all__ = ["show"]

CARDS = 8
ROLES = Texts({"teacher": N_("teacher"), "control": N_("control"), "student": N_("student")})


def show(lab: Lab, tested: Trials | None) -> None:
    """A card a network: its mean accuracy under corruption with its interval, and beside the control's."""
    if tested is None or not tested.run_ids:
        return
    errors = kept(("corruption error", *tested.stamp), lambda: lab.robustness.corruption_error(tested.job.id, None))
    drawing(errors, "headline", lambda: _draw(errors, tested))


def _draw(errors: pd.DataFrame, tested: Trials) -> None:
    known = errors[errors["student"].isin(tested.looks) & errors["mean_error"].notna()].head(CARDS)
    if known.empty and is_adaptation(tested.job.experiment):
        st.markdown(_("These networks get used to a voice: the tab **Adapt** shows what that brought."))
        return
    if known.empty:
        st.markdown(
            by_kind(
                tested.kind,
                "Nothing is known yet of these networks on corrupted {examples}: the button **Test these "
                "networks** of the tab Corruptions finds it out.",
            )
        )
        return
    places = words.metric_places(tested.metric)
    st.markdown(by_kind(tested.kind, "**{Metric} on corrupted {examples}**", **places))
    with st.grid(min(len(known), 4), min_column_width=170):
        for row in known.to_dict("records"):
            _card(row, tested)
    st.caption(" ".join(_fine_print(known, tested)))


def _fine_print(known: pd.DataFrame, tested: Trials) -> Iterator[str]:
    images, most, corruptions = int(known["images"].max()), tested.most_images, len(corruptions_of(tested.task))
    places = words.metric_places(tested.metric)
    if images < most:
        yield by_kind(
            tested.kind,
            "{Metric}, mean over {corruptions} corruptions at five severities, on the first {images} of {most} test "
            "{examples}.",
            **places,
            corruptions=words.number(corruptions),
            images=words.number(images, grouped=True),
            most=words.number(most, grouped=True),
        )
    else:
        yield ngettext_by_kind(
            tested.kind,
            "{Metric}, mean over {corruptions} corruptions at five severities, on the one test {example}.",
            "{Metric}, mean over {corruptions} corruptions at five severities, on all {count} test {examples}.",
            images,
            **places,
            corruptions=words.number(corruptions),
        )
    if known["mce"].notna().any():
        yield _(
            "Below it stand the difference from the control in percentage points and the {mce}, which is the errors as "
            "a share of the control's.",
            mce=words.term("mce", "mCE"),
        )
    three = known["mean_error_half_width"].notna().any()
    yield _("Intervals are over seeds.") if three else _("An interval needs three seeds.")


def _card(row: dict[Any, Any], tested: Trials) -> None:
    name = marks.named(row["student"], tested.looks[row["student"]])
    score = words.percent(1 - row["mean_error"], _known(row["mean_error_half_width"]))
    with st.container(border=True, gap="xsmall", height="stretch"):
        st.metric(name, score, _against(row), delta_color="off", delta_arrow="off")
        if not pd.isna(row["mce"]):
            st.markdown(_(":small[mCE {mce}]", mce=words.percent(row["mce"], _known(row["mce_half_width"]))))


def _against(row: dict[Any, Any]) -> str:
    """The difference from the control; what it is, for those that have none."""
    if pd.isna(row["delta_points"]):
        return ROLES[row["role"]]
    return words.pp(words.points(row["delta_points"], _known(row["delta_half_width_points"])))


def _known(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
