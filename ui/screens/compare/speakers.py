"""Tab Classes of own recordings whose speakers are known: accuracy over the voices of the test."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from distill_core.errors import DistillError
from distill_core.lab import Lab
from distill_core.reports.by_speaker import OverSpeakers, over_speakers, shares
from distill_core.tasks.own.description import FEWEST_SPEAKERS, OwnData
from ui import spreadsheet
from ui.kept import kept
from ui.screens.compare.cohort import Cohort
from ui.text import words
from ui.text.language import N_, _, ngettext

__all__ = ["show", "table"]

NETWORK, ACCURACY, GAIN = N_("network"), N_("accuracy over voices"), N_("difference from the control (points)")
LOWEST, HIGHEST = N_("lowest voice"), N_("highest voice")


def show(lab: Lab, cohort: Cohort, rows: pd.DataFrame) -> None:
    """The accuracy of each network over the speakers of the test, where a table told them."""
    data = lab.tasks.own.of(cohort.task())
    if data is None or not data.speakers:
        return
    st.subheader(_("Over voices"))
    if data.test_speakers < FEWEST_SPEAKERS:
        told = ngettext(
            "The test has {count} voice, which is too few for an interval over voices.",
            "The test has {count} voices, which are too few for an interval over voices.",
            data.test_speakers,
        )
        st.caption(told)
        return
    here = cohort.of_lab(rows)
    found = kept(("by speaker", cohort.stamp, *here["student"]), lambda: _over_speakers(lab, cohort, here))
    spreadsheet.table(table(found, data), hide_index=True)
    st.caption(
        _(
            "Each voice of the test counts once, and no voice of it was heard in training. Intervals are 95 % Student "
            "t over these voices, so they hold how far voices lie apart, which intervals over seeds leave out."
        )
    )


def table(found: Mapping[str, OverSpeakers], data: OwnData) -> pd.DataFrame:
    """A row a network."""
    return pd.DataFrame([_row(name, of, data.speakers) for name, of in found.items()])


def _row(name: str, of: OverSpeakers, speakers: tuple[str, ...]) -> dict[str, str]:
    low, high = (choose(of.by_speaker, key=of.by_speaker.__getitem__) for choose in (min, max))
    gain = of.gain
    half = None if gain is None or gain.half_width is None else 100 * gain.half_width
    return {
        NETWORK: name,
        ACCURACY: words.percent(of.accuracy.mean, of.accuracy.half_width),
        GAIN: words.points(None if gain is None else 100 * gain.mean, half),
        LOWEST: _voice(speakers[low], of.by_speaker[low]),
        HIGHEST: _voice(speakers[high], of.by_speaker[high]),
    }


def _voice(name: str, share: float) -> str:
    return _("{voice}: {share}", voice=name, share=words.percent(share))


def _over_speakers(lab: Lab, cohort: Cohort, rows: pd.DataFrame) -> dict[str, OverSpeakers]:
    """By network; those without all files of predictions are left out."""
    speakers_N = lab.catalog.parts(cohort.task()).test.speakers_N
    by_name: dict[str, dict[int, float]] = {}
    for name in rows["student"]:
        try:
            answers = [lab.reports.predictions(f"run:{run_id}") for run_id in cohort.runs(name)]
        except DistillError:
            continue
        right = [one.test_logits_NC.argmax(1) == one.test_labels_N for one in answers]
        by_name[name] = shares(right, speakers_N)
    controls = dict(zip(rows["student"], rows["control"], strict=True))
    return {name: over_speakers(of, by_name.get(controls[name])) for name, of in by_name.items()}
