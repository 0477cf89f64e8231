"""Training: streams of batches, a frozen teacher, and the loop that takes a cohort through its budget."""

from distill_core.training.cohort import LOOP_REVISION, Plan, train_cohort
from distill_core.training.images import ImageBank
from distill_core.training.member import Recipe
from distill_core.training.outcome import Trained
from distill_core.training.pieces import SideBySide, one_by_one
from distill_core.training.precision import Arithmetic, resolve
from distill_core.training.predict import predict
from distill_core.training.scenes import scene_version, scened
from distill_core.training.teacher import FrozenTeacher

__all__ = [
    "LOOP_REVISION",
    "Arithmetic",
    "FrozenTeacher",
    "ImageBank",
    "Plan",
    "Recipe",
    "SideBySide",
    "Trained",
    "one_by_one",
    "predict",
    "resolve",
    "scene_version",
    "scened",
    "train_cohort",
]
