"""A complete experiment as single runs, each with the fingerprint that it is filed under."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from distill_core.architectures import Blueprint, profile
from distill_core.errors import InvalidSetting, explain
from distill_core.experiment import Experiment, Student, fingerprint
from distill_core.methods import METHODS, DistillLoss, Method, Pair, added_to, settle, settle_added
from distill_core.pipeline.circles import INITIAL, circles, content
from distill_core.pipeline.complete import student_blueprint
from distill_core.pipeline.teachers import KnownTeacher
from distill_core.tasks import TASKS, Task, stratified
from distill_core.training import Recipe

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

__all__ = ["PlannedStudent", "check_pairs", "expand", "job_fingerprint", "pair_of", "recipe"]

NO_PAIR = Pair()


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedStudent:
    """One student with one seed. ``key`` names it in events, ``fingerprint`` in the store; ``circle`` are the keys of
    all who teach each other, this one among them, in their own order."""

    key: str
    student: Student
    seed: int
    blueprint: Blueprint
    fingerprint: str
    missing_index: int | None
    circle: tuple[str, ...] = ()

    @property
    def role(self) -> Literal["student", "control"]:
        return self.student.role

    @property
    def methods(self) -> tuple[Method, ...]:
        """The student's own, and those on top."""
        return tuple(METHODS.get(name) for name in (self.student.method, *(one.method for one in self.student.also)))

    @property
    def uses_teacher(self) -> bool:
        return any(method.uses_teacher for method in self.methods)

    @property
    def ships(self) -> bool:
        """Whether the network ends in an adapter and the teacher's head."""
        return any(method.ships for method in self.methods)

    @property
    def mixes(self) -> bool:
        """Whether it looks at mixtures of images."""
        return any(method.mixes for method in self.methods)

    @property
    def features(self) -> bool:
        """Whether one of the methods looks at stages."""
        return any(method.features for method in self.methods)


def expand(experiment: Experiment, teacher: KnownTeacher) -> tuple[PlannedStudent, ...]:
    """Every student with every seed of a complete experiment, in its order."""
    task = TASKS.get(experiment.task)
    peers = circles(experiment.students)
    return tuple(
        PlannedStudent(
            key=_key(student, seed),
            student=student,
            seed=seed,
            blueprint=_blueprint(student, task, teacher),
            fingerprint=_run_fingerprint(
                experiment, student, seed, task.sha256, teacher, peers.get((student.name, seed), ())
            ),
            missing_index=None if student.missing_class is None else task.classes.index(student.missing_class),
            circle=tuple(_key(peer, seed) for peer in peers.get((student.name, seed), ())),
        )
        for student in experiment.students
        for seed in student.seeds
    )


def _blueprint(student: Student, task: Task, teacher: KnownTeacher) -> Blueprint:
    own = student_blueprint(student, task)
    return replace(own, graft=teacher.blueprint) if METHODS.get(student.method).ships else own


def job_fingerprint(experiment: Experiment, teacher: KnownTeacher) -> str:
    """Speaks of a complete experiment: its specification, the hashes of data and teacher, and the precision."""
    return fingerprint(experiment, TASKS.get(experiment.task).sha256, teacher.fingerprint)


def recipe(planned: PlannedStudent, data_seed: int, labels_N: "np.ndarray", pair: Pair = NO_PAIR) -> Recipe:
    """What the cohort loop needs, with the images that this student may see; ``pair`` where its method uses features.

    Raises: InvalidSetting where no image with a label is left, or the method cannot do this pair.
    """
    import numpy as np

    count = len(labels_N)
    marks = np.zeros(count, dtype=bool)
    marks[stratified(labels_N, planned.student.labels or count, seed=data_seed)] = True
    seen = np.ones(count, dtype=bool)
    if planned.missing_index is not None:
        seen = labels_N != planned.missing_index
        marks &= seen
    if not marks.any():
        raise InvalidSetting(
            explain(
                f"labels of {planned.student.name!r}",
                wanted=f"an image of another class than {planned.student.missing_class}",
                came="none",
                do="give it more labels",
            )
        )
    return Recipe(
        run=planned.key,
        student=planned.student.name,
        blueprint=planned.blueprint,
        loss=_loss(planned, pair),
        uses_teacher=planned.uses_teacher,
        seed=planned.seed,
        visible_M=np.flatnonzero(marks if planned.student.transfer == "labelled" else seen),
        labelled_N=marks,
        draws=any(method.draws for method in planned.methods),
        features=planned.features,
        head=pair.teacher_head if planned.ships else None,
        circle=planned.circle,
        initial=int(planned.student.parameters[INITIAL]) if planned.circle else 0,
        mixes=planned.mixes,
    )


def check_pairs(planned: Sequence[PlannedStudent], teacher: KnownTeacher) -> None:
    """Raises InvalidSetting, with the reason, where a method on features cannot do its student and this teacher."""
    for one in planned:
        for method in one.methods:
            if method.features:
                try:
                    method.fits(pair_of(one.blueprint, teacher.blueprint))
                except InvalidSetting as error:
                    raise InvalidSetting(f"{one.student.name!r} with {method.title}: {error}") from error


def _loss(planned: PlannedStudent, pair: Pair) -> DistillLoss:
    """The loss of the student's methods for this pair; what trains along starts from the student's own seed."""
    import torch

    student = planned.student
    own, *added = planned.methods
    for method in planned.methods:
        if method.features:
            method.fits(pair)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(planned.seed)
        first = own.build(settle(own, student), pair)
        return added_to(
            first,
            {
                method.title: (one.weight, method.build(settle_added(method, one), pair))
                for method, one in zip(added, student.also, strict=True)
            },
        )


def pair_of(student: Blueprint, teacher: Blueprint, head: "nn.Module | None" = None) -> Pair:
    """Two networks as methods on features see them."""
    own, other = (tuple(tap.shape for tap in profile(one).taps) for one in (student, teacher))
    return Pair(student_taps=own, teacher_taps=other, teacher_head=head)


def _key(student: Student, seed: int) -> str:
    return f"{student.name}/{seed}"


def _run_fingerprint(
    experiment: Experiment,
    student: Student,
    seed: int,
    data_sha256: str,
    teacher: KnownTeacher,
    circle: Sequence[Student],
) -> str:
    # Names, roles and the other seeds change nothing in what is trained, so an equal run is found again.
    shared = experiment.model_dump(mode="json", exclude={"students", "teacher"})
    parts = ["run", content(student), seed, shared, data_sha256, teacher.fingerprint]
    # What its peers are does change it.
    return fingerprint(*parts, *([list(map(content, circle))] if circle else []))
