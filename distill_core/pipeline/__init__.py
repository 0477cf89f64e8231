"""What one job does, from the specification to stored results."""

from distill_core.jobs.torch_import import after_torch_import, import_torch, is_torch_imported
from distill_core.pipeline.bench import JobContext
from distill_core.pipeline.complete import resolve_experiment
from distill_core.pipeline.estimate import expected_seconds, speed_factor, training_seconds
from distill_core.pipeline.job import run_job
from distill_core.pipeline.limit import most_hours, too_long
from distill_core.pipeline.measure import (
    BATCH_SIZES,
    LatencyTask,
    Timer,
    latency_tasks,
    measure,
    measure_run,
    quickly,
    run_latency_task,
)
from distill_core.pipeline.models import Float16Cache, Model, finished_run_of, model
from distill_core.pipeline.pace_measurement import is_measured, machine_pace, measure_pace
from distill_core.pipeline.planning import JobPlan, plan_job
from distill_core.pipeline.recipes import check_pairs, needs_pairs
from distill_core.pipeline.remeasuring import Remeasuring
from distill_core.pipeline.runs import PlannedRun, expand, job_fingerprint
from distill_core.pipeline.stages import MEASURING
from distill_core.pipeline.teachers import ResolvedTeacher, TeacherOption, resolve_teacher, teacher_options

__all__ = [
    "BATCH_SIZES",
    "MEASURING",
    "Float16Cache",
    "JobContext",
    "JobPlan",
    "LatencyTask",
    "Model",
    "PlannedRun",
    "Remeasuring",
    "ResolvedTeacher",
    "TeacherOption",
    "Timer",
    "after_torch_import",
    "check_pairs",
    "expand",
    "expected_seconds",
    "finished_run_of",
    "import_torch",
    "is_measured",
    "is_torch_imported",
    "job_fingerprint",
    "latency_tasks",
    "machine_pace",
    "measure",
    "measure_pace",
    "measure_run",
    "model",
    "most_hours",
    "needs_pairs",
    "plan_job",
    "quickly",
    "resolve_experiment",
    "resolve_teacher",
    "run_job",
    "run_latency_task",
    "speed_factor",
    "teacher_options",
    "too_long",
    "training_seconds",
]
