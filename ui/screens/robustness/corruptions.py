"""The corruptions of a task at five severities: how far each network falls, and what distillation changed."""

from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd
import streamlit as st

import ui
from distill_core.lab import Lab
from distill_core.robustness.corruptions import corruptions_of
from distill_core.tasks import Task
from distill_core.tasks.segmentation import SCENE
from ui import charts, spreadsheet
from ui.charts import Bar
from ui.forms import fields
from ui.kept import derived, drawing, kept
from ui.networks import style
from ui.screens.robustness import findings, testing, told
from ui.screens.robustness.trials import CLEAN, SEVERITIES, Cell, Trials, along_severity, of_corruptions
from ui.text import story, times, words
from ui.text.language import N_, _, ngettext

__all__ = [
    *("IMAGES", "PLACES", "cells", "fine_print", "left_out", "offered", "show", "test", "titles"),
]

IMAGES = (500, 1000, 2000)
# Of scenes, whose networks answer for every pixel.
SCENES, FIRST_SCENES = (50, 100, 200, 500), 100
PLACES = (N_("clean"), *map(str, SEVERITIES))
MEAN = "mean"
ERRORS = {
    "mce": (
        N_("Corruption error (mCE)"),
        N_("**Corruption error (mCE)**: errors under corruption, as a share of the control's"),
    ),
    "relative_mce": (
        N_("Relative corruption error"),
        N_("**Relative corruption error**: errors that corruption adds, as a share of those of the control"),
    ),
}


def show(lab: Lab, tested: Trials | None) -> None:
    """The test, its charts and what they show."""
    if tested is None or not tested.run_ids:
        st.info(_("As soon as an experiment has a finished network, it can be tested here."))
        return
    tested = test(lab, tested)
    if not derived(tested.rows, "any", lambda: tested.rows["disturbance"].isin(titles(tested.task)).any()):
        st.markdown(_(told.NOT_YET[tested.kind.name], count=len(corruptions_of(tested.task))))
        return
    tested, out = tested.whole(cells(tested.task))
    left_out(out)
    testing.counted(tested)
    errors = kept(
        ("corruption error", *tested.stamp), lambda: lab.robustness.corruption_error(tested.job.id, tested.images)
    )
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.markdown(words.scored("**{Metric} under rising severity**, mean over the corruptions", tested.metric))
        _hero(tested)
    with right:
        st.subheader(_("What this shows"))
        lines = kept(("findings", *tested.stamp), lambda: findings.corruptions(tested, titles(tested.task), errors))
        drawing(lines, "findings", lambda: _say(lines))
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _each(tested)
    with right:
        _errors(tested, errors)
    _download(tested)
    drawing(errors, "fine print", lambda: _fine_print(tested))


def _say(lines: Sequence[str]) -> None:
    for sentence in lines:
        st.markdown(words.firm(sentence))


def _fine_print(tested: Trials) -> None:
    st.caption(fine_print(tested))
    st.caption(told.steps(tested.task))


def test(lab: Lab, tested: Trials) -> Trials:
    """The button that tests what is lacking, or how far that is; the trials on the chosen number of images."""
    place = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    with place:
        tested = testing.images(tested, cells(tested.task), *offered(tested), key="test_images")
    lacking, images = tested.lacking(cells(tested.task)), tested.images
    runs, seconds = lacking or tested.run_ids, testing.seconds(tested, lacking, len(cells(tested.task)))
    with place:
        testing.show(
            lab,
            lambda: ui.lab().robustness.test(runs, images=images, attacks=()),
            _("Test these networks · {time}", time=times.about(seconds)),
            key="test",
            offered=bool(lacking),
            help=_("What is tested already is not tested again."),
        )
    return tested


def offered(tested: Trials) -> tuple[tuple[int, ...], int]:
    """How many test examples a test may take, and how many it takes unless a visitor chooses."""
    return (SCENES, FIRST_SCENES) if tested.kind == SCENE else (IMAGES, IMAGES[-1])


def titles(task: Task) -> dict[str, str]:
    return {corruption.name: _(corruption.title) for corruption in corruptions_of(task)}


def cells(task: Task) -> list[Cell]:
    """Clean examples, then every corruption at every severity."""
    return [
        (CLEAN, 0),
        *((corruption.name, severity) for corruption in corruptions_of(task) for severity in SEVERITIES),
    ]


def fine_print(tested: Trials, *more: str) -> str:
    """The grey line: examples, seeds, intervals, verdicts, machine."""
    seeds = int(tested.summary["seeds"].max())
    parts = [
        *more,
        _("{images}, the same corrupted ones for every network", images=tested.counted),
        _seeds(seeds),
        findings.judged(tested),
        _(told.MADE[tested.kind.name]),
        *story.place(tested.results),
    ]
    return " · ".join(parts)


