"""Expands a resolved experiment to planned runs, each with its fingerprint."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from distill_core.errors import InvalidSetting, NotFound, said
from distill_core.methods import METHODS, Method, MethodSettings
from distill_core.networks import Blueprint
from distill_core.planning.blueprints import task_blueprint
from distill_core.planning.fingerprint import made_here, run_fingerprint
from distill_core.planning.initialization import InitialNetworkPlan, plan_initialization, step_of
from distill_core.planning.method_settings import method_settings_of, methods_of
from distill_core.planning.peer_groups import PeerGroup, find_peer_groups
from distill_core.planning.revisions import revisions
from distill_core.planning.teacher_sources.base import ResolvedTeacher, no_network
from distill_core.spec import TEACHER_NAME, Experiment, Student, dependencies, fingerprint
from distill_core.tasks import TASKS, Task, Tasks


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedRun:
    """One student with one seed. ``key`` names it in events, ``fingerprint`` in the store; ``peers``: the keys of its
    peer group, its own included.

    ``teacher_blueprint``: that of its teacher, which is the run with the key ``taught_by``, or else the experiment's
    teacher (None where that is no network of this lab); ``teacher_stages``: the shapes of the stages that such a
    teacher gives. ``start_of``: the key of the planned or stored run that it starts from, or the teacher's name;
    ``initial``: the planned initial network. The runs that it depends on have a lower ``level``.

    ``method_settings``: those of the student's own method, then of each added one; losses are built from these.

    ``needs_teacher``: the result depends on the experiment's teacher, directly or through another student; otherwise
    the run serves every teacher. ``filed_before``: the fingerprints that older versions gave it, by teacher.
    """

    key: str
    student: Student
    seed: int
    blueprint: Blueprint
    fingerprint: str
    missing_index: int | None
    teacher_blueprint: Blueprint | None
    method_settings: tuple[MethodSettings, ...]
    peers: tuple[str, ...] = ()
    level: int = 0
    taught_by: str | None = None
    start_of: str | None = None
    initial: InitialNetworkPlan | None = None
    teacher_stages: tuple[tuple[int, ...], ...] = ()
    needs_teacher: bool = True
    filed_before: Mapping[str, str] = field(default_factory=dict)

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """Its own fingerprint, then those of older versions."""
        return tuple(dict.fromkeys((self.fingerprint, *self.filed_before.values())))

    @property
    def role(self) -> Literal["student", "control"]:
        return self.student.role

    @property
    def methods(self) -> tuple[Method, ...]:
        """The student's own method, then the added ones."""
        return methods_of(self.student)

    @property
    def uses_teacher(self) -> bool:
        return any(method.uses_teacher for method in self.methods)

    @property
    def reuses_teacher_head(self) -> bool:
        """Whether the network ends in an adapter and the teacher's head."""
        return any(method.reuses_teacher_head for method in self.methods)

    @property
    def uses_mixup(self) -> bool:
        """Whether it sees mixtures of images."""
        return any(method.uses_mixup for method in self.methods)

    @property
    def features(self) -> bool:
        """Whether one of the methods uses stage features."""
        return any(method.features for method in self.methods)

    @property
    def trains(self) -> bool:
        return not self.student.untrained


