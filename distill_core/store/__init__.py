"""The store: a database, and files that are written atomically."""

from distill_core.store.archive_rows import IMPORTED
from distill_core.store.archived import Archived, ArchivedJob, ArchivedRun, archived
from distill_core.store.artifact_rows import file_problem, read
from distill_core.store.half_trained import HalfTrained
from distill_core.store.job_search import EVERY_JOB, JobSearch
from distill_core.store.records import (
    FOREIGN,
    OPEN_STATES,
    Artifact,
    ArtifactKind,
    Device,
    JobRecord,
    JobState,
    LinkedRun,
    Measurement,
    Place,
    RobustnessScore,
    Role,
    RunLink,
    RunRecord,
    TrainingTime,
)
from distill_core.store.run_rows import UNREADABLE
from distill_core.store.store import Store, holds_lab, is_untouched
from distill_core.store.stored_events import StoredEvents
from distill_core.store.watch import BEAT_SECONDS

__all__ = [
    "BEAT_SECONDS",
    "EVERY_JOB",
    "FOREIGN",
    "IMPORTED",
    "OPEN_STATES",
    "UNREADABLE",
    "Archived",
    "ArchivedJob",
    "ArchivedRun",
    "Artifact",
    "ArtifactKind",
    "Device",
    "HalfTrained",
    "JobRecord",
    "JobSearch",
    "JobState",
    "LinkedRun",
    "Measurement",
    "Place",
    "RobustnessScore",
    "Role",
    "RunLink",
    "RunRecord",
    "Store",
    "StoredEvents",
    "TrainingTime",
    "archived",
    "file_problem",
    "holds_lab",
    "is_untouched",
    "read",
]
