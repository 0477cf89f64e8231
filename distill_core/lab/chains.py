"""The lab's part about compression: the steps there are, chains of them, and what sets the ranges of an int8 file."""

from pathlib import Path
from typing import TYPE_CHECKING

from distill_core.compression import STEPS, CompressionStep, resolve_settings
from distill_core.errors import NotFound
from distill_core.execution.initial_networks import calibration_images
from distill_core.experiment import Experiment
from distill_core.machine import resolve_precision
from distill_core.planning.teacher import resolve_teacher
from distill_core.reports import experiment_of
from distill_core.store import Store
from distill_core.tasks import TASKS, load_task, null_sink
from distill_core.templates.compression_chain import CompressionChain, chain_experiment, default_chain

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Chains"]


class Chains:
    """Mixed into the lab, which has the home and the store."""

    home: Path
    _store: Store

    def steps(self) -> tuple[CompressionStep, ...]:
        return tuple(STEPS)

    def default_chain(self) -> CompressionChain:
        return default_chain()

    def chain_experiment(self, chain: CompressionChain) -> Experiment:
        """A chain as an experiment. Raises DistillError for links that cannot follow each other."""
        task = TASKS.get(chain.task)
        teacher = resolve_teacher(chain.teacher, task, resolve_precision("auto"), self._store.whole_run)
        return chain_experiment(chain, teacher.blueprint)

    def calibration(self, run_id: str) -> "np.ndarray":
        """The training images (N, H, W, C; uint8) that set the ranges of a run's int8 file.

        Raises: NotFound where the run is no int8 file, or one whose ranges are set while it runs.
        """
        linked = self._store.shown_last(run_id)
        run, experiment = linked.run, experiment_of(self._store.job(linked.job_id))
        student = next((one for one in experiment.students if one.name == linked.student), None)
        change = student.start.change if student and student.start else None
        if (
            student is None
            or run.scores.get("file") != "int8"
            or change is None
            or change.choices.get("way") != "static"
        ):
            raise NotFound(f"no calibration images of run {run_id!r}: it is no int8 file with fixed ranges")
        train = load_task(TASKS.get(run.task), self.home, null_sink).train
        settings = resolve_settings(STEPS.get(change.step), change)
        images_NHWC: np.ndarray = train.images_NHWC[
            calibration_images(train.labels_N, settings, student.labels, experiment.data_seed)
        ]
        return images_NHWC
