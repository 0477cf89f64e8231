"""The store: a database and files, written whole."""

from distill_core.store.records import (
    OPEN_STATES,
    Artifact,
    ArtifactKind,
    Device,
    JobRecord,
    JobState,
    LinkedRun,
    Measurement,
    Place,
    Role,
    RunRecord,
    Trial,
)
from distill_core.store.store import Store, holds_lab

__all__ = [
    "OPEN_STATES",
    "Artifact",
    "ArtifactKind",
    "Device",
    "JobRecord",
    "JobState",
    "LinkedRun",
    "Measurement",
    "Place",
    "Role",
    "RunRecord",
    "Store",
    "Trial",
    "holds_lab",
]
