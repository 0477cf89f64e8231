"""The files of finished runs, as they are handed to browsers and measured here."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from distill_core.errors import InvalidSetting, NotFound, explain
from distill_core.export import to_float16
from distill_core.files import read_checked
from distill_core.store import Artifact, ArtifactKind, RunRecord, Store
from distill_core.timed import PRECISIONS

__all__ = ["Model", "OpenModel", "finished_run_of", "model"]

KINDS: dict[str, ArtifactKind] = {"float32": "onnx", "float16": "onnx_float16"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """An ONNX file: images and logits in float32, weights in ``precision``. ``graph`` is that of the run, which all
    precisions share."""

    run_id: str
    precision: str
    path: Path
    sha256: str
    size_bytes: int
    graph: str


OpenModel = Callable[[str, str], Model]


def model(
    store: Store, run_id: str, precision: str = "float32", turns: AbstractContextManager[None] | None = None
) -> Model:
    """The file of a finished run; the float16 one is made of the float32 one at first asking, and kept.

    ``turns`` lets one at a time make such a file. Raises: NotFound; InvalidSetting for an unknown precision;
    CorruptFile where the file is gone or changed; ExportMismatch where float16 cannot hold the network.
    """
    run = finished_run_of(store, run_id)
    if precision not in PRECISIONS:
        wanted = " or ".join(PRECISIONS)
        raise InvalidSetting(explain("a precision", wanted=wanted, came=repr(precision), do="choose one of them"))
    artifact = _artifact(store, run, precision, turns or nullcontext())
    read_checked(artifact.path, artifact.sha256)
    return Model(
        run_id=run.id,
        precision=precision,
        path=artifact.path,
        sha256=artifact.sha256,
        size_bytes=artifact.size_bytes,
        graph=run.scores["graph"],
    )


def finished_run_of(store: Store, run_id: str) -> RunRecord:
    """Raises NotFound where there is no such run, or none with a file."""
    run = store.run(run_id)
    if run.state != "finished":
        raise NotFound(f"no file of run {run.id!r}: it failed ({run.message}); choose a finished one")
    return run


def _artifact(store: Store, run: RunRecord, precision: str, turns: AbstractContextManager[None]) -> Artifact:
    kind = KINDS[precision]
    try:
        return store.artifact(run.id, kind)
    except NotFound:
        if precision == "float32":
            raise
    with turns:
        try:  # whoever was here before may have made it
            return store.artifact(run.id, kind)
        except NotFound:
            store.add_artifact(run.id, kind, to_float16(store.read_artifact(run.id, "onnx")).data)
    return store.artifact(run.id, kind)
