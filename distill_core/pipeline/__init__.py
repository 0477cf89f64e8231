"""What one job does, from the specification to stored results."""

from distill_core.pipeline.complete import complete
from distill_core.pipeline.estimate import MEASURING, expected_seconds, pace, training_seconds
from distill_core.pipeline.job import Bench, run_job
from distill_core.pipeline.libraries import load_libraries, loaded
from distill_core.pipeline.measure import Timer, measure, measure_run
from distill_core.pipeline.runs import PlannedStudent, check_pairs, expand, job_fingerprint
from distill_core.pipeline.teachers import KnownTeacher, TeacherOption, identify, offered

__all__ = [
    "MEASURING",
    "Bench",
    "KnownTeacher",
    "PlannedStudent",
    "TeacherOption",
    "Timer",
    "check_pairs",
    "complete",
    "expand",
    "expected_seconds",
    "identify",
    "job_fingerprint",
    "load_libraries",
    "loaded",
    "measure",
    "measure_run",
    "offered",
    "pace",
    "run_job",
    "training_seconds",
]
