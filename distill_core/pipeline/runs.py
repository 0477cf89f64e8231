"""A complete experiment as single runs, each with the fingerprint that it is filed under."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from distill_core.architectures import Blueprint, profile
from distill_core.errors import InvalidSetting, explain
from distill_core.experiment import Experiment, Student, lineage
from distill_core.methods import METHODS, DistillLoss, Method, Pair, added_to, settle, settle_added
from distill_core.pipeline.circles import INITIAL, Circle, circles, content
from distill_core.pipeline.complete import student_blueprint
from distill_core.pipeline.teachers import KnownTeacher
from distill_core.specification import fingerprint
from distill_core.tasks import TASKS, Task, stratified
from distill_core.training import Recipe

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

__all__ = ["PlannedStudent", "check_pairs", "expand", "job_fingerprint", "methods_of", "pair_of", "recipe"]

NO_PAIR = Pair()


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedStudent:
    """One student with one seed. ``key`` names it in events, ``fingerprint`` in the store; ``circle`` are the keys of
    all who teach each other, this one among them, in their own order.

    ``teacher_blueprint`` is that of who teaches it: the experiment's teacher in ``generation`` 0, else the network with
    the key ``taught_by``, of the generation before.
    """

    key: str
    student: Student
    seed: int
    blueprint: Blueprint
    fingerprint: str
    missing_index: int | None
    teacher_blueprint: Blueprint
    circle: tuple[str, ...] = ()
    generation: int = 0
    taught_by: str | None = None

    @property
    def role(self) -> Literal["student", "control"]:
        return self.student.role

    @property
    def methods(self) -> tuple[Method, ...]:
        """The student's own, and those on top."""
        return methods_of(self.student)

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
    """Every student with every seed of a complete experiment, in its order.

    Raises: InvalidSetting where a method on features would have to learn from an ensemble.
    """
    found: dict[str, PlannedStudent] = {}
    peers = circles(experiment.students)
    for student in sorted(experiment.students, key=lambda one: len(lineage(one, experiment.students))):
        for seed in student.seeds:
            above = None if student.taught_by is None else found[_key(student.taught_by, seed)]
            found[_key(student.name, seed)] = _planned(
                experiment, student, seed, teacher, above, peers.get((student.name, seed), ())
            )
    return tuple(found[_key(student.name, seed)] for student in experiment.students for seed in student.seeds)


def _planned(
    experiment: Experiment,
    student: Student,
    seed: int,
    teacher: KnownTeacher,
    above: PlannedStudent | None,
    circle: Circle,
) -> PlannedStudent:
    task = TASKS.get(experiment.task)
    teaches = above or teacher
    featured = next((method for method in methods_of(student) if method.features), None)
    if featured and teaches.blueprint.members:
        raise InvalidSetting(
            explain(
                f"the teacher of {student.name!r}",
                wanted=f"one network, since {featured.name} looks at its stages",
                came="an ensemble, which has no stages of its own",
                do="choose a method on logits, as kd, or one of its members as the teacher",
            )
        )
    return PlannedStudent(
        key=_key(student.name, seed),
        student=student,
        seed=seed,
        blueprint=_blueprint(student, task, teaches.blueprint),
        fingerprint=_run_fingerprint(experiment, student, seed, task.sha256, teaches.fingerprint, circle),
        missing_index=None if student.missing_class is None else task.classes.index(student.missing_class),
        teacher_blueprint=teaches.blueprint,
        generation=above.generation + 1 if above else 0,
        taught_by=above.key if above else None,
        circle=tuple(_key(peer.name, seed) for peer in circle),
    )


def methods_of(student: Student) -> tuple[Method, ...]:
    """The student's own, and those on top."""
    return tuple(METHODS.get(name) for name in (student.method, *(one.method for one in student.also)))


def _blueprint(student: Student, task: Task, teacher: Blueprint) -> Blueprint:
    own = student_blueprint(student, task)
    return replace(own, graft=teacher) if METHODS.get(student.method).ships else own


def _key(name: str, seed: int) -> str:
    return f"{name}/{seed}"


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


def check_pairs(planned: Sequence[PlannedStudent]) -> None:
    """Raises InvalidSetting, with the reason, where a method on features cannot do its student and who teaches it."""
    for one in planned:
        for method in one.methods:
            if method.features:
                try:
                    method.check(pair_of(one.blueprint, one.teacher_blueprint))
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


def _run_fingerprint(
    experiment: Experiment, student: Student, seed: int, data_sha256: str, teacher_fingerprint: str, circle: Circle
) -> str:
    # Names, roles and the other seeds change nothing in what is trained, so an equal run is found again.
    shared = experiment.model_dump(mode="json", exclude={"students", "teacher"})
    parts = ["run", content(student), seed, shared, data_sha256, teacher_fingerprint]
    # What its peers are does change it.
    return fingerprint(*parts, *([list(map(content, circle))] if circle else []))
