"""The comparison that a task of sound begins with. Its settings were chosen on validation recordings."""

from distill_core.spec import Budget, Experiment, Optimiser, TrainedTeacher
from distill_core.tasks.comparison import comparison

TEACHER = TrainedTeacher(
    architecture="sequence_cnn",
    budget=Budget(updates=600, batch_size=64),
    optimiser=Optimiser(learning_rate=0.1, weight_decay=1e-3),
)

# Of 2, 4 and 8 the best on validation recordings, for digits and for speakers.
TEMPERATURE = 2.0


def teacher_of(task: str) -> str:
    """The name under which the teacher of a task ships."""
    return f"{task}_cnn"


def sound_comparison(task: str, *, teacher: str = "", labels: int, updates: int) -> Experiment:
    """A depthwise network beside its control. ``teacher``: the task whose shipped teacher teaches, if another one."""
    return comparison(
        task,
        teacher=teacher_of(teacher or task),
        examples="recordings",
        architecture="sequence_depthwise",
        labels=labels,
        temperature=TEMPERATURE,
        budget=Budget(updates=updates, batch_size=64),
    )
