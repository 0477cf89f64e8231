"""Trains a teacher: one network on all labels."""

from collections.abc import Callable

import numpy as np

from distill_core.events import Sink
from distill_core.machine import ResolvedPrecision
from distill_core.methods import CONTROL_METHOD, METHODS, FeatureShapes, Settings
from distill_core.planning.blueprints import task_blueprint
from distill_core.spec import TEACHER_NAME, TrainedTeacher
from distill_core.tasks import Dataset, Task
from distill_core.training.cohort import CohortConfig, train_cohort
from distill_core.training.monitor import Trained
from distill_core.training.resuming import NOWHERE, Keeper
from distill_core.training.student import StudentConfig

# A teacher is filed under its choice and its task, so its training must not depend on the experiment.
DATA_SEED = 0


def train_teacher(
    choice: TrainedTeacher,
    task: Task,
    *,
    train: Dataset,
    valid: Dataset,
    precision: ResolvedPrecision,
    device: str = "cpu",
    sink: Sink,
    checkpoint: Callable[[], None],
    name: str = TEACHER_NAME,
    kept_for: Callable[[str], Keeper] = lambda run: NOWHERE,
) -> Trained:
    """The network at the last update, trained on every label with new views of each image.

    ``name``: its name in events, since members of an ensemble may have equal seeds. ``kept_for``: where the run of
    this key is kept while it is half trained.
    """
    everything = np.arange(len(train))
    config = StudentConfig(
        run=f"{name}/{choice.seed}",
        student=name,
        blueprint=task_blueprint(choice, task),
        loss=METHODS.get(CONTROL_METHOD).build(Settings(), FeatureShapes()),
        uses_teacher=False,
        seed=choice.seed,
        visible_M=everything,
        labelled_N=np.ones(len(train), dtype=bool),
    )
    plan = CohortConfig(
        budget=choice.budget,
        optimiser=choice.optimiser,
        mode="consistent",
        views=1,
        data_seed=DATA_SEED,
        precision=precision,
        device=device,
        metrics=task.metrics,
    )
    images = train.seeded(DATA_SEED)
    (trained,) = train_cohort(
        [config],
        plan,
        train=images,
        valid=valid,
        teacher=None,
        sink=sink,
        checkpoint=checkpoint,
        keeper=kept_for(config.run),
    )
    return trained
