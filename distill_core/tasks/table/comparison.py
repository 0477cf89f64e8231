"""The comparison that a task of tables begins with. Its settings are a first guess: nothing was tuned on a table."""

from distill_core.spec import Budget, Experiment, Optimiser, TrainedTeacher
from distill_core.tasks.comparison import comparison

TEACHER = TrainedTeacher(
    architecture="mlp",
    width=4.0,
    budget=Budget(updates=600, batch_size=64),
    optimiser=Optimiser(algorithm="adamw", learning_rate=3e-3, weight_decay=1e-2),
)
TEMPERATURE = 2.0


def table_comparison(task: str, *, labels: int) -> Experiment:
    """A small perceptron beside its control, taught by a large one that is trained first."""
    begins = comparison(
        task,
        teacher=task,
        examples="rows",
        architecture="mlp",
        labels=labels,
        temperature=TEMPERATURE,
        width=0.25,
        budget=Budget(updates=400, batch_size=64),
        optimiser=Optimiser(algorithm="adamw", learning_rate=3e-3, weight_decay=1e-2),
        views=1,
    )
    return begins.model_copy(update={"teacher": TEACHER})