def expand(
    experiment: Experiment,
    teacher: ResolvedTeacher,
    other_teachers: Collection[str] = (),
    tasks: Tasks = TASKS,
    starts: Mapping[str, ResolvedTeacher] = {},
) -> tuple[PlannedRun, ...]:
    """The runs of a resolved experiment, a run for each student and seed, in the order of the students.

    ``other_teachers``: fingerprints of earlier teachers of the task; a run that needs no teacher may be filed under
    each of them. ``starts``: the stored runs that students start from, by their ids.
    Raises: InvalidSetting where a student needs more of the teacher than it has; NotFound for a run that ``starts``
    lacks.
    """
    expansion = _Expansion(
        experiment=experiment,
        task=tasks.get(experiment.task),
        teacher=teacher,
        teachers=tuple(dict.fromkeys((teacher.fingerprint, *other_teachers))),
        peers=find_peer_groups(experiment.students),
        starts=starts,
    )
    for student in sorted(experiment.students, key=lambda student: len(dependencies(student, experiment.students))):
        for seed in student.seeds:
            expansion.add(student, seed)
    return tuple(
        expansion.planned[_key(student.name, seed)] for student in experiment.students for seed in student.seeds
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Expansion:
    """The runs of one experiment, planned one after the other, each after those that it depends on."""

    experiment: Experiment
    task: Task
    teacher: ResolvedTeacher
    teachers: tuple[str, ...]
    peers: Mapping[tuple[str, int], PeerGroup]
    starts: Mapping[str, ResolvedTeacher]
    planned: dict[str, PlannedRun] = field(default_factory=dict)

    def add(self, student: Student, seed: int) -> None:
        """Plan one run; the runs that it depends on are planned already."""
        teaching = None if student.taught_by is None else self.planned[_key(student.taught_by, seed)]
        teacher = teaching or self.teacher
        if student.start and student.start.source == TEACHER_NAME and self.teacher.blueprint is None:
            raise no_network(self.teacher, f"{student.name!r} starts as it")
        if teaching is None:
            _check_stages(student, self.teacher)
        planned = PlannedRun(
            key=_key(student.name, seed),
            student=student,
            seed=seed,
            blueprint=_blueprint(student, self.task, teacher.blueprint),
            fingerprint="",
            missing_index=None if student.missing_class is None else self.task.classes.index(student.missing_class),
            teacher_blueprint=teacher.blueprint,
            teacher_stages=() if teaching else tuple(self.teacher.stages.values()),
            method_settings=method_settings_of(student),
            level=teaching.level + 1 if teaching else 0,
            taught_by=teaching.key if teaching else None,
            peers=tuple(_key(peer.name, seed) for peer in self._peer_group(student, seed)),
        )
        self.planned[planned.key] = self._started(self._filed(planned, teaching))

    def _peer_group(self, student: Student, seed: int) -> PeerGroup:
        return self.peers.get((student.name, seed), ())

    def _filed(self, planned: PlannedRun, teaching: PlannedRun | None) -> PlannedRun:
        """The run with its fingerprint, and those that older versions gave it."""
        student, peer_group = planned.student, self._peer_group(planned.student, planned.seed)
        source, stored = self._source(planned), self._stored(student)
        first = source or stored or self.teacher
        asks = any(method.uses_teacher for member in (student, *peer_group) for method in methods_of(member))
        starts = student.start is not None and stored is None
        needs = (asks and _needs_teacher(teaching)) or (starts and _needs_teacher(source))

        form = planned.blueprint if student.start is None else first.blueprint
        here = made_here(self.experiment, student, peer_group, form, planned.teacher_blueprint, self.task)

        def identity(teacher: str | None, start: str | None) -> str:
            start = None if student.start is None else start
            made = run_fingerprint(self.experiment, student, planned.seed, self.task.sha256, teacher, peer_group, start)
            return _revised(fingerprint(made, *here) if here else made, planned, peer_group, self.task)

        teacher, start = (teaching or self.teacher).fingerprint, first.fingerprint

        def start_before(old: str) -> str:
            return source.filed_before[old] if source else start if stored else old

        before = {
            old: identity(teaching.filed_before[old] if teaching else old, start_before(old))
            for old in (self.teachers[:1] if needs else self.teachers)
        }
        return replace(
            planned,
            fingerprint=identity(teacher if asks or needs else None, start),
            needs_teacher=needs,
            filed_before=before,
        )

    def _source(self, planned: PlannedRun) -> PlannedRun | None:
        """The run that it starts from; None where that is the teacher, a stored run, or random weights."""
        start = planned.student.start
        return None if start is None or start.student is None else self.planned[_key(start.student, planned.seed)]

    def _stored(self, student: Student) -> ResolvedTeacher | None:
        """The stored run that a student starts from; None where it starts from anything else."""
        run = student.start.run if student.start else None
        if run and run not in self.starts:
            raise NotFound(said("no run {run!r}, as which {student!r} starts; give it in starts", run, student.name))
        return self.starts[run] if run else None

    def _started(self, planned: PlannedRun) -> PlannedRun:
        """The run with its planned initial network."""
        start = planned.student.start
        if start is None:
            return planned
        source = self._source(planned)
        initial = _source_of(source) if source else _whole(self._stored(planned.student), self.teacher)
        initialized = plan_initialization(planned.student, planned.blueprint, initial)
        last = max(planned.level, initialized.level)
        return replace(
            planned,
            blueprint=initialized.blueprint,
            start_of=source.key if source else start.source,
            initial=replace(initialized, level=last),
            level=last,
        )


def _needs_teacher(run: PlannedRun | None) -> bool:
    """Whether a teacher or source (None: the experiment's teacher) depends on the experiment's teacher."""
    return run is None or run.needs_teacher


def _whole(stored: ResolvedTeacher | None, teacher: ResolvedTeacher) -> InitialNetworkPlan:
    """A stored run, or the experiment's teacher, as an initial network."""
    blueprint = (stored or teacher).blueprint
    assert blueprint is not None  # checked before, and a run that is no network is not resolved
    return InitialNetworkPlan(name=stored.title if stored else TEACHER_NAME, blueprint=blueprint)


def _source_of(source: PlannedRun) -> InitialNetworkPlan:
    """The initial network that a student is to those that start from it."""
    plain = InitialNetworkPlan(name=source.student.name, blueprint=source.blueprint, level=source.level, trainings=1)
    return source.initial or plain


def _check_stages(student: Student, teacher: ResolvedTeacher) -> None:
    """Raise InvalidSetting where a method uses features and the teacher has no stages, or its head and the teacher is
    no network of this lab."""
    featured = next((method for method in methods_of(student) if method.features), None)
    if featured and not teacher.has_stages:
        got, other = ("an ensemble", "one of its members") if teacher.members else (teacher.title, "a network")
        raise InvalidSetting(
            said("the teacher of {student!r}", student.name),
            expected=said("one network, since {method} looks at its stages", featured.name),
            got=said("{got}, which has no stages of its own", got),
            hint=said("choose a method on logits, as kd, or {other} as the teacher", other),
        )
    headed = [one for one in methods_of(student) if one.uses_teacher_head or one.reuses_teacher_head]
    if headed and teacher.blueprint is None:
        raise no_network(teacher, f"{headed[0].name} takes its head for {student.name!r}")


def _blueprint(student: Student, task: Task, teacher: Blueprint | None) -> Blueprint:
    blueprint = task_blueprint(student, task)
    return replace(blueprint, teacher_head=teacher) if METHODS.get(student.method).reuses_teacher_head else blueprint


def _key(name: str, seed: int) -> str:
    return f"{name}/{seed}"


def _revised(made: str, planned: PlannedRun, peer_group: PeerGroup, task: Task) -> str:
    """The fingerprint with all revisions after the first: of the methods, layers and step of the run, those of its
    peers, and the layers of its teacher."""
    student = planned.student
    methods = [method for member in (student, *peer_group) for method in methods_of(member)]
    teacher = planned.teacher_blueprint if any(method.uses_teacher for method in methods) else None
    forms = [planned.blueprint, *(task_blueprint(peer, task) for peer in peer_group), *([teacher] if teacher else [])]
    later = revisions(forms, methods, step_of(student), loop=not student.untrained)
    return fingerprint(made, *later) if later else made
