"""What every backend is held against: the answers of the server's onnxruntime to a task's first test images.

Shapes: B images, C channels, H x W pixels.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from distill_core.browser_measurement import REFERENCE_IMAGES
from distill_core.deployment.model_file import Model
from distill_core.deployment.runtime import run_onnx
from distill_core.reports.images import task_splits
from distill_core.store import Store
from distill_core.tasks import TASKS, normalised

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Reference", "reference"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """``images_BCHW`` as the network takes them, float32; ``logits_BC`` (B, classes), float32, of the file whose
    content is ``sha256``."""

    images_BCHW: "np.ndarray"
    labels_B: "np.ndarray"
    logits_BC: "np.ndarray"
    sha256: str


def reference(store: Store, home: Path, model: Model) -> Reference:
    """Worked out once a file. Raises NotFound, CorruptFile, and what the task's data raise."""
    task = store.run(model.run_id).task
    there = _kept(model.sha256, task, home)
    if not there:
        there.append(_reference(model, task, home))
    return there[0]


@lru_cache(maxsize=256)
def _kept(sha256: str, task: str, home: Path) -> list[Reference]:
    """Empty before the first asking: a key of this cache holds no file, as a Model does."""
    return []


def _reference(model: Model, task: str, home: Path) -> Reference:
    _, test = task_splits(task, home)
    images_BCHW = normalised(TASKS.get(task), test.images_NHWC[:REFERENCE_IMAGES])
    logits_BC = run_onnx(model.data, images_BCHW)
    for array in (images_BCHW, logits_BC):
        array.flags.writeable = False  # shared by everybody who asks
    return Reference(
        images_BCHW=images_BCHW, labels_B=test.labels_N[:REFERENCE_IMAGES], logits_BC=logits_BC, sha256=model.sha256
    )