def _seeds(seeds: int) -> str:
    if seeds < 3:
        return ngettext("{count} seed", "{count} seeds", seeds)
    return ngettext("{count} seed, 95 % intervals over seeds", "{count} seeds, 95 % intervals over seeds", seeds)


def left_out(names: Sequence[str]) -> None:
    """Say who is not among the means below."""
    if names:
        them = words.join([words.plain(name) for name in names])
        st.caption(_("Left out until all of it is tested: {networks}.", networks=them))


def _download(tested: Trials) -> None:
    with st.container(horizontal=True):
        spreadsheet.downloads(lambda: table(tested), "robustness", label=_("All conditions as CSV"))


def table(tested: Trials) -> pd.DataFrame:
    """What a download holds: a row a run and condition."""
    names = {"disturbance": "corruption", "strength": "severity"}
    return tested.rows.drop(columns="run_id").rename(columns=names)


def _hero(tested: Trials) -> None:
    chart = kept(
        ("severity", *tested.stamp, style.dark()),
        lambda: charts.along(
            along_severity(tested, list(titles(tested.task))),
            [_(place) for place in PLACES],
            title=_("severity"),
            measure=words.scored("Test {metric}", tested.metric),
            dark=style.dark(),
            bands=True,
        ),
    )
    charts.show(chart, key="severity", kept=True)


def _each(tested: Trials) -> None:
    at = st.segmented_control(
        _("Each corruption, at severity"),
        [MEAN, *map(str, SEVERITIES)],
        default=MEAN,
        required=True,
        key="at",
        bind="query-params",
        **fields.titled("at", {MEAN: _("mean"), **{str(severity): str(severity) for severity in SEVERITIES}}),
    )
    severities = SEVERITIES if at in (None, MEAN) else (int(at),)
    chart = kept(("each", at, *tested.stamp, style.dark()), lambda: _dots(tested, severities))
    if chart is None:
        st.caption(_("No corruption is finished at this severity."))
    else:
        charts.show(chart, key="each", kept=True)


def _dots(tested: Trials, severities: Sequence[int]) -> charts.Chart | None:
    found = of_corruptions(tested, titles(tested.task), severities)
    measure = words.scored("test {metric}, mean over severities", tested.metric)
    if len(severities) == 1:
        places = words.metric_places(tested.metric)
        measure = _("test {metric}, at severity {severity}", severity=severities[0], **places)
    return (
        charts.dots(found, told.families(tested.task), _drawn(tested), measure=measure, dark=style.dark())
        if found
        else None
    )


def _drawn(tested: Trials) -> Mapping[str, style.Look]:
    there = set(tested.rows["student"])
    return {name: look for name, look in tested.looks.items() if name in there}


def _errors(tested: Trials, table: pd.DataFrame) -> None:
    """The bars of both errors."""
    for name, (__, meaning) in ERRORS.items():
        known, most = derived(table, "known", partial(_known, tested, table, name), name)
        if known.empty:
            continue
        st.markdown(_(meaning))
        chart = kept(("errors chart", name, *tested.stamp, style.dark()), partial(_bars, known, name, tested.looks))
        charts.show(chart, key=name, kept=True)
        if name == "mce" and tested.metric != "accuracy":
            st.caption(words.scored("An error is here what the {metric} lacks of 100 %.", tested.metric))
        if name == "relative_mce" and most:
            st.caption(
                ngettext(
                    "Without {count} corruption of {corruptions} that costs the control nothing.",
                    "Without {count} corruptions of {corruptions} that cost the control nothing.",
                    most,
                    corruptions=words.number(len(corruptions_of(tested.task))),
                )
            )


def _bars(known: pd.DataFrame, name: str, looks: Mapping[str, style.Look]) -> charts.Chart:
    found = [_bar(row, name) for row in known.to_dict("records")]
    return charts.bars(found, looks, measure=_(ERRORS[name][0]), reference="control", dark=style.dark())


def _known(tested: Trials, table: pd.DataFrame, name: str) -> tuple[pd.DataFrame, int]:
    """The rows of an error, and how many corruptions are left out of one of them at most."""
    # While an experiment trains, the table may know a network that the page does not show yet.
    shown = table["student"].isin(tested.looks) & (table["role"] != "control")
    known = table[shown & table[name].notna()]
    return known, 0 if known.empty else int(known["left_out"].max())


def _bar(row: Mapping[str, object], name: str) -> Bar:
    half = row[f"{name}_half_width"]
    return Bar(network=row["student"], mean=row[name], half_width=None if pd.isna(half) else half)
