"""The lab's catalog: tasks with their data and teachers, and experiments that build on stored ones."""

from collections.abc import Collection, Mapping

import numpy as np

from distill_core.accelerator import ResolvedDevice, available_devices, driver
from distill_core.compression import STEPS, resolve_settings
from distill_core.errors import DistillError, InvalidSetting, NotFound, said
from distill_core.execution.initial_networks import calibration_images
from distill_core.jobs.torch_import import is_torch_imported
from distill_core.machine import resolve_precision
from distill_core.methods import METHODS
from distill_core.methods.defined import Undefined, undefined
from distill_core.networks import ARCHITECTURES, Architecture, taking
from distill_core.planning.teacher_sources import resolve_teacher, teacher_options
from distill_core.planning.teacher_sources.base import TeacherOption, no_network
from distill_core.reports.images import task_parts, task_splits
from distill_core.reports.readable import experiment_of
from distill_core.spec import CorruptionSpec, Experiment, StoredTeacher, TeacherSpec, choice_of_key
from distill_core.store import Store
from distill_core.tasks import Split, Task, TaskCatalog, TaskData
from distill_core.templates.adaptation import adaptation_experiment
from distill_core.templates.chain_reading import chain_of
from distill_core.templates.compression_chain import CompressionChain, chain_experiment
from distill_core.templates.presets import first_experiment, optimiser_of
from distill_core.templates.quick import quick
from distill_core.templates.written import is_alike

# Stored runs that a picker offers; a link can name any other.
OWN_TEACHERS = 100


