"""The pipelines of this lab: one of them live while it runs, with its chart as soon as a stage is finished."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from distill_core.errors import DistillError
from distill_core.evaluation.statistics import Verdict
from distill_core.lab import JobView, Lab
from distill_core.templates.compression_chain import is_chain
from ui import charts
from ui.findings import goal as goals
from ui.findings import taken
from ui.findings.sentences import paragraphs
from ui.jobs import actions, copying, live, naming, outcome, pick, unreadable
from ui.kept import derived, drawing, kept
from ui.kinds import kind_of
from ui.networks import style
from ui.networks.style import Look
from ui.screens.compress import (
    anatomy,
    calibration,
    downloads,
    eight_bits,
    findings,
    following,
    goal,
    pipeline_chart,
    planned,
    said,
    trade,
)
from ui.screens.compress.draft import FORM
from ui.screens.compress.pipeline import Pipeline, build_pipeline
from ui.screens.compress.planned import CHAIN, RESULTS, SET_UP, TAB, TABS
from ui.text import story, words
from ui.text.language import _

__all__ = ["RESULTS", "SET_UP", "TAB", "TABS", "address", "begin", "show"]


def show(lab: Lab) -> None:
    """The chosen chain; before there is one, the button that makes the first."""
    chains = [job for job in pick.latest(lab) if is_chain(job.experiment)]
    if not chains:
        st.info(
            _(
                "Nothing was compressed in this lab yet. Put a pipeline together and press **Start**, or press "
                "**Run the default pipeline**."
            )
        )
        planned.offer(lab)
        return
    job = pick.asked(lab, chains, key=CHAIN, label=_("Pipeline"), fits=is_chain)
    if job is not None:
        with naming.show(job):
            spec = copying.specification(lab, f"job:{job.id}", job.experiment)
            copying.button(FORM, spec, job.title, key=f"copy_{job.id}", then=_set_up)
        _job(lab, job)


def begin(lab: Lab, *, filled: bool) -> None:
    """Before the tabs: what a visitor comes to see; the form where an address just ``filled`` it, where something
    stands in it, or where nothing was compressed yet."""
    if TAB in st.query_params or (TAB in st.session_state and not filled):
        return
    set_up = filled or goal.asked() or bool(FORM.address())
    chains = any(is_chain(job.experiment) for job in pick.latest(lab))
    st.session_state[TAB] = SET_UP if set_up or not chains else RESULTS


def address() -> dict[str, str]:
    """What the address holds of this part of the page."""
    return {key: st.session_state[key] for key in (TAB, CHAIN, trade.KEY) if st.session_state.get(key)}


def _job(lab: Lab, job: JobView) -> None:
    stamp = lab.reports.results_version([job.id], everywhere=False)
    summary, results, found = kept(("pipeline", stamp), lambda: _gathered(lab, job))
    if job.state in live.ACTIVE:
        following.bar(lab, job, len(results))
    else:
        outcome.ended(lab, job)
    unreadable.runs(lab, [job])
    verdicts = kept(("verdicts", stamp), lambda: _verdicts(lab, job, found)) if found.done else {}
    dark = style.dark()
    looks = derived(found, "looks", lambda: _looks(job, found, dark=dark), dark)
    if found.done and goal.asked():
        _goal(lab, job.experiment.task, found)
    if found.done:
        chart = derived(found, "pipeline chart", lambda: pipeline_chart.chart(found, looks, dark=dark), dark)
        charts.show(chart, key="pipeline", kept=True)
        live.failed(results)
    elif job.state not in live.ACTIVE:
        st.caption(_("No step of this pipeline was finished."))
    if job.state in live.ACTIVE and not job.evaluated:
        following.curves(lab, job, looks)
    if found.done:
        _told(lab, job, found, looks, summary, results, verdicts)


def _gathered(lab: Lab, job: JobView) -> tuple[pd.DataFrame, pd.DataFrame, Pipeline]:
    summary, results = lab.reports.summary(job.id), lab.reports.results([job.id])
    return summary, results, build_pipeline(job.experiment, summary, results)


def _looks(job: JobView, found: Pipeline, *, dark: bool) -> dict[str, Look]:
    roles = {stage.name: stage.role for stage in found.all_stages()}
    settings = {student.name: style.setting(student.model_dump()) for student in job.experiment.students}
    return style.looks(roles, dark=dark, settings=settings)


def _set_up() -> None:
    """For callbacks: show the form, by hand."""
    st.session_state[TAB] = SET_UP
    st.session_state[goal.MODE] = goal.BY_HAND


def _goal(lab: Lab, task: str, found: Pipeline) -> None:
    """What the last network of the pipeline made of the goal under "Set up", once it is finished; nothing where
    that is about another task."""
    last = found.stages[-1]
    try:
        asked = goal.read()
    except DistillError:
        return
    if last.done and asked.task == task:
        st.markdown(_("**{last}** beside the goal:", last=words.plain(last.title)))
        told = goals.reached(
            asked,
            size_bytes=last.cost("onnx_bytes"),
            p50_ms=last.cost("p50_ms"),
            accuracy=last.accuracy,
            half_width=last.half_width,
            disturbed=taken.is_disturbed(last.taken.get(taken.DISTURBED)),
        )
        st.markdown("\n".join(f"- {words.firm(text)}" for text in paragraphs(told)))


def _told(
    lab: Lab,
    job: JobView,
    found: Pipeline,
    looks: Mapping[str, Look],
    summary: pd.DataFrame,
    results: pd.DataFrame,
    verdicts: Mapping[str, Verdict],
) -> None:
    left, right = st.columns([3, 2], gap="medium")
    with left:
        trade.show(found, summary, looks)
    with right:
        drawing(found, "numbers", lambda: _numbers(lab, job, found, verdicts))
        drawing(found, "links", lambda: _links(lab, job, found), actions.place(job))
    left, right = st.columns([3, 2], gap="medium")
    with left:
        drawing(found, "said", lambda: said.show(found, looks))
    with right:
        downloads.show(lab, found, results)
    anatomy.show(lab, found)
    task = job.experiment.task
    if task in lab.tasks and lab.tasks.get(task).image_spec:
        calibration.show(lab, found)
    kind = kind_of(lab, task)
    drawing(found, "fine print", lambda: st.caption(story.fine_print(summary, results, kind)))


def _numbers(lab: Lab, job: JobView, found: Pipeline, verdicts: Mapping[str, Verdict]) -> None:
    """What came of the pipeline, and what int8 is worth on this machine, where the chain has such a file."""
    st.subheader(_("What the numbers say"))
    classes = len(lab.catalog.classes(job.experiment.task))
    for sentence in findings.sentences(found, classes=classes, verdicts=verdicts):
        st.markdown(words.firm(sentence))
    if eight_bits.asks_for_int8(job.experiment):
        st.caption(words.firm(" ".join([*eight_bits.measured(found), eight_bits.told()])))


def _verdicts(lab: Lab, job: JobView, found: Pipeline) -> dict[str, Verdict]:
    """How the last trained stage stands beside each network from random weights, as the lab judges it."""
    mine = findings.trained(found)
    if mine is None:
        return {}
    judged = {
        other.name: lab.reports.against(job.id, other.name).set_index("student") for other in found.others if other.done
    }
    rows = {name: table.loc[mine.name] for name, table in judged.items() if mine.name in table.index}
    return {
        name: Verdict(direction=row["direction"], seeds=int(row["verdict_seeds"]), p_value=row["p_value"])
        for name, row in rows.items()
        if isinstance(row["direction"], str)
    }


def _links(lab: Lab, job: JobView, found: Pipeline) -> None:
    here, lost = actions.place(job), lab.reports.left_out([job.id], "onnx")
    timed = [stage.run_ids[0] for stage in found.done if stage.run_ids and stage.run_ids[0] not in lost]
    with st.container(horizontal=True):
        st.page_link(
            "../pages/compare.py",
            label=_("Open in Compare"),
            icon=":material/scatter_plot:",
            query_params={"task_of": job.experiment.task, "experiments": here},
        )
        st.page_link(
            "../pages/benchmark.py",
            label=_("Benchmark in this browser"),
            icon=":material/speed:",
            query_params={"job": here, "runs": timed},
        )
