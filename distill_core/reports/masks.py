"""What two networks say of the pixels of scenes. H W pixels."""

from dataclasses import dataclass

import numpy as np

from distill_core.errors import NotFound, said
from distill_core.reports.images import shared_task
from distill_core.reports.predictions import classes_of, predictions_of
from distill_core.store import Store


@dataclass(frozen=True, kw_only=True, slots=True)
class DisputedScene:
    """A test scene with the classes (H, W) that two networks give its pixels; ``share`` are those that differ."""

    index: int
    student_HW: np.ndarray
    teacher_HW: np.ndarray
    share: float


def disputed_scenes(store: Store, student_id: str, teacher_id: str) -> tuple[DisputedScene, ...]:
    """The test scenes, those first on which the networks differ in most pixels; of a file that an older version wrote
    those whose logits it has.

    Raises: InvalidSetting for two tasks; NotFound where the task has no label a pixel; CorruptFile.
    """
    shared_task(store, student_id, teacher_id)
    both = [classes_of(predictions_of(store.artifact(run_id, "predictions"))) for run_id in (student_id, teacher_id)]
    if any(classes.ndim != 3 for classes in both):
        raise NotFound(
            said("no masks of run {run_id!r}: its task has one label an example; choose another experiment", student_id)
        )
    shown = min(map(len, both))
    student_NHW, teacher_NHW = (classes_NHW[:shown].astype(np.uint8) for classes_NHW in both)
    shares_N = (student_NHW != teacher_NHW).mean((1, 2))
    return tuple(
        DisputedScene(
            index=int(index), student_HW=student_NHW[index], teacher_HW=teacher_NHW[index], share=float(shares_N[index])
        )
        for index in np.argsort(-shares_N, kind="stable")
    )
