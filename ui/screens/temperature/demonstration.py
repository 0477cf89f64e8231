"""The page's one picture: an image, and what teacher and student say about it at every T. The bars follow the slider
while it is dragged, without a run of the page."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from distill_core.decimals import adding_up, fixed
from distill_core.evaluation.softening import entropy_bits_N, soften_NC
from ui.charts import footer
from ui.kept import kept
from ui.networks import marks, style
from ui.screens.temperature.lens import Lens
from ui.text import words
from ui.text.language import N_, _, by_kind, ngettext

__all__ = ["MOST", "below", "frame", "order", "show", "table"]

MOST = 12
_component = st.components.v2.component(
    "demonstration",
    html='<div class="demonstration"></div>\n',
    css=Path(__file__).with_suffix(".css").read_text(encoding="utf-8"),
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
)


def show(lens: Lens) -> None:
    """All that the slider can stand at goes to the browser at once."""
    dark = style.dark()
    known = kept(("demonstration", *lens.stamp, lens.index, lens.temperatures, dark), lambda: _data(lens, dark))
    _component(key="demonstration", data={**known, "T": words.exact(lens.temperature)})


def _data(lens: Lens, dark: bool) -> dict[str, Any]:
    of_cohort = style.looks({"teacher": "teacher", **lens.roles}, dark=dark, settings=lens.settings)
    looks = {"teacher": of_cohort["teacher"], "student": of_cohort[lens.student_name]}
    names = {"teacher": lens.teacher.title, "student": lens.student.title}
    shown, label, kind = order(lens), lens.classes[lens.label], lens.test.task.kind
    others = len(lens.classes) - len(shown)
    return {
        "stamp": "/".join(map(str, (*lens.stamp, lens.index, dark))),
        "image": "" if lens.test.text(lens.index) else lens.test.source(lens.index),
        "text": lens.test.text(lens.index),
        "alt": by_kind(kind, "{label}, test {example} {index}", label=label, index=lens.called),
        "label": by_kind(kind, "Test {example} {index}: {label}", label=label, index=lens.called),
        "label_place": shown.index(lens.label) if lens.label in shown else None,
        "classes": [lens.classes[place] for place in shown]
        + ([ngettext("{count} other", "{count} others", others)] if others else []),
        "networks": [
            {"name": names[role], "role": _(role), "mark": marks.picture(look), "colour": look.colour}
            for role, look in looks.items()
        ],
        "cold": frame(lens, 1.0)["shares"],
        "legend": _("Probability in % at T = {temperature} · the upright line: at T = 1", temperature="{}").split("{}"),
        "entropy": _("Entropy"),
        "frames": {words.exact(temperature): frame(lens, temperature) for temperature in lens.temperatures},
    }


def order(lens: Lens) -> list[int]:
    """The classes that have a bar, in the order of the teacher's logits, which no temperature changes."""
    found: list[int] = np.argsort(-lens.teacher_1C[0], kind="stable").tolist()
    return found if len(found) <= MOST else found[: MOST - 1]


def frame(lens: Lens, temperature: float) -> dict[str, list[Any]]:
    """Shares (0 to 1) and their texts in percent, a list a network: the teacher, then the student. The texts of a
    network add up to 100.0; what has no bar of its own is one sum at the end."""
    softened = [soften_NC(logits_1C, temperature) for logits_1C in (lens.teacher_1C, lens.student_1C)]
    shares = [_with_rest(soft_1C[0], order(lens)) for soft_1C in softened]
    most = fixed(np.log2(len(lens.classes)), 2)
    return {
        "shares": shares,
        "texts": [[fixed(value, 1) for value in adding_up([100 * share for share in each], 1)] for each in shares],
        "entropy": [
            _("{entropy} of {most} bits", entropy=fixed(float(entropy_bits_N(soft_1C)[0]), 2), most=most)
            for soft_1C in softened
        ],
    }


def _with_rest(shares_C: np.ndarray, shown: Sequence[int]) -> list[float]:
    found = [float(shares_C[place]) for place in shown]
    return found if len(found) == len(shares_C) else [*found, max(0.0, 1.0 - sum(found))]


def table(lens: Lens) -> pd.DataFrame:
    """The numbers of all classes, with logits."""
    columns = {
        _(what, role=role): values_C
        for role, logits_1C in ((_("Teacher"), lens.teacher_1C), (_("Student"), lens.student_1C))
        for what, values_C in (
            (N_("{role}: logit"), logits_1C[0]),
            (N_("{role}: probability at T = 1 (0 to 1)"), soften_NC(logits_1C, 1.0)[0]),
            (N_("{role}: probability at the chosen T (0 to 1)"), soften_NC(logits_1C, lens.temperature)[0]),
        )
    }
    found = pd.DataFrame({N_("Class"): list(lens.classes), **columns})
    return found.sort_values(found.columns[1], ascending=False, kind="stable")


def below(table: pd.DataFrame) -> None:
    """The numbers under the picture, in an expander."""
    alt = _("Probability of each class according to teacher and student, at T = 1 and at the chosen T")
    footer.below((), table, alt=alt, key="demonstration")
