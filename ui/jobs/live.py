"""A job while it runs: how far it is, what its students have learned, and pause, resume and stop.

Everything keeps its place: cards and charts are there from the first moment, with empty values, and the charts keep
their node while points come in.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from distill_core.errors import NotFound
from distill_core.events import Event, GradientPoint, Progress, RunFailed, TrainPoint, ValidPoint
from distill_core.lab import Lab
from distill_core.lab.views import JobView
from distill_core.reports.results import CURVE_COLUMNS, in_long_form
from ui.jobs import actions, gradient_balance, learning
from ui.kept import drawing, kept
from ui.networks import marks, style
from ui.networks.style import Look
from ui.shell import trouble
from ui.text import losses, times, words
from ui.text.language import N_, Texts, _, ngettext

__all__ = [
    "ACTIVE",
    "ahead",
    "bar",
    "failed",
    "failures",
    "insights",
    "kept_points",
    "latest",
    "metric",
    "points",
    "rest",
    "show",
    "still_active",
    "stopped",
]

ACTIVE = ("queued", "running", "paused")
# Each tick costs the browser and the server some of the cores that the training has.
PERIOD_SECONDS = 2.0
# How a card calls the parts of a loss.
PARTS = Texts({"hard": N_("label (CE)"), "soft": N_("distillation")})
COLUMNS = CURVE_COLUMNS[:-1]


def show(lab: Lab, job: JobView) -> None:
    """The live view of an active job; when the job ends, the page is run once more and draws what came of it."""
    trouble.fragment(_draw, PERIOD_SECONDS)(lab, job.id)


def rest(lab: Lab, job: JobView) -> None:
    """What an evaluated job still does, above its outcome; when it ends, the page is run once more."""
    trouble.fragment(_draw_rest, PERIOD_SECONDS)(lab, job.id)


def kept_points(job: JobView, students: Collection[str] | None = None) -> pd.DataFrame:
    """``points`` of these students, or of all, made once for all visitors."""

    def build() -> pd.DataFrame:
        frame = points(job)
        return frame if students is None else frame[frame["student"].isin(students)]

    asked = None if students is None else tuple(students)
    found: pd.DataFrame = kept(("live points", *_told(job), asked), build)
    return found


def bar(lab: Lab, job: JobView) -> None:
    """How far an active job is, with pause, resume and stop."""
    _progress(lab, job)
    _controls(lab, job)


def _draw_rest(lab: Lab, job_id: str) -> None:
    job = still_active(lab, job_id)
    if job is None:
        st.rerun()
    bar(lab, job)


def _draw(lab: Lab, job_id: str) -> None:
    job = still_active(lab, job_id)
    if job is None or job.evaluated:
        st.rerun()
    bar(lab, job)
    frame = kept_points(job)
    looks = style.of_students(job.experiment.students, dark=style.dark())
    drawing(frame, "cards", lambda: _cards(frame, looks, metric(lab, job)), live=True)
    failures(job.events)
    updates = job.experiment.budget.updates
    learning.show(frame, looks, updates=updates, live=True, metric=metric(lab, job))
    learning.of_validation(lab, job.experiment.task)
    gradient_balance.show(kept(("live insights", *_told(job)), lambda: insights(job.events)), looks, updates=updates)


def _told(job: JobView) -> tuple[Hashable, ...]:
    """Another key with each point that a job tells; what it says of its progress alone changes no curve."""
    count = sum(not isinstance(event, Progress) for event in job.events)
    return job.id, str(job.submitted_at), str(job.started_at), count


def still_active(lab: Lab, job_id: str) -> JobView | None:
    """The job as it is now; None where it has ended or is gone."""
    try:
        job = lab.job(job_id)
    except NotFound:  # deleted in another window
        return None
    return job if job.state in ACTIVE else None


def points(job: JobView) -> pd.DataFrame:
    """A job's events as the long table of ``Reports.curves``."""
    rows = _long((event, _values(event)) for event in job.events if isinstance(event, TrainPoint | ValidPoint))
    methods = {student.name: student.method for student in job.experiment.students}
    return in_long_form(rows, {row["run_id"]: methods.get(row["student"], "labels") for row in rows})


def metric(lab: Lab, job: JobView) -> str:
    """The metric that a job's validation scores are in: its task's own."""
    name = job.experiment.task
    own = lab.tasks.get(name).metric if name in lab.tasks else "accuracy"
    return next((event.metric for event in job.events if isinstance(event, ValidPoint)), own)


def insights(events: Iterable[Event]) -> pd.DataFrame:
    """Events as the long table of ``Reports.insights``, without its units."""
    rows = _long((event, [*event.values.items()]) for event in events if isinstance(event, GradientPoint))
    return pd.DataFrame(rows, columns=COLUMNS)


def _long(
    points: Iterable[tuple[TrainPoint | GradientPoint | ValidPoint, list[tuple[str, float]]]],
) -> list[dict[str, Any]]:
    return [
        dict(zip(COLUMNS, (event.run, *event.run.rsplit("/", 1), event.update, kind, value), strict=True))
        for event, values in points
        for kind, value in values
    ]