class Catalog:
    """What one store and one home have. Methods, architectures and presets are the same everywhere: import them."""

    def __init__(self, store: Store, tasks: TaskCatalog) -> None:
        self._store = store
        self._tasks = tasks

    def devices(self) -> tuple[ResolvedDevice, ...]:
        """The devices that training can run on, the CPU last. Where torch is not imported yet, those with a driver."""
        kind = driver()
        return available_devices() if is_torch_imported() or not kind else (kind, "cpu")

    def tasks(self) -> tuple[Task, ...]:
        return tuple(self._tasks)

    def known(self, names: Collection[str]) -> tuple[Task, ...]:
        """Those of these tasks that a picker can show: own data whose examples were removed come last."""
        offered = tuple(task for task in self._tasks if task.name in names)
        removed = {name for name in names if self._tasks.own.of(name)} - {task.name for task in offered}
        return (*offered, *(self._tasks.get(name) for name in sorted(removed)))

    def classes(self, task: str) -> tuple[str, ...]:
        """The names of a task's classes. Raises UnknownName."""
        return self._tasks.get(task).classes

    def networks(self, task: str) -> tuple[Architecture, ...]:
        """The architectures that take the examples of a task. Raises UnknownName."""
        found = self._tasks.get(task)
        return taking(found.input, found.target.positions)

    def teachers(self, task: str) -> tuple[TeacherOption, ...]:
        """The teachers that a task can choose from; last the newest students and controls of this lab. Raises
        UnknownName."""
        return teacher_options(self._tasks.get(task), self._store.newest_runs(task, teach=False, limit=OWN_TEACHERS))

    def teacher(self, task: str, key: str) -> TeacherOption:
        """The row of a picker for any teacher by its key, as an older run or another ensemble.

        Raises: DistillError where the text is no key, or that teacher cannot teach the task; InvalidSetting for one
        that is trained first, since a key lacks the recipe.
        """
        choice = choice_of_key(key)
        if any(part.training for part in choice.parts):
            hint = "choose one that is offered, or write a specification"
            raise InvalidSetting("teacher", expected="one that is trained", got=key, hint=hint)
        known = resolve_teacher(
            choice, self._tasks.get(task), resolve_precision("auto"), self._store.whole_run, self._tasks
        )
        note = said("It is not among those that are offered, and can teach this task.")
        return TeacherOption(name=key, title=known.title, note=note, choice=choice)

    def teacher_title(self, task: str, choice: TeacherSpec) -> str:
        """What a teacher of a task is called; its key where it is not here. Raises UnknownName for the task."""
        known = self._tasks.get(task)
        try:
            return resolve_teacher(choice, known, resolve_precision("auto"), self._store.whole_run, self._tasks).title
        except DistillError:
            return choice.key

    def teacher_network(self, task: str, choice: TeacherSpec) -> str | None:
        """The architecture of a teacher of a task; None where it is no single network, or is not here. Raises
        UnknownName for the task."""
        known = self._tasks.get(task)
        try:
            found = resolve_teacher(choice, known, resolve_precision("auto"), self._store.whole_run, self._tasks)
        except DistillError:
            return None
        return found.blueprint.architecture if found.blueprint else None

    def images(self, task: str) -> tuple[Split, Split]:
        """Validation and test images of a task, with their labels; read once. Raises what loading them raises."""
        return task_splits(task, self._tasks)

    def parts(self, task: str) -> TaskData:
        """The data of a task, read once. Raises what loading them raises."""
        return task_parts(task, self._tasks)

    def first_experiment(self, task: str) -> Experiment:
        """The smallest comparison of a teacher and students on a task. Raises UnknownName."""
        return first_experiment(self._tasks.get(task), self.teachers(task)[0].choice)

    def quick_experiment(self, task: str) -> Experiment:
        """The same in about a minute, for own data. Raises UnknownName."""
        return quick(self.first_experiment(task), self._tasks.get(task))

    def undefined(
        self, task: str, teacher: TeacherSpec | None = None, architecture: str | None = None
    ) -> Mapping[str, Undefined]:
        """Why each method that is not defined for a task with these networks is not, by its name; without them, with
        those of its first experiment. Raises UnknownName."""
        known, first = self._tasks.get(task), self.first_experiment(task)
        names = {self.teacher_network(task, teacher or first.teacher), architecture or first.students[0].architecture}
        networks = [entry for entry in ARCHITECTURES if entry.name in names]
        why = {method.name: undefined(method, known.input, known.target, networks) for method in METHODS}
        return {name: reason for name, reason in why.items() if reason}

    def chain_experiment(self, chain: CompressionChain) -> Experiment:
        """A chain as an experiment. Raises DistillError for links that cannot follow each other, and for a teacher or
        an initial network that is not here."""
        task, precision = self._tasks.get(chain.task), resolve_precision("auto")
        own = optimiser_of(task)
        usual = None if own.algorithm == "sgd" else own  # as U-Nets need it
        teacher = resolve_teacher(chain.teacher, task, precision, self._store.whole_run, self._tasks)
        if isinstance(chain.start, StoredTeacher):
            initial = resolve_teacher(chain.start, task, precision, self._store.whole_run, self._tasks)
            return chain_experiment(chain, initial.blueprint, usual)
        if teacher.blueprint is None and chain.start is None:
            raise no_network(teacher, "a chain starts as it")
        return chain_experiment(chain, teacher.blueprint, usual)

    def chain_spec(self, experiment: Experiment) -> CompressionChain | None:
        """The specification of a chain that writes such an experiment, or None."""
        try:
            chain = chain_of(experiment)
            written = chain and self.chain_experiment(chain)
        except DistillError:  # more than a chain takes, or its teacher is gone
            return None
        return chain if written and is_alike(written, experiment, self._tasks) else None

    def adaptation_experiment(
        self, job_id: str, student: str, scene: CorruptionSpec, updates: int | None = None
    ) -> Experiment:
        """A job's experiment with one more student: ``student``, distilled again without labels on images of a scene.

        Raises: NotFound; UnknownName; InvalidSetting.
        """
        experiment = experiment_of(self._store.job(job_id), self._tasks)
        return adaptation_experiment(experiment, student, scene, updates)

    def calibration_images(self, run_id: str) -> np.ndarray:
        """The training images (N, H, W, C; uint8) that set the ranges of a run's int8 file.

        Raises: NotFound where the run is no int8 file, or one whose ranges are set while it runs; InvalidSetting where
        its task has no images.
        """
        linked = self._store.shown_last(run_id)
        run, experiment = linked.run, experiment_of(self._store.job(linked.job_id), self._tasks)
        student = next((student for student in experiment.students if student.name == linked.student), None)
        change = student.start.change if student and student.start else None
        if (
            student is None
            or run.scores.get("file") != "int8"
            or change is None
            or change.choices.get("way") != "static"
        ):
            raise NotFound(
                said("no calibration images of run {run_id!r}: it is no int8 file with fixed ranges", run_id)
            )
        task = self._tasks.get(run.task)
        _ = task.images  # raises where there are none
        train = self._tasks.load(task.name).train
        settings = resolve_settings(STEPS.get(change.step), change)
        images_NHWC: np.ndarray = train.images_NHWC[
            calibration_images(task.strata(task.dataset(task, train)), settings, student.labels, experiment.data_seed)
        ]
        return images_NHWC
