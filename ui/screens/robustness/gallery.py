"""One test image under all corruptions, and what teacher, control and students answer to each."""

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from distill_core.errors import DistillError
from distill_core.lab import Lab
from distill_core.robustness.corruptions import CORRUPTIONS
from distill_core.tasks import Split
from distill_core.templates.presets import default_experiment
from ui.findings.robustness import StillRight
from ui.findings.sentences import say
from ui.kept import kept
from ui.networks import marks
from ui.screens.robustness.trials import CLEAN, SEVERITIES, Trials
from ui.text import words
from ui.text.language import _
from ui.thumbnails import enlarged

__all__ = ["line", "show"]

IMAGE, SEVERITY, ANSWERS = "g_image", "g_severity", "g_answers"
WIDE_PX, STRIDE, MOST = 112, 97, 4


def show(lab: Lab, tested: Trials | None) -> None:
    """The pickers, then a card for the image as it is and one for each corruption."""
    task = tested.job.experiment.task if tested else default_experiment().task
    split, classes = lab.catalog.images(task)[1], lab.catalog.classes(task)
    index, severity, names = _pickers(tested, split)
    label = int(split.labels_N[index])
    pictures, answers = _seen(lab, tested, task, index, severity, names)
    st.markdown(
        _(
            "Test image {index} is of the class **{classes}**.{told}",
            index=index,
            classes=words.plain(classes[label]),
            told=_told(answers, label),
        )
    )
    about = {corruption.name: corruption for corruption in CORRUPTIONS}
    looks = {name: tested.looks[name] for name in answers} if tested else {}
    if looks:
        st.markdown(marks.legend(looks))
    with st.grid(4, min_column_width=160, gap="small"):
        for place, (name, image_HWC) in enumerate(pictures.items()):
            corruption = about.get(name)
            with st.container(border=True, gap="xsmall", height="stretch"):
                title = _(corruption.title) if corruption else _("As it is")
                st.image(
                    kept(
                        ("corrupted", task, index, severity, name),
                        lambda image_HWC=image_HWC: enlarged(image_HWC, WIDE_PX),
                    ),
                    width=WIDE_PX,
                    alt=_("{title}: {classes}, test image {index}", title=title, classes=classes[label], index=index),
                )
                st.markdown(f"**{title}**", help=_(corruption.teaches) if corruption else None)
                lines = [
                    line(marks.mark(looks[name]), found_PC[place], label, classes) for name, found_PC in answers.items()
                ]
                if lines:
                    st.markdown("  \n".join(lines))


def line(mark: str, probabilities_C: np.ndarray, label: int, classes: Sequence[str]) -> str:
    """One answer in Markdown: whose it is, right or wrong, the class and how sure."""
    answer = int(probabilities_C.argmax())
    sign = "✓" if answer == label else "✗"
    text = f"{words.plain(classes[answer])} {words.percent(float(probabilities_C[answer]), digits=0)}"
    return f":small[{mark} {sign} {text}]".replace(" %", "\u00a0%")


def _pickers(tested: Trials | None, split: Split) -> tuple[int, int, list[str]]:
    last = len(split) - 1
    if isinstance(st.session_state.get(IMAGE), int | float):
        st.session_state[IMAGE] = min(max(int(st.session_state[IMAGE]), 0), last)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        index = st.number_input(
            _("Test image"),
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
    if tested is None or not tested.run_ids:
        return []
    offered = list(tested.finished)
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
    done = tested.summary[tested.summary["student"].isin(tested.finished)]
    best = done.sort_values("test_accuracy", ascending=False).drop_duplicates("role")["student"]
    known = set(best)
    return [name for name in tested.finished if name in known]


def _another(last: int) -> None:
    # A fixed stride: neighbours in the file may be alike, and the way back is known.
    st.session_state[IMAGE] = (int(st.session_state.get(IMAGE) or 0) + STRIDE) % (last + 1)


def _seen(
    lab: Lab, tested: Trials | None, task: str, index: int, severity: int, names: Sequence[str]
) -> tuple[Mapping[str, np.ndarray], Mapping[str, np.ndarray]]:
    """The pictures by corruption, the clean one first; and by network its answers to them, (pictures, classes)."""
    plain_HWC = lab.catalog.images(task)[1].images_NHWC[index]
    pictures = kept(
        ("gallery", task, index, severity), lambda: {CLEAN: plain_HWC, **lab.robustness.gallery(task, index, severity)}
    )
    if tested is None:
        return pictures, {}
    runs = {name: tested.finished[name][0] for name in names}
    images_NHWC = np.stack(list(pictures.values()))
    answers = {}
    for name, run in runs.items():
        try:
            answers[name] = kept(
                ("gallery answers", run, index, severity),
                lambda run=run: lab.robustness.probabilities(run, images_NHWC),
            )
        except DistillError as error:  # the others answer
            st.caption(_("{name} does not answer: {error}", name=words.plain(name), error=words.sentence(error)))
    return pictures, answers


def _told(answers: Mapping[str, np.ndarray], label: int) -> str:
    right = {name: int((found_PC[1:].argmax(1) == label).sum()) for name, found_PC in answers.items()}
    return f" {say(StillRight(corruptions=len(CORRUPTIONS), right=tuple(right.items())))}" if right else ""
