"""The files of finished runs, as they are handed to browsers and measured here."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from distill_core.browser_measurement import PRECISIONS
from distill_core.deployment.float16 import to_float16
from distill_core.errors import CorruptFile, ExportMismatch, InvalidSetting, NotFound
from distill_core.store import Artifact, RunRecord, Store, read, told

__all__ = ["Float16Cache", "Model", "OpenModel", "finished_run_of", "graph_of", "known_graph", "model", "model_file_of"]

MOST_REFUSED = 256


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """An ONNX file: images and logits in float32, what lies between in ``number_format``. Asked for as ``float32`` it
    is the run's own file, which is in other numbers where the run was quantized. ``graph`` is that of the run, which
    all precisions share."""

    run_id: str
    precision: str
    number_format: str
    path: Path
    sha256: str
    size_bytes: int
    graph: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Float16Cache:
    """How float16 files are made: one after the other by ``lock``, each inside ``quiet()``. ``refused`` remembers, by
    the hash of a float32 file, why float16 cannot hold it: that is found out once."""

    refused: dict[str, str] = field(default_factory=dict)
    lock: AbstractContextManager[object] = field(default_factory=nullcontext)
    quiet: Callable[[], AbstractContextManager[None]] = nullcontext


OpenModel = Callable[[str, str], Model]


def model(
    store: Store,
    run_id: str,
    precision: str = "float32",
    conversions: Float16Cache | None = None,
) -> Model:
    """The file of a finished run; the float16 one is made of the float32 one at first asking, and kept.

    Raises: NotFound; InvalidSetting for an unknown precision, or another than its own of a quantized run;
    CorruptFile where the file is gone or changed; ExportMismatch where float16 cannot hold the network.
    """
    run = finished_run_of(store, run_id)
    if precision not in PRECISIONS:
        expected = " or ".join(PRECISIONS)
        raise InvalidSetting("a precision", expected=expected, got=repr(precision), hint="choose one of them")
    own = model_file_of(run)
    if precision == "float32":
        artifact = store.artifact(run.id, "onnx")
    elif own != "float32":
        hint = "take the run's own file, or another run"
        raise InvalidSetting(f"{precision} of {run.student!r}", expected="a float32 file", got=own, hint=hint)
    else:
        artifact = _float16(store, run, conversions or Float16Cache())
    return Model(
        run_id=run.id,
        precision=precision,
        number_format=own if precision == "float32" else precision,
        path=artifact.path,
        sha256=artifact.sha256,
        size_bytes=artifact.size_bytes,
        graph=graph_of(run),
        data=read(artifact),
    )


def finished_run_of(store: Store, run_id: str) -> RunRecord:
    """Raises NotFound where there is no such run, or none with a file."""
    run = store.run(run_id)
    if run.state != "finished":
        raise NotFound(f"no file of run {run.id!r}: it failed ({run.message}); choose a finished one")
    return run


def graph_of(run: RunRecord) -> str:
    """The hash of a run's graph. Raises CorruptFile where the run does not tell it."""
    found = known_graph(run)
    if not found:
        raise CorruptFile(told(run.id, "its graph is not told"))
    return found


def known_graph(run: RunRecord) -> str:
    """The hash of a run's graph; empty where it has none, or its row tells something else."""
    found = run.scores.get("graph")
    return found if isinstance(found, str) else ""


def model_file_of(run: RunRecord) -> str:
    """In which numbers a run's own file is: ``float32``, or ``int8`` or ``float16`` where it was quantized."""
    return str(run.scores.get("file", "float32"))


def _float16(store: Store, run: RunRecord, conversions: Float16Cache) -> Artifact:
    there = _made_before(store, run)
    if there is not None:
        return there
    source = store.artifact(run.id, "onnx").sha256
    _refuse_again(source, conversions.refused)
    with conversions.lock:
        there = _made_before(store, run)  # another one may have made it meanwhile, or tried
        if there is not None:
            return there
        _refuse_again(source, conversions.refused)
        with conversions.quiet():
            made = _made(store.read_artifact(run.id, "onnx"), source, conversions.refused)
        store.add_artifact(run.id, "onnx_float16", made)
    return store.artifact(run.id, "onnx_float16")


def _made_before(store: Store, run: RunRecord) -> Artifact | None:
    found = store.artifacts([run.id], "onnx_float16").get(run.id)
    return found if found is not None and found.is_whole else None


def _refuse_again(source: str, refused: dict[str, str]) -> None:
    if source in refused:
        raise ExportMismatch(refused[source])


def _made(data: bytes, source: str, refused: dict[str, str]) -> bytes:
    try:
        return to_float16(data).data
    except ExportMismatch as error:
        refused[source] = str(error)
        for oldest in list(refused)[:-MOST_REFUSED]:
            refused.pop(oldest, None)
        raise
