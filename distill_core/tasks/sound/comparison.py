"""The comparison that a task of sound begins with. Its settings were chosen on validation recordings."""

from distill_core.spec import Budget, Experiment, Optimiser, ShippedTeacher, Student, TrainedTeacher
from distill_core.spec.fields import Transfer

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


def comparison(task: str, *, teacher: str = "", labels: int, updates: int) -> Experiment:
    """A depthwise network on some labels, distilled on the same recordings and on all; the control comes along.

    ``teacher``: the task whose shipped teacher teaches; the same by default.
    """
    seen: tuple[tuple[str, Transfer], ...] = (("same", "labelled"), ("all", "all"))
    students = tuple(
        Student(
            name=f"KD, {which} recordings",
            architecture="sequence_depthwise",
            method="kd",
            temperature=TEMPERATURE,
            alpha=0.9,
            labels=labels,
            transfer=transfer,
        )
        for which, transfer in seen
    )
    return Experiment(
        task=task,
        teacher=ShippedTeacher(name=teacher_of(teacher or task)),
        students=students,
        budget=Budget(updates=updates, batch_size=64),
    )