def _values(event: TrainPoint | ValidPoint) -> list[tuple[str, float]]:
    if isinstance(event, ValidPoint):
        return [(losses.ACCURACY, event.score)]
    return [(losses.TOTAL, event.loss), *event.parts.items()]


def failures(events: Iterable[Event]) -> None:
    """A message for every student that failed; the others go on."""
    for event in events:
        if isinstance(event, RunFailed):
            student, seed = event.run.rsplit("/", 1)
            stopped(student, seed, _("{why} The other students go on.", why=words.sentence(event.message)))


def stopped(student: str, seed: object, why: str) -> None:
    """That a student is not finished; ``why`` as Markdown. The title is Markdown too, and names come from visitors."""
    st.warning(why, title=_("{student} (seed {seed}) stopped learning", student=words.plain(student), seed=seed))


def failed(results: pd.DataFrame) -> None:
    """The same message for every failed run of ``Reports.results``, a kept answer."""
    drawing(results, "failed", lambda: _failed(results))


def _failed(results: pd.DataFrame) -> None:
    for row in results[results["state"] == "failed"].to_dict("records"):
        stopped(row["student"], row["seed"], words.sentence(row["message"] or ""))


def ahead(job: JobView, queue: Iterable[JobView]) -> int:
    """How many jobs of the queue come before this one."""
    places = [other.position for other in queue if other.position is not None]
    return sum(place < job.position for place in places) if job.position is not None else 0


def _progress(lab: Lab, job: JobView) -> None:
    if job.state == "queued":
        before = ahead(job, lab.queue())
        waits = _("About to start")
        if before:
            waits = ngettext("Waiting for {count} experiment ahead", "Waiting for {count} experiments ahead", before)
        st.progress(0.0, text=_("{waits} · runs {time}", waits=waits, time=times.about(job.expected_seconds)))
        return
    if job.state == "paused" and job.progress is None:
        st.progress(0.0, text=_("Paused before it began"))
        return
    there = _("Running in another process of this lab") if job.position is None else _("Starting")
    stage = words.plain(job.progress.stage) if job.progress else there
    texts = [_("Paused · {stage}", stage=stage)] if job.state == "paused" else [stage, times.of_job(job)]
    st.progress(job.fraction, text=" · ".join(filter(None, texts)))
    if job.state == "running" and (text := times.others(lab.busy())):
        st.caption(words.firm(text))


def _controls(lab: Lab, job: JobView) -> None:
    with st.container(horizontal=True):
        if job.state == "paused":
            st.button(
                _("Resume"),
                icon=":material/play_arrow:",
                key=f"live_resume_{job.id}",
                on_click=actions.act,
                args=(lab.resume, job.id),
            )
        else:
            st.button(
                _("Pause"),
                icon=":material/pause:",
                key=f"live_pause_{job.id}",
                on_click=actions.act,
                args=(lab.pause, job.id),
            )
        with st.popover(_("Stop"), icon=":material/stop:", key=f"live_stop_open_{job.id}"):
            st.markdown(
                _(
                    "Networks that are finished are kept; those in training are lost: **{restart}** trains them anew.",
                    restart=_(actions.RESTART),
                )
            )
            st.button(
                _("Stop this experiment"), key=f"live_stop_{job.id}", on_click=actions.act, args=(lab.stop, job.id)
            )
    actions.told(ticking=True)


def _cards(frame: pd.DataFrame, looks: Mapping[str, Look], of: str) -> None:
    last = latest(frame)
    with st.grid(min(4, len(looks)), min_column_width=176):
        for name, look in looks.items():
            unit = losses.unit(frame[frame["student"] == name], losses.TOTAL)
            _card(marks.named(name, look), last.get(name, {}), unit, of)


def latest(frame: pd.DataFrame) -> dict[str, dict[str, float]]:
    """By student and kind: the last value of every seed, averaged."""
    last = {(row.student, row.kind, row.run_id): row.value for row in frame.itertuples(index=False)}
    found: dict[str, dict[str, list[float]]] = {}
    for (student, kind, _run), value in last.items():
        found.setdefault(student, {}).setdefault(kind, []).append(value)
    return {name: {kind: sum(them) / len(them) for kind, them in kinds.items()} for name, kinds in found.items()}


def _card(label: str, last: Mapping[str, float], unit: str | None, metric: str) -> None:
    shown = {kind: value for kind, value in last.items() if kind not in (losses.TOTAL, losses.ACCURACY)}
    parts = " · ".join(f"{PARTS.get(kind, kind)} {words.number(value, 2)}" for kind, value in shown.items())
    st.metric(
        _("{network} · validation", network=label),
        words.percent(last.get(losses.ACCURACY)),
        _("loss: {parts}", parts=f"{parts} {unit or ''}".strip()) if parts else _("no updates yet"),
        delta_color="off",
        delta_arrow="off",
        border=True,
        height="stretch",
        help=words.scored(
            "{Metric} on the validation set at the last check, mean over seeds; below it the latest parts of the "
            "training loss before their weights: on labels, and what the method adds.",
            metric,
        ),
    )
