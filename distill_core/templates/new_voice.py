"""An experiment that gets a network used to a voice that it never heard: without labels, beside what norms alone bring,
and beside what a few labels bring."""

from collections.abc import Sequence
from typing import Any

from distill_core.compression.norms import ENTRIES as NORMS
from distill_core.errors import InvalidSetting, said
from distill_core.spec import (
    TEACHER_NAME,
    Budget,
    Change,
    Experiment,
    Optimiser,
    ShippedTeacher,
    Start,
    StoredTeacher,
    Student,
    TeacherSpec,
)
from distill_core.tasks.sound.comparison import TEACHER, teacher_of
from distill_core.tasks.sound.fsdd import NAME as KNOWN_VOICES
from distill_core.tasks.sound.fsdd import SPEAKERS
from distill_core.tasks.sound.spoken_digits import new_voice, voice

AS_IT_WAS, NORMS_ANEW, TEACHER_ANEW = "as it was", "norms anew", "teacher, norms anew"
TAUGHT, TAUGHT_ANEW = "taught by the teacher", f"taught by the {TEACHER_ANEW}"
LABELS = " labels"
FEW = 20
FEW_LABELS = f"{FEW}{LABELS}"
# On 350 recordings there is little to learn from, and much to forget.
BUDGET, OPTIMISER = Budget(updates=150, batch_size=64), Optimiser(learning_rate=0.05, weight_decay=5e-4)
TEMPERATURE = 2.0


def adaptation_of(task: str, source: Student, run: str) -> Experiment:
    """``voice_adaptation`` of a ``run`` on a ``task`` of a new voice, whose student is ``source``; its shipped teacher
    teaches. Raises InvalidSetting for another task.
    """
    known = {new_voice(speaker): voice(speaker) for speaker in SPEAKERS}
    if task not in known:
        hint = said("train one on {task}", next(iter(known)))
        raise InvalidSetting("a run to adapt", expected="one on a task of a new voice", got=task, hint=hint)
    teacher = ShippedTeacher(name=teacher_of(task))
    return voice_adaptation(known[task], teacher, TEACHER.architecture, source, run)


def own_voice_adaptation(task: str, words: int, source: Student, run: str) -> Experiment:
    """``voice_adaptation`` to a task of so many ``words`` of a visitor, all of which have labels. ``run``: of spoken
    digits by known voices, whose shipped teacher teaches."""
    teacher = ShippedTeacher(name=teacher_of(KNOWN_VOICES))
    return voice_adaptation(task, teacher, TEACHER.architecture, source, run, few=words)


def adapted_of(names: Sequence[str]) -> list[str]:
    """Of the students of ``voice_adaptation`` the network before and after: as it was, with norms anew, taught without
    labels, and with labels; none where these are others."""
    wanted = (AS_IT_WAS, NORMS_ANEW, TAUGHT_ANEW)
    labelled = [name for name in names if name.endswith(LABELS)]
    return [*(name for name in wanted if name in names), *labelled] if AS_IT_WAS in names else []


def voice_adaptation(
    task: str, teacher: TeacherSpec, teacher_architecture: str, source: Student, run: str, *, few: int = FEW
) -> Experiment:
    """What becomes of a finished ``run`` on a task of one voice. ``source``: its student; ``teacher``: its teacher, of
    ``teacher_architecture`` and width 1.

    The students: the network as it was; with batch norms measured anew, which is the control of adapting; distilled
    without labels by the teacher, and by the teacher after its own norms were measured anew; trained on ``few`` labels.
    """
    begins, anew = Start(source=StoredTeacher(run=run).key), Change(step=NORMS[0].name)
    form: dict[str, Any] = {
        "architecture": source.architecture,
        "width": source.width,
        "stem_stride": source.stem_stride,
    }
    as_it_is: dict[str, Any] = {"labels": 0, "untrained": True}
    unlabelled = Student(
        name=TAUGHT,
        **form,
        method="kd",
        temperature=TEMPERATURE,
        alpha=1.0,
        labels=0,
        transfer="all",
        start=begins,
    )
    return Experiment(
        task=task,
        teacher=teacher,
        students=(
            Student(name=AS_IT_WAS, **form, **as_it_is, start=begins),
            Student(name=NORMS_ANEW, **form, **as_it_is, start=begins.model_copy(update={"change": anew})),
            Student(
                name=TEACHER_ANEW,
                architecture=teacher_architecture,
                **as_it_is,
                start=Start(source=TEACHER_NAME, change=anew),
            ),
            unlabelled,
            unlabelled.model_copy(update={"name": TAUGHT_ANEW, "taught_by": TEACHER_ANEW}),
            Student(name=f"{few}{LABELS}", **form, method="labels", labels=few, start=begins),
        ),
        budget=BUDGET,
        optimiser=OPTIMISER,
    )


def is_adaptation(experiment: Experiment) -> bool:
    """Whether an experiment gets a network used to a voice."""
    names = {student.name for student in experiment.students}
    return {AS_IT_WAS, NORMS_ANEW, TAUGHT_ANEW, FEW_LABELS} <= names and experiment.task in map(voice, SPEAKERS)


def adapted_run(experiment: Experiment) -> str | None:
    """The id of the run that such an experiment gets used to a voice; None for another experiment."""
    starts = {student.name: student.start for student in experiment.students}
    start = starts[AS_IT_WAS] if is_adaptation(experiment) else None
    return start.run if start else None
