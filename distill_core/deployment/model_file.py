"""The ONNX files of finished runs, which browsers download and this server measures."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from distill_core.browser_measurement import PRECISIONS
from distill_core.deployment.float16 import to_float16
from distill_core.errors import CorruptFile, ExportMismatch, InvalidSetting, Names, NotFound, said
from distill_core.store import Artifact, RunRecord, Store, file_problem, read

MOST_REFUSED = 256


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """An ONNX file with images and logits in float32 and inner values in ``number_format``. ``precision`` is what was
    requested: ``float32`` gives the run's own file, which may be quantized. ``graph`` is that of the run, which all
    precisions share."""

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
    """Makes float16 files serially under ``lock``, each inside ``quiet()``. ``refused`` maps the hash of a float32 file
    to the reason why float16 cannot hold it."""

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
    """The file of a finished run; the first request for float16 makes that file from the float32 file and stores it.

    Raises: NotFound; InvalidSetting for an unknown precision, or for float16 of a quantized run; CorruptFile where the
    file is gone or changed; ExportMismatch where float16 cannot hold the network.
    """
    run = finished_run_of(store, run_id)
    if precision not in PRECISIONS:
        expected = said("{names: or }", Names(PRECISIONS))
        raise InvalidSetting("a precision", expected=expected, got=repr(precision), hint="choose one of them")
    number_format = model_file_of(run)
    if precision == "float32":
        artifact = store.artifact(run.id, "onnx")
    elif number_format != "float32":
        hint = "take the run's own file, or another run"
        raise InvalidSetting(
            said("{precision} of {student!r}", precision, run.student),
            expected="a float32 file",
            got=number_format,
            hint=hint,
        )
    else:
        artifact = _float16(store, run, conversions or Float16Cache())
    return Model(
        run_id=run.id,
        precision=precision,
        number_format=number_format if precision == "float32" else precision,
        path=artifact.path,
        sha256=artifact.sha256,
        size_bytes=artifact.size_bytes,
        graph=graph_of(run),
        data=read(artifact),
    )


def finished_run_of(store: Store, run_id: str) -> RunRecord:
    """The run. Raises NotFound where it is unknown or has no file."""
    run = store.run(run_id)
    if run.state != "finished":
        raise NotFound(said("no file of run {run_id!r}: it failed ({why}); choose a finished run", run.id, run.message))
    return run


def graph_of(run: RunRecord) -> str:
    """The hash of a run's graph. Raises CorruptFile where its row lacks it."""
    graph = known_graph(run)
    if not graph:
        raise CorruptFile(file_problem(run.id, "the hash of its graph is missing"))
    return graph


def known_graph(run: RunRecord) -> str:
    """The hash of a run's graph; empty where its row has no text for it."""
    graph = run.scores.get("graph")
    return graph if isinstance(graph, str) else ""


def model_file_of(run: RunRecord) -> str:
    """The number format of a run's own file: ``float32``, or ``int8`` or ``float16`` where it was quantized."""
    return str(run.scores.get("file", "float32"))


def _float16(store: Store, run: RunRecord, conversions: Float16Cache) -> Artifact:
    stored = _made_before(store, run)
    if stored is not None:
        return stored
    source = store.artifact(run.id, "onnx").sha256
    _refuse_again(source, conversions.refused)
    with conversions.lock:
        stored = _made_before(store, run)  # another thread may have made it meanwhile, or failed
        if stored is not None:
            return stored
        _refuse_again(source, conversions.refused)
        with conversions.quiet():
            made = _made(store.read_artifact(run.id, "onnx"), source, conversions.refused)
        store.add_artifact(run.id, "onnx_float16", made)
    return store.artifact(run.id, "onnx_float16")


def _made_before(store: Store, run: RunRecord) -> Artifact | None:
    artifact = store.artifacts([run.id], "onnx_float16").get(run.id)
    return artifact if artifact is not None and artifact.is_whole else None


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
