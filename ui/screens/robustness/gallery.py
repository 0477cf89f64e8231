"""One test example under all corruptions, and what teacher, control and students answer to each."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from distill_core.errors import DistillError
from distill_core.lab import Lab
from distill_core.robustness.corruptions import corruptions_of
from distill_core.tasks import Task
from distill_core.templates.presets import default_experiment
from ui.findings.robustness import StillRight
from ui.findings.sentences import say
from ui.kept import kept
from ui.networks import marks
from ui.screens.robustness import scenes
from ui.screens.robustness.looks import EXPLAINED, draw, looks_of
from ui.screens.robustness.trials import SEVERITIES, Trials
from ui.text import words
from ui.text.language import _, by_kind

__all__ = ["line", "show"]

IMAGE, SEVERITY, ANSWERS = "g_image", "g_severity", "g_answers"
STRIDE, MOST = 97, 4
# Cards in a row, and how narrow one may be.
GRID = {"image": (4, 160), "sound": (3, 220), "text": (3, 220), "row": (2, 320)}


def show(lab: Lab, tested: Trials | None) -> None:
    """The pickers, then a card for the example as it is and one for each corruption."""
    task = tested.task if tested else lab.tasks.get(default_experiment().task)
    index, severity, names = _pickers(tested, task)
    parts = kept(("gallery", task.name, index, severity), lambda: lab.robustness.gallery(task.name, index, severity))
    answers = _answers(lab, tested, parts, index, severity, names)
    marked = {name: tested.looks[name] for name in answers} if tested else {}
    if task.target.positions:
        scenes.show(task, parts, answers, marked, index)
        return
    classes, label = lab.catalog.classes(task.name), int(next(iter(parts.values())).labels_N[0])
    st.markdown(
        by_kind(
            task.kind,
            "Test {example} {index} is of the class **{classes}**.{told}",
            index=index,
            classes=words.plain(classes[label]),
            told=_told(answers, label, task),
        )
    )
    if task.kind.name in EXPLAINED:
        st.caption(_(EXPLAINED[task.kind.name]))
    if marked:
        st.markdown(marks.legend(marked))
    looks = kept(("corrupted", task.name, index, severity), lambda: looks_of(lab, task, parts))
    columns, narrow_px = GRID[task.kind.name]
    with st.grid(columns, min_column_width=narrow_px, gap="small"):
        for place, name in enumerate(parts):
            lines = [
                line(marks.mark(marked[network]), found_PC[place], label, classes)
                for network, found_PC in answers.items()
            ]
            _card(task, name, looks[name], lines, index, classes[label])


def _card(task: Task, name: str, look: str, lines: Sequence[str], index: int, label: str) -> None:
    corruption = next((one for one in corruptions_of(task) if one.name == name), None)
    with st.container(border=True, gap="xsmall", height="stretch"):
        title = _(corruption.title) if corruption else _("As it is")
        places = {"title": title, "classes": label, "index": index}
        draw(task, look, by_kind(task.kind, "{title}: {classes}, test {example} {index}", **places))
        st.markdown(f"**{title}**", help=_(corruption.teaches) if corruption else None)
        if lines:
            st.markdown("  \n".join(lines))


def line(mark: str, probabilities_C: np.ndarray, label: int, classes: Sequence[str]) -> str:
    """One answer in Markdown: whose it is, right or wrong, the class and how sure."""
    answer = int(probabilities_C.argmax())
    sign = "✓" if answer == label else "✗"
    text = f"{words.plain(classes[answer])} {words.percent(float(probabilities_C[answer]), digits=0)}"
    return f":small[{mark} {sign} {text}]".replace(" %", "\u00a0%")


def _pickers(tested: Trials | None, task: Task) -> tuple[int, int, list[str]]:
    last = task.counts.test - 1
    if isinstance(st.session_state.get(IMAGE), int | float):
        st.session_state[IMAGE] = min(max(int(st.session_state[IMAGE]), 0), last)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        index = st.number_input(
            by_kind(task.kind, "Test {example}"),
            0,
            last,
            0,
            key=IMAGE,
            bind="query-params",
            help=_("0 to {last}.", last=words.number(last, grouped=True)),
            width=150,
        )
        st.button(_("Another"), icon=":material/shuffle:", key="g_another", on_click=_another, args=(last,))
        severity = st.segmented_control(
            _("Severity"), list(SEVERITIES), default=3, required=True, key=SEVERITY, bind="query-params"
        )
    names = _names(tested)
    return int(index), int(severity or 3), names


def _names(tested: Trials | None) -> list[str]:
    """Whose answers to show: the teacher, the control and the best student, unless the visitor chose."""
    if tested is None or not tested.with_file:
        return []
    offered = list(tested.with_file)
    if not set(st.session_state.get(ANSWERS, ())) <= set(offered):
        st.session_state.pop(ANSWERS, None)
    return st.multiselect(
        _("Answers of, up to {most}", most=MOST),
        offered,
        _first(tested),
        max_selections=MOST,
        key=ANSWERS,
        wrap=True,
        bind="query-params",
        placeholder=_("no network"),
    )


def _first(tested: Trials) -> list[str]:
    done = tested.summary[tested.summary["student"].isin(tested.with_file)]
    best = done.sort_values("test_accuracy", ascending=False).drop_duplicates("role")["student"]
    known = set(best)
    return [name for name in tested.with_file if name in known]


def _another(last: int) -> None:
    # A fixed stride: neighbours in the file may be alike, and the way back is known.
    st.session_state[IMAGE] = (int(st.session_state.get(IMAGE) or 0) + STRIDE) % (last + 1)


def _answers(
    lab: Lab, tested: Trials | None, parts: Mapping[str, Any], index: int, severity: int, names: Sequence[str]
) -> Mapping[str, np.ndarray]:
    """By network its answers to the examples, (examples, classes)."""
    if tested is None:
        return {}
    answers = {}
    for name in names:
        run = tested.with_file[name][0]
        try:
            answers[name] = kept(
                ("gallery answers", run, index, severity),
                lambda run=run: lab.robustness.probabilities(run, *parts.values()),
            )
        except DistillError as error:  # the others answer
            st.caption(_("{name} does not answer: {error}", name=words.plain(name), error=words.sentence(error)))
    return answers


def _told(answers: Mapping[str, np.ndarray], label: int, task: Task) -> str:
    right = {name: int((found_PC[1:].argmax(1) == label).sum()) for name, found_PC in answers.items()}
    told = StillRight(corruptions=len(corruptions_of(task)), right=tuple(right.items()))
    return f" {say(told)}" if right else ""
