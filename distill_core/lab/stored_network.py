"""The network of a stored run as a torch module."""

from __future__ import annotations

from distill_core.deployment.model_file import finished_run_of, model_file_of
from distill_core.errors import InvalidSetting, said
from distill_core.jobs.torch_import import import_torch
from distill_core.lazy_torch import nn
from distill_core.networks.stored import blueprint_of
from distill_core.networks.weights import from_bytes
from distill_core.store import Store
from distill_core.tasks import TaskCatalog


def network_of(store: Store, tasks: TaskCatalog, run_id: str) -> nn.Module:
    """See ``Lab.network``."""
    run = finished_run_of(store, run_id)
    if (kind := model_file_of(run)) != "float32":
        expected, got = "one with weights", said("a file in {kind}, which torch does not run", kind)
        hint = said(
            "take its ONNX file, lab.reports.artifact({run_id!r}, 'onnx'), or the run that it was made of", run_id
        )
        raise InvalidSetting(said("the network of run {run_id!r}", run_id), expected=expected, got=got, hint=hint)
    blueprint = blueprint_of(run, tasks)
    import_torch()
    return from_bytes(blueprint, store.read_artifact(run.id, "weights"))
