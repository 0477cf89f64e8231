"""The networks of teachers that ship, as ONNX files for browsers."""

from distill_core.assets import read_asset
from distill_core.deployment.onnx_export import export_onnx
from distill_core.networks.weights import from_bytes
from distill_core.planning.blueprints import task_blueprint
from distill_core.planning.teacher_sources.shipped import shipped_manifest
from distill_core.spec import TrainedTeacher
from distill_core.tasks import TaskCatalog


def shipped_file(name: str, tasks: TaskCatalog) -> bytes:
    """The ONNX file of the teacher called ``name``. Raises UnknownName, CorruptFile, ExportMismatch."""
    manifest = shipped_manifest(name)
    task = tasks.get(manifest.details["tasks"][0])
    blueprint = task_blueprint(TrainedTeacher.model_validate(manifest.details["recipe"]), task)
    return export_onnx(from_bytes(blueprint, read_asset("teachers", manifest)), blueprint).data
