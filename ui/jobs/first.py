"""The one button of Home, which experiment Home shows, and its repetition with more seeds."""

import streamlit as st

import ui
from distill_core.errors import DistillError
from distill_core.lab import Lab
from distill_core.lab.views import JobView, Plan
from distill_core.spec import Experiment, TrainedTeacher
from distill_core.tasks import Task
from distill_core.templates.presets import TASK, default_experiment
from ui.findings.example import Ships
from ui.findings.sentences import base as sentences
from ui.findings.sentences import say
from ui.forms import fields
from ui.jobs import actions, expected, live, pick
from ui.jobs.own_voices import may_see
from ui.jobs.plan import not_started
from ui.text import story, times, titles, words
from ui.text.language import _, by_kind, ngettext

__all__ = ["beside", "empty", "focus", "more_seeds", "offer", "repeat", "run", "task", "told_of_example"]

SEEDS = 3
MOST_SEEDS = 20


def focus(lab: Lab, name: str = TASK) -> JobView | None:
    """The experiment to show: the one that this visitor chose, else the newest that has ended with a student, else
    what runs. What somebody else starts does not take the place of a result. Results of another task than the usual
    one come first where that was chosen."""
    jobs = pick.latest(lab, 20 + len(lab.example.job_ids))
    chosen = [job for job in jobs if job.id == st.session_state.get("home_job")]
    active = [job for job in jobs if job.state == "running"] + [job for job in jobs if job.state in live.ACTIVE]
    with_students, _ = pick.finished(lab, [job.id for job in jobs])
    results = [job for job in jobs if job.id in with_students and job.state not in live.ACTIVE]
    # An example that is shown again is newer than what was trained here, and has nothing new to tell.
    results.sort(key=lambda job: (name != TASK and job.experiment.task != name, job.id in lab.example.job_ids))
    return next(iter((*chosen, *results, *active, *jobs)), None)


def beside(lab: Lab, shown: JobView | None) -> None:
    """Where another experiment runs than the one that is shown: say so, with the way to it."""
    others = [job for job in lab.queue() if may_see(job.experiment) and (shown is None or job.id != shown.id)]
    if others:
        with st.container(horizontal=True, vertical_alignment="center"):
            named = words.join([words.plain(others[0].title), *sentences.others(len(others) - 1)])
            state = words.state(others[0].state)
            st.caption(_("Another experiment is {state}: {experiments}.", state=state, experiments=named))
            st.page_link(
                "../pages/train.py",
                label=_("Watch it"),
                icon=":material/visibility:",
                query_params={"train_show": "watch", "job": actions.place(others[0])},
            )


def task(lab: Lab) -> str:
    """The picker of the task whose comparison the button runs: that of images, and those that begin with one of their
    own whose teacher ships, and that are no lesson on what a network has not met."""
    tasks = titles.tasks(lab)
    offered = [one.name for one in lab.tasks if one.name == TASK or (_begins_at_once(one) and not one.valid_note)]
    more = {"label_visibility": "collapsed", "width": 230, "help": _("What the comparison is about.")}
    return str(fields.select(_("Task"), offered, TASK, "home_task", shown=tasks, **more))


def _begins_at_once(task: Task) -> bool:
    """Whether a task has a comparison of its own, for which no teacher must be trained."""
    return task.default is not None and not isinstance(task.default.teacher, TrainedTeacher)


def empty(lab: Lab, name: str) -> None:
    """What Home says before anything was trained."""
    chosen, first = lab.tasks.get(name), _comparison(lab, name)
    with st.container(border=True):
        st.markdown(
            by_kind(
                chosen.kind,
                "Nothing has been trained yet. The comparison trains one small network three times on {labels} "
                "labelled {examples}: on the labels alone, taught on the same {examples}, and taught on all {count} "
                "{examples}. Every number that then appears here was measured on this machine.",
                labels=words.number(first.students[0].labels or chosen.counts.train, grouped=True),
                count=words.number(chosen.counts.train, grouped=True),
            )
        )


def told_of_example(lab: Lab, job: JobView) -> None:
    """Say in a line of what ``job`` is about, where the example was measured, and whether something else is stored."""
    ships = lab.example.job_ids
    machine = words.join(story.machine(lab.example.environment)[:2])
    alone = all(job.id in ships for job in lab.jobs(limit=len(ships) + 1))
    told = say(Ships(machine=machine, alone=alone))
    st.caption(f":material/inventory_2: **{words.plain(job.title)}** · {told}")


def run(lab: Lab, name: str = TASK, *, example: bool = False) -> Plan | None:
    """The button for the comparison that a task begins with, and its plan. An equal one that is there already is shown
    at once. ``example``: the page shows the one that ships."""
    experiment = _comparison(lab, name)
    plan = _plan(lab, experiment)
    st.button(
        _label(lab, plan, _("Run it here") if example else _("Run the comparison"), _("Show the comparison")),
        type="primary",
        icon=":material/play_arrow:",
        key="home_run",
        on_click=_start,
        args=(experiment,),
    )
    not_started("home_told")
    return plan


def offer(lab: Lab) -> None:
    """What fills an empty page: the default comparison, or an experiment of one's own."""
    with st.container(horizontal=True, vertical_alignment="center"):
        plan = run(lab)
        st.page_link("../pages/train.py", label=_("Set up your own"), icon=":material/model_training:")
    expected.doubts(plan)


def repeat(lab: Lab, job: JobView) -> Plan | None:
    """The same experiment with more seeds, and its plan: without three there is neither an interval nor a verdict."""
    again = more_seeds(job.experiment)
    count = max(len(student.seeds) for student in again.students)
    plan = _plan(lab, again)
    st.button(
        _label(lab, plan, ngettext("Run with {count} seed", "Run with {count} seeds", count)),
        icon=":material/repeat:",
        key="home_repeat",
        on_click=_start,
        args=(again,),
        wrap=True,
    )
    return plan


def more_seeds(experiment: Experiment) -> Experiment:
    """Three seeds for every student, or three more where there are three already."""
    most = max(len(student.seeds) for student in experiment.students)
    seeds = tuple(range(SEEDS if most < SEEDS else min(most + SEEDS, MOST_SEEDS)))
    students = tuple(student.model_copy(update={"seeds": seeds}) for student in experiment.students)
    return experiment.model_copy(update={"students": students})


def _comparison(lab: Lab, name: str) -> Experiment:
    return default_experiment() if name == TASK else lab.catalog.first_experiment(name)


def _plan(lab: Lab, experiment: Experiment) -> Plan | None:
    try:
        return expected.planned(lab, experiment)
    except DistillError:
        return None  # pressing the button tells why


def _label(lab: Lab, plan: Plan | None, start: str, show: str = "") -> str:
    """``start`` with the time that it takes, or what shows an equal experiment that is there."""
    if plan is None:
        return start
    if plan.job_id is None:
        return _("{button} · {time}", button=start, time=times.about(plan.expected_seconds))
    if lab.job(plan.job_id).state == "finished":
        return _("{button} · done", button=show or start)
    return _("{button} · already running", button=show or start)


def _start(experiment: Experiment) -> None:
    try:
        st.session_state["home_job"] = expected.submit(ui.lab(), experiment)
    except DistillError as error:
        st.session_state["home_told"] = error
