"""A new voice: a student that never heard it gets used to it without labels; beside that stand its control and what a
few labels do."""

from collections.abc import Mapping

import streamlit as st

from distill_core.errors import DistillError
from distill_core.lab import JobView, Lab
from distill_core.lab.job_search import searching
from distill_core.lab.views import Plan
from distill_core.spec import Experiment
from distill_core.tasks.sound.fsdd import SPEAKERS
from distill_core.tasks.sound.spoken_digits import new_voice, voice
from distill_core.templates.new_voice import adaptation_of, adapted_run, is_adaptation
from distill_core.templates.presets import PRESETS
from ui.jobs import actions, expected, experiment, in_train, live, pick, plan
from ui.screens.robustness import voices
from ui.screens.robustness.trials import Trials
from ui.text import times, words
from ui.text.language import _

__all__ = ["show"]

STUDENT = "v_student"
LATEST = 50


def show(lab: Lab, tested: Trials | None) -> None:
    """What adapts a student of the experiment, or what came of it; below it what that brought over all voices."""
    st.markdown(
        _(
            "A network that knows four voices hears another one. It gets used to it by 350 recordings without a "
            "label: its batch norms are measured anew, which alone is the control; or its teacher, whose norms were "
            "measured anew too, answers them. Twenty true labels are the rival."
        )
    )
    task = tested.job.experiment.task if tested else ""
    if tested and is_adaptation(tested.job.experiment):
        _ended(lab, tested.job)
    elif tested and task in _voices():
        _of_student(lab, tested, _voices()[task])
    else:
        _other()
    voices.over(lab)


def _voices() -> Mapping[str, str]:
    """The task of one voice by that of the same voice as a new one."""
    return {new_voice(speaker): voice(speaker) for speaker in SPEAKERS}


def _other() -> None:
    """For an experiment that heard the voice of its test: the way to one that did not."""
    preset = next(preset for preset in PRESETS if preset.name == "new_voice")
    st.info(_("Choose an experiment whose test is a new voice: the students of this one have heard every voice."))
    in_train.link(preset.experiment, _("Train students for a new voice"), help=_(preset.teaches))


def _of_student(lab: Lab, tested: Trials, task: str) -> None:
    """The picker of a student, by its first seed, and its adaptation."""
    there = _stored(lab, task)
    without = lab.reports.left_out([tested.job.id], "weights")
    runs = {name: ids[0] for name, ids in tested.finished.items() if tested.roles[name] != "teacher"}
    offered = {name: run for name, run in runs.items() if run in there or run not in without}
    if not offered:
        st.info(_("As soon as the experiment has a finished student, it can get used to the voice here."))
        return
    if st.session_state.get(STUDENT) not in offered:
        st.session_state.pop(STUDENT, None)
    name = str(st.selectbox(_("Student"), list(offered), len(offered) - 1, key=STUDENT, bind="query-params"))
    run = offered[name]
    if run in there:
        _ended(lab, there[run])
    else:
        _planned(lab, tested, name, run)


def _stored(lab: Lab, task: str) -> dict[str, JobView]:
    """The newest adaptation of each run to a voice, which has ended well or is under way."""
    found: dict[str, JobView] = {}
    for job in pick.latest(lab, LATEST, search=searching(lab.tasks, "", of=(task,))):
        run = adapted_run(job.experiment)
        if run and (job.state == "finished" or job.state in live.ACTIVE):
            found.setdefault(run, job)
    return found


def _planned(lab: Lab, tested: Trials, name: str, run: str) -> None:
    source = next(student for student in tested.job.experiment.students if student.name == name)
    try:
        wanted = adaptation_of(tested.job.experiment.task, source, run)
        found = expected.planned(lab, wanted)
    except DistillError as error:
        st.warning(words.sentence(error), title=_("This cannot run yet"))
        return
    _offer(wanted, found)


def _offer(wanted: Experiment, found: Plan) -> None:
    plan.offer(
        wanted,
        found,
        _("Get used to this voice · {time}", time=times.about(found.expected_seconds)),
        key="voice_start",
        icon=":material/record_voice_over:",
        help=_("Six networks that begin as this student or its teacher; the three that train take 150 updates each."),
    )


def _ended(lab: Lab, job: JobView) -> None:
    if not experiment.ready(lab, job):
        return
    voices.one(lab, job)
    st.page_link(
        "../pages/compare.py",
        label=_("Open in Compare"),
        icon=":material/scatter_plot:",
        query_params={"task_of": job.experiment.task, "experiments": actions.place(job)},
    )
