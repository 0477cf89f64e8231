"""A browser's latency measurement as it is sent, validated."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from distill_core.spec import Several, Specification

FileFormat = Literal["float32", "float16"]
PRECISIONS: tuple[FileFormat, ...] = ("float32", "float16")
Backend = Literal["wasm", "webgpu"]
# The size of the fixed batch on which a browser's logits are compared with the server's.
REFERENCE_IMAGES = 8
# Of an example with an answer for each position every so-manieth logit is compared; as in ui/browser/js/findings.js.
MOST_LOGITS = 1024
MOST_SAMPLES = 5000

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
Milliseconds = Annotated[float, Field(ge=0, le=3_600_000)]
Hexadecimal = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8,64}$")]


class Browser(Specification):
    """The browser and machine of a measurement. ``clock_ms`` is the smallest step of the browser's clock."""

    browser: Text
    system: Text
    cores: int = Field(ge=1, le=4096)
    memory_gb: float | None = Field(None, ge=0, le=4096)
    isolated: bool
    clock_ms: float = Field(ge=0, le=1000)
    adapter: Text | None = None
    onnxruntime_web: Text
    user_agent: Annotated[str, StringConstraints(max_length=400)] = ""


class BrowserMeasurement(Specification):
    """One network on one backend at one batch size.

    ``uid`` is made by the browser: a measurement that is sent twice is stored once. ``samples_ms`` are times of one run
    each; where ``runs_per_sample`` is more than 1, each is the mean of so many runs in a row. ``logits`` are those of
    the reference images, a row an image; None where a number is not finite. ``threads`` are those that ran.
    ``whole_graph``: every operator ran on this backend. ``round``: the id of all measurements that one press of the
    button started. ``lost``: the share (0 to 1) of the time between samples in which the measuring thread did not have
    its processor; None where it was not recorded.
    """

    uid: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    round: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")] | None = None
    run_id: Hexadecimal
    precision: FileFormat
    backend: Backend
    whole_graph: bool = True
    threads: int = Field(ge=1, le=4096)
    batch_size: int = Field(ge=1, le=1024)
    size_bytes: int = Field(ge=1, le=2**31)
    load_ms: Milliseconds
    session_ms: Milliseconds
    first_ms: Milliseconds
    warmup_runs: int = Field(ge=0, le=10_000_000)
    runs_per_sample: int = Field(ge=1, le=1_000_000)
    samples_ms: Several[Milliseconds] = Field(min_length=1, max_length=MOST_SAMPLES)
    lost: float | None = Field(None, ge=0, le=1)
    logits: Several[Several[float | None]] = Field(min_length=1, max_length=REFERENCE_IMAGES)
    browser: Browser
