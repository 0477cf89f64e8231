"""What came of an experiment: cards, the chart with what it shows, or what happened instead."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from distill_core.decimals import rounded
from distill_core.lab import Lab
from distill_core.lab.views import JobView
from distill_core.reports.results import metric_of
from distill_core.reports.summary import mark_front
from distill_core.reports.voices import over_voices
from distill_core.templates.new_voice import is_adaptation
from ui.findings import comparison
from ui.findings.facts import Paragraph
from ui.findings.sentences import paragraphs
from ui.findings.voices import used_to
from ui.jobs import actions, gradient_balance, learning, live, unreadable
from ui.kept import derived, drawing, kept
from ui.kinds import kind_of
from ui.networks import marks, style
from ui.text import story, titles, words
from ui.text.language import N_, Texts, _, ngettext

__all__ = ["ended", "show"]

MOST_CARDS = 4
COST = "onnx_bytes"
TOLD = Texts(
    {
        "failed": N_("It could not go on"),
        "stopped": N_("It was stopped"),
        "interrupted": N_("The program ended before it was finished"),
    }
)
HELP = N_(
    "{Metric} on the test set after the last update, never the best one. "
    "pp: [percentage points](glossary#percentage-points) against the [control](glossary#control)."
)
KEPT = N_("networks that were finished by then are kept")
GOES_ON = Texts(
    {
        "stopped": N_("Start again within an hour, and it goes on where it was."),
        "interrupted": N_("Start again within a week, and it goes on where it was."),
        "failed": N_("Start again within an hour, and it goes on where it was."),
    }
)


def show(lab: Lab, job: JobView, *, curves: bool = False) -> DeltaGenerator | None:
    """Draw a job that is over; ``curves`` adds the learning curves.

    Returns the place for what can be done next, or None where there is no result.
    """
    ended(lab, job)
    unreadable.runs(lab, [job])
    stamp = lab.reports.results_version([job.id], everywhere=False)
    summary, results = kept(("outcome", stamp), lambda: (lab.reports.summary(job.id), lab.reports.results([job.id])))
    if not summary.loc[summary["role"] != "teacher", "test_accuracy"].notna().any():
        st.caption(_("No student of this experiment was finished."))
        return None
    looks = style.of_rows(summary, dark=style.dark())
    drawing(summary, "cards", lambda: _cards(summary, looks))
    live.failed(results)
    after = _picture(lab, job, stamp, summary, results, looks)
    kind = kind_of(lab, job.experiment.task)
    drawing(results, "fine print", lambda: st.caption(story.fine_print(summary, results, kind)))
    if curves:
        _curves(lab, job, stamp, results, looks)
    return after


def ended(lab: Lab, job: JobView) -> None:
    """Say why a job is over, where it is not simply finished, and what becomes of it if it is started again."""
    if job.state in TOLD:
        tell = st.warning if job.state == "failed" else st.info
        tell(words.sentence(job.error or _(KEPT)), title=TOLD[job.state])
        if lab.reports.goes_on(job.id):
            st.caption(GOES_ON[job.state])
        actions.again_button(job, "restart")


def _cards(summary: pd.DataFrame, looks: dict[str, style.Look]) -> None:
    rows = summary.to_dict("records")
    best = sorted((row for row in rows if row["role"] == "student"), key=_accuracy, reverse=True)
    others = [row for row in rows if row["role"] != "student"]
    shown = rows if len(rows) <= MOST_CARDS else (others[:2] + best)[:MOST_CARDS]
    controls = any(row["role"] == "control" for row in rows)
    with st.grid(len(shown), min_column_width=176):
        for row in shown:
            _card(row, marks.named(row["student"], looks[row["student"]]), _("no control") if controls else None)
    if len(rows) > len(shown):
        st.caption(
            ngettext(
                "{count} more network in the chart and in Compare.",
                "{count} more networks in the chart and in Compare.",
                len(rows) - len(shown),
            )
        )


def _card(row: dict, label: str, alone: str | None) -> None:
    """``alone``: what stands at a student that has no control; nothing where none of the experiment has one, of which
    its plan and its story tell."""
    student = row["role"] == "student" and not pd.isna(row["delta_points"])
    notes = {
        "teacher": _("teacher, saw {labels}", labels=words.labels(row["labels"])),
        "control": _("control, labels alone"),
    }
    st.metric(
        label,
        words.percent(row["test_accuracy"], row["test_accuracy_half_width"]),
        _("{points} pp", points=words.delta(row, interval=False)) if student else notes.get(row["role"], alone),
        delta_color="blue" if student else "off",
        delta_arrow=_arrow(row["delta_points"]) if student else "off",
        border=True,
        height="stretch",
        help=words.scored(HELP, row.get("metric") or "accuracy"),
    )


def _accuracy(row: dict) -> float:
    """What it reached; nothing where it is not finished."""
    return -1.0 if pd.isna(row["test_accuracy"]) else float(row["test_accuracy"])


def _arrow(points: float) -> str:
    points = rounded(points, 1)
    return "up" if points > 0 else "down" if points < 0 else "off"


def _picture(
    lab: Lab, job: JobView, stamp: str, summary: pd.DataFrame, results: pd.DataFrame, looks: dict[str, style.Look]
) -> DeltaGenerator:
    from ui import charts

    left, right = st.columns([3, 2], gap="medium")
    with left:
        chart = kept(
            ("outcome chart", stamp, style.dark()),
            lambda: charts.pareto(mark_front(summary, COST), COST, looks, dark=style.dark(), log=True),
        )
        charts.show(chart, key="outcome", kept=True)
    with right:
        st.subheader(_("What this shows"))
        drawing(summary, "story", lambda: _say(_story(lab, job, summary, results)))
        after = st.container()
        if is_adaptation(job.experiment):
            after.page_link(
                "../pages/robustness.py",
                label=_("What getting used to the voice brought"),
                icon=":material/record_voice_over:",
                query_params={"facet": "adapt", "job": actions.place(job)},
            )
        after.page_link(
            "../pages/compare.py",
            label=_("Open in Compare"),
            icon=":material/scatter_plot:",
            query_params={"task_of": job.experiment.task, "experiments": actions.place(job)},
        )
    return after


def _story(lab: Lab, job: JobView, summary: pd.DataFrame, results: pd.DataFrame) -> Sequence[Paragraph]:
    """Of a network that gets used to a voice the ways to do so, for which accuracy beside size says little."""
    if is_adaptation(job.experiment) and (ways := over_voices(results)):
        return [(used_to(ways, titles.member(lab, job.experiment.task)),)]
    return comparison.found(summary, kind_of(lab, job.experiment.task))


def _say(story: Sequence[Paragraph]) -> None:
    for paragraph in paragraphs(story):
        st.markdown(words.firm(paragraph))


def _curves(lab: Lab, job: JobView, stamp: str, results: pd.DataFrame, looks: dict[str, style.Look]) -> None:
    runs = dict(zip(results["run_id"], results["student"], strict=True))
    frame = kept(("outcome curves", stamp), lambda: lab.reports.curves(runs))
    if not frame.empty:
        st.subheader(_("Learning curves"))
        known = derived(frame, "students", lambda: frozenset(frame["student"]))
        names = {name: look for name, look in looks.items() if name in known}
        st.markdown(marks.legend(names))
        updates = job.experiment.budget.updates
        learning.show(frame, names, updates=updates, metric=metric_of(results))
        learning.of_validation(lab, job.experiment.task)
        insights = kept(("outcome insights", stamp), lambda: lab.reports.insights(runs))
        gradient_balance.show(insights, names, updates=updates)
