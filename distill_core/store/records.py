"""What the store keeps, as frozen records. Times are in UTC."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from distill_core.files import holds

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
    "RobustnessScore",
    "Role",
    "RunLink",
    "RunRecord",
    "TrainingTime",
]

Role = Literal["teacher", "control", "student"]
ArtifactKind = Literal["weights", "onnx", "onnx_float16", "predictions"]
Place = Literal["server", "browser"]


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    FAILED = "failed"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"


OPEN_STATES = (JobState.QUEUED, JobState.RUNNING, JobState.PAUSED)


@dataclass(frozen=True, kw_only=True, slots=True)
class JobRecord:
    """An experiment in the queue or done. ``owner`` is the id of the open lab in whose queue it is, or was."""

    id: str
    fingerprint: str
    title: str
    specification: str
    state: JobState
    error: str | None
    owner: str
    expected_seconds: float
    submitted_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RunRecord:
    """One trained network. ``id`` is the start of ``fingerprint``; ``scores`` and ``environment`` are plain JSON.

    Its specification is that of a job that shows it. ``batch_size`` and ``macs`` (of one image) are kept beside
    ``updates`` and ``processor_seconds``: together they tell how fast this machine trains, whatever else it did
    meanwhile. None of what was trained before that was counted, and of what did not train.
    """

    id: str
    fingerprint: str
    role: Role
    student: str
    task: str
    architecture: str
    width: float
    stem_stride: int
    method: str
    temperature: float | None
    alpha: float | None
    parameters: Mapping[str, float]
    seed: int
    labels: int | None
    transfer: str
    state: Literal["finished", "failed"]
    message: str | None
    updates: int
    seconds: float
    scores: Mapping[str, Any]
    environment: Mapping[str, Any]
    created_at: datetime
    missing_class: str | None = None
    batch_size: int | None = None
    macs: int | None = None
    processor_seconds: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingTime:
    """How long a network trained: by the clock, and in processor time of the thread that stepped (None: not known); for
    so many updates on batches of so many images, of so many multiply-accumulates each."""

    seconds: float
    processor_seconds: float | None
    updates: int
    batch_size: int
    macs: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RunLink:
    """Where a job shows a run: at which place, under which name, in which role, and who teaches it there."""

    run_id: str
    position: int
    student: str
    role: Role
    taught_by: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkedRun:
    """A run as one job knows it: its place there, and the name and role that it has there; ``taught_by`` is the student
    that teaches it there, None where that is the teacher."""

    job_id: str
    position: int
    student: str
    role: Role
    run: RunRecord
    taught_by: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Artifact:
    """A file of a run."""

    run_id: str
    kind: ArtifactKind
    path: Path
    sha256: str
    size_bytes: int

    @property
    def is_there(self) -> bool:
        """Whether the file is there with its size; what it holds is checked where it is read."""
        try:
            return self.path.stat().st_size == self.size_bytes
        except OSError:
            return False

    @property
    def is_whole(self) -> bool:
        """Whether the file holds what was stored: read once, and again after it was changed."""
        return holds(self.path, self.sha256, self.size_bytes)


@dataclass(frozen=True, kw_only=True, slots=True)
class Measurement:
    """Latency of one graph on one device, ``runs`` runs in all.

    ``graph`` is the hash of the run's float32 graph without its weights; ``precision`` says in which form it was
    timed. A server is known by ``device``, its description; a browser by ``device_id``. ``provider`` is one of
    onnxruntime, torch's eager mode, or a browser's backend; ``whole_graph``: every operator ran there. Each sample of
    ``histogram`` (``edges_ms``, ``counts``) is the mean of ``runs_per_sample`` runs. ``agrees``: the answers were
    those of the server's onnxruntime, up to ``largest_difference``. ``disturbed``: what tells that something else used
    the machine meanwhile; empty where nothing does, None where nobody looked. Those of one ``round_id`` were taken
    together, so that they can be held against each other.
    """

    run_id: str
    graph: str
    device: str
    provider: str
    batch_size: int
    threads: int
    first_ms: float
    warmup_runs: int
    runs: int
    p50_ms: float
    p90_ms: float
    p95_ms: float
    p99_ms: float
    environment: Mapping[str, Any]
    created_at: datetime
    place: Place = "server"
    uid: str | None = None
    device_id: str | None = None
    precision: str = "float32"
    load_ms: float | None = None
    session_ms: float | None = None
    mean_ms: float | None = None
    runs_per_sample: int = 1
    size_bytes: int | None = None
    largest_difference: float | None = None
    agrees: bool = True
    whole_graph: bool = True
    histogram: Mapping[str, Any] | None = None
    disturbed: str | None = None
    round_id: str | None = None
    id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Device:
    """A browser that measured: its own words about itself, and the label that its owner may change."""

    id: str
    label: str
    described: str
    seen_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class RobustnessScore:
    """How a run answers the first ``images`` test images once something has happened to them.

    ``disturbance``: the name of a corruption, whose ``strength`` is its severity; an attack, whose strength is its eps
    in 1/255 of the range of a pixel; or "clean", with strength 0. ``version`` tells what it was then:
    numbers of another one speak of other images. ``confidence``: the mean probability of its answers. ``unmoved``:
    how many of the images an attack could not move, since the gradient of the network was exactly zero there.
    """

    run_id: str
    disturbance: str
    strength: float
    images: int
    version: str
    accuracy: float
    ece: float
    nll_nats: float
    confidence: float
    created_at: datetime
    unmoved: int = 0
