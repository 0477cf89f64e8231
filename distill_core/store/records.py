"""The store's frozen records. Times are in UTC."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from distill_core.files import holds

Role = Literal["teacher", "control", "student"]
ArtifactKind = Literal["weights", "onnx", "onnx_float16", "predictions"]
Place = Literal["server", "browser"]
# The architecture of a run that is no network of this lab: its only file are its predictions.
FOREIGN = "foreign"


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    FAILED = "failed"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"


OPEN_STATES = (JobState.QUEUED, JobState.RUNNING, JobState.PAUSED)


@dataclass(frozen=True, slots=True)
class TakenOver:
    """A job of a lab that ended, which this lab goes on with; ``plan``: its JobPlan as JSON."""

    id: str
    plan: str
    paused: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class JobRecord:
    """A job that waits, runs or has ended. ``owner`` is the id of the lab whose queue has or had it; ``name``, ``tags``
    (between line ends) and ``note`` are what visitors call it."""

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
    name: str = ""
    tags: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunRecord:
    """The record of one trained network. ``id`` is the start of ``fingerprint``; its specification is its jobs'.

    ``scores`` (JSON; a failed run has none of those before ``graft``): ``test_accuracy valid_accuracy macro_precision
    macro_recall macro_f1 per_class_recall ece nll_nats confusion test_images parameters macs size_bytes onnx_bytes
    zipped_bytes onnx_largest_difference graph``; where they apply the Blueprint's ``graft members changes``, ``unseen``
    (missing class), a step's ``step step_notes form trainings file``, and in older runs ``agreement``. A task whose own
    metric is another has its name under ``metric``, and ``test_NAME valid_NAME`` for each of its metrics; the numbers
    from ``macro_precision`` to ``confusion`` are those of tasks that name accuracy among theirs.
    ``environment``: ``machine.environment``. ``batch_size``, ``macs`` (of one image), ``updates`` and
    ``processor_seconds`` give the pace of training; None where nothing trained, and in older runs.
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

    @property
    def metric(self) -> str:
        """The name of its task's own metric."""
        return str(self.scores.get("metric", "accuracy"))

    def score(self, part: Literal["valid", "test"]) -> Any:
        """The score by that metric; None where the run has none."""
        return self.scores.get(f"{part}_{self.metric}")

    @property
    def labels_seen(self) -> int | None:
        """The number of labels that its loss read: none in KD with alpha 1; None for all."""
        answers_alone = self.method == "kd" and self.alpha == 1 and not any("plus " in key for key in self.parameters)
        return 0 if answers_alone else self.labels

    @property
    def left_out(self) -> tuple[str, ...]:
        """The kinds of files that were left out of the archive that the run came with."""
        kinds = self.scores.get("left_out", ())
        return tuple(map(str, kinds)) if isinstance(kinds, list | tuple) else ()

    @property
    def is_foreign(self) -> bool:
        """Whether it is a teacher that is no network of this lab."""
        return self.architecture == FOREIGN


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingTime:
    """Training time of a network: ``seconds`` by the clock, ``processor_seconds`` of the stepping thread (None: not
    recorded), the number of updates, the batch size, the multiply-accumulates of one image, and the architecture."""

    seconds: float
    processor_seconds: float | None
    updates: int
    batch_size: int
    macs: int
    architecture: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunLink:
    """How a job shows a run: position, name, role, and the student that teaches it there (None: the teacher)."""

    run_id: str
    position: int
    student: str
    role: Role
    taught_by: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkedRun:
    """A run as a job shows it: position, name, role, and the student that teaches it there (None: the teacher)."""

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
        """Whether the file exists with its size; reading checks its hash."""
        try:
            return self.path.stat().st_size == self.size_bytes
        except OSError:
            return False

    @property
    def is_whole(self) -> bool:
        """Whether the file has its stored hash; computed once, and again after the file changed."""
        return holds(self.path, self.sha256, self.size_bytes)


@dataclass(frozen=True, kw_only=True, slots=True)
class Measurement:
    """Latency of one graph on one device, over ``runs`` runs.

    ``graph`` is the hash of the run's float32 graph without its weights; ``precision`` is the number format that was
    timed. ``device`` (a description) identifies a server, ``device_id`` a browser. ``provider``: a provider of
    onnxruntime, torch eager, or a browser's backend; ``whole_graph``: every operator ran on it. Each sample of
    ``histogram`` (``edges_ms``, ``counts``) is the mean of ``runs_per_sample`` runs. ``agrees``: the logits equal the
    server's onnxruntime's, up to ``largest_difference``. ``disturbed``: signs of other load on the machine; empty:
    none, None: not checked. Measurements of one ``round_id`` were taken in turns and are comparable.
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
    """A browser that measured: its description of itself, and a label that its owner may change."""

    id: str
    label: str
    described: str
    seen_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class RobustnessScore:
    """Scores of a run on the first ``images`` test images under a corruption or an attack.

    ``disturbance``: a corruption (``strength``: its severity), an attack (strength: eps in 1/255 of a pixel's range),
    "clean" (strength 0), or "official" (strength 0), which is on the images of the whole official test set instead.
    ``version``: that of the corruption or attack; scores of other versions are of other images. ``confidence``: the
    mean top probability. ``unmoved``: the number of images that an attack did not change, since the network's gradient
    was exactly zero there.
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
