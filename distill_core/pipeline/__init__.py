"""What one job does, from the specification to stored results."""

from distill_core.pipeline.bench import Bench
from distill_core.pipeline.complete import complete
from distill_core.pipeline.estimate import expected_seconds, pace, training_seconds
from distill_core.pipeline.job import run_job
from distill_core.pipeline.libraries import after_loading, load_libraries, loaded
from distill_core.pipeline.limit import most_hours, too_long
from distill_core.pipeline.measure import (
    BATCH_SIZES,
    ServerStep,
    Timer,
    measure,
    measure_run,
    measure_step,
    quickly,
    server_steps,
)
from distill_core.pipeline.models import Conversions, Model, finished_run_of, model
from distill_core.pipeline.pace_measurement import is_measured, machine_pace, measure_pace
from distill_core.pipeline.planning import Planned, look_up
from distill_core.pipeline.recipes import check_pairs, needs_pairs
from distill_core.pipeline.remeasuring import Remeasuring
from distill_core.pipeline.runs import PlannedStudent, expand, job_fingerprint
from distill_core.pipeline.stages import MEASURING
from distill_core.pipeline.teachers import KnownTeacher, TeacherOption, identify, offered

__all__ = [
    "BATCH_SIZES",
    "MEASURING",
    "Bench",
    "Conversions",
    "KnownTeacher",
    "Model",
    "Planned",
    "PlannedStudent",
    "Remeasuring",
    "ServerStep",
    "TeacherOption",
    "Timer",
    "after_loading",
    "check_pairs",
    "complete",
    "expand",
    "expected_seconds",
    "finished_run_of",
    "identify",
    "is_measured",
    "job_fingerprint",
    "load_libraries",
    "loaded",
    "look_up",
    "machine_pace",
    "measure",
    "measure_pace",
    "measure_run",
    "measure_step",
    "model",
    "most_hours",
    "needs_pairs",
    "offered",
    "pace",
    "quickly",
    "run_job",
    "server_steps",
    "too_long",
    "training_seconds",
]
