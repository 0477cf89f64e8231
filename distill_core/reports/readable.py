"""Reads stored specifications, which another version of the lab or another program may have written."""

from functools import lru_cache

from distill_core.compression import STEPS
from distill_core.errors import CorruptFile, DistillError, UnknownName, said
from distill_core.methods import METHODS
from distill_core.networks import ARCHITECTURES
from distill_core.robustness.corruptions import CORRUPTIONS
from distill_core.spec import Experiment, Student
from distill_core.store import JobRecord
from distill_core.tasks import Tasks


def experiment_of(job: JobRecord, tasks: Tasks) -> Experiment:
    """The specification of a stored job. Raises CorruptFile where it is invalid or has a name unknown to this lab."""
    experiment = _known(job, tasks)
    if isinstance(experiment, DistillError):
        raise CorruptFile(
            said(
                "experiment {job_id!r} cannot be read by this lab: {experiment}; delete it on Home", job.id, experiment
            )
        ) from experiment
    return experiment


def is_readable(job: JobRecord, tasks: Tasks) -> bool:
    """Whether ``experiment_of`` succeeds."""
    return isinstance(_known(job, tasks), Experiment)


def _known(job: JobRecord, tasks: Tasks) -> Experiment | DistillError:
    experiment = _read(job.specification)
    if isinstance(experiment, Experiment):
        try:
            tasks.get(experiment.task)
        except UnknownName as error:
            return error
    return experiment


@lru_cache(maxsize=1024)
def _read(text: str) -> Experiment | DistillError:
    try:
        experiment = Experiment.from_json(text)
        for student in experiment.students:
            _look_up(student)
    except DistillError as error:
        return error.with_traceback(None)
    return experiment


def _look_up(student: Student) -> None:
    """Raise UnknownName for an unknown name in a student."""
    ARCHITECTURES.get(student.architecture)
    for method in (student.method, *(added.method for added in student.also)):
        METHODS.get(method)
    if student.start and student.start.change:
        STEPS.get(student.start.change.step)
    if student.scene:
        CORRUPTIONS.get(student.scene.corruption)
