"""Which stored experiments can be read: an older or newer lab, or another program, may have left one that cannot."""

from functools import lru_cache

from distill_core.compression import STEPS
from distill_core.errors import CorruptFile, DistillError
from distill_core.experiment import Experiment, Student
from distill_core.methods import METHODS
from distill_core.networks import ARCHITECTURES
from distill_core.robustness.corruptions import CORRUPTIONS
from distill_core.store import JobRecord
from distill_core.tasks import TASKS

__all__ = ["experiment_of", "is_readable"]


def experiment_of(job: JobRecord) -> Experiment:
    """The specification of a stored job. Raises CorruptFile where this lab cannot read it, or does not know a name in
    it."""
    found = _read(job.specification)
    if isinstance(found, DistillError):
        raise CorruptFile(f"experiment {job.id!r} cannot be read by this lab: {found}; delete it on Home") from found
    return found


def is_readable(job: JobRecord) -> bool:
    """Whether ``experiment_of`` answers."""
    return isinstance(_read(job.specification), Experiment)


@lru_cache(maxsize=1024)
def _read(text: str) -> Experiment | DistillError:
    try:
        found = Experiment.from_json(text)
        TASKS.get(found.task)
        for student in found.students:
            _look_up(student)
    except DistillError as error:
        return error.with_traceback(None)
    return found


def _look_up(student: Student) -> None:
    """Raises UnknownName."""
    ARCHITECTURES.get(student.architecture)
    for method in (student.method, *(one.method for one in student.also)):
        METHODS.get(method)
    if student.start and student.start.change:
        STEPS.get(student.start.change.step)
    if student.scene:
        CORRUPTIONS.get(student.scene.corruption)
