"""From the record of a run to its network."""

from distill_core.networks.blueprint import Blueprint
from distill_core.store import RunRecord
from distill_core.tasks import TASKS

__all__ = ["blueprint_of"]


def blueprint_of(run: RunRecord) -> Blueprint:
    """What a stored run was built from."""
    task, told = TASKS.get(run.task), run.scores
    return Blueprint.of(
        {
            "architecture": run.architecture,
            "classes": len(task.classes),
            "channels": task.channels,
            "size_px": task.size_px,
            "width": run.width,
            "stem_stride": run.stem_stride,
            **{name: told[name] for name in ("graft", "members", "changes") if name in told},
        }
    )
