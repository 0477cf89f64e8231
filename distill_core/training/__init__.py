"""Training: streams of batches, a frozen teacher, and the loop that takes a cohort through its budget."""

from distill_core.training.cohort import LOOP_REVISION, CohortConfig, train_cohort
from distill_core.training.corrupted_data import corrupted_split, corruption_version
from distill_core.training.images import InMemoryImages
from distill_core.training.monitor import Trained
from distill_core.training.precision import ResolvedPrecision, resolve_precision
from distill_core.training.predict import predict
from distill_core.training.runners import ParallelRunner, run_serially
from distill_core.training.student import StudentConfig
from distill_core.training.teacher_outputs import FrozenTeacher

__all__ = [
    "LOOP_REVISION",
    "CohortConfig",
    "FrozenTeacher",
    "InMemoryImages",
    "ParallelRunner",
    "ResolvedPrecision",
    "StudentConfig",
    "Trained",
    "corrupted_split",
    "corruption_version",
    "predict",
    "resolve_precision",
    "run_serially",
    "train_cohort",
]
