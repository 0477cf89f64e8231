"""Makes assets/logits: what each shipped teacher of clothes says about every view of the subset's training images.

    python tools/make_logits.py [--only fashion_resnet20] [--views 8]

In float32, stored in half precision; the views are those of data seed 0. It takes a minute or two a teacher.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from distill_core.assets import ASSETS, manifests, read_asset  # noqa: E402
from distill_core.files import atomic_write, sha256_of  # noqa: E402
from distill_core.planning.precomputed_logits import FOLDER  # noqa: E402
from distill_core.spec import Experiment, TrainedTeacher  # noqa: E402
from distill_core.tasks import TASKS, load_task, null_sink  # noqa: E402

TASK = "fashion_mnist_small"
DATA_SEED = 0
BLOCK = 500


def logits(name: str, views: int) -> np.ndarray:
    """(V, N, C) float32 of every view of every training image."""
    from distill_core.networks.weights import from_bytes
    from distill_core.planning.blueprints import task_blueprint
    from distill_core.tasks.images import InMemoryImages
    from distill_core.training.teacher_outputs import FrozenTeacher

    task = TASKS.get(TASK)
    (manifest,) = (one for one in manifests("teachers") if one.name == name)
    recipe = TrainedTeacher.model_validate(manifest.details["recipe"])
    teacher = FrozenTeacher(from_bytes(task_blueprint(recipe, task), read_asset("teachers", manifest)), "float32")
    dataset = InMemoryImages(task, load_task(task, ROOT / "distill_home", null_sink).train, data_seed=DATA_SEED)
    blocks = np.split(np.arange(len(dataset)), range(BLOCK, len(dataset), BLOCK))
    said = [
        [teacher(dataset.views(block, np.full(len(block), view))).numpy() for block in blocks] for view in range(views)
    ]
    return np.stack([np.concatenate(of_view) for of_view in said])


def make(name: str, views: int) -> None:
    from safetensors.numpy import save

    began = time.perf_counter()
    logits_VNC = logits(name, views)
    half_VNC = logits_VNC.astype(np.float16)
    data = save({"logits_VNC": half_VNC})
    (teacher,) = (one for one in manifests("teachers") if one.name == name)
    manifest = {
        "name": name,
        "title": f"{teacher.title} on {views} views of {TASKS.get(TASK).title}",
        "file": f"{name}.safetensors",
        "sha256": sha256_of(data),
        "size_bytes": len(data),
        "origin": f"computed from assets/teachers/{teacher.file} and assets/data/{TASK}.npz",
        "licence": "MIT",
        "command": f"python tools/make_logits.py --only {name} --views {views}",
        "measured": {
            "largest_rounding": float(np.abs(half_VNC.astype(np.float32) - logits_VNC).max()),
            "seconds": round(time.perf_counter() - began),
        },
        "details": {
            "teacher": name,
            "teacher_sha256": teacher.sha256,
            "task": TASK,
            "data_sha256": TASKS.get(TASK).sha256,
            "data_seed": DATA_SEED,
            "views": views,
            "arithmetic": "float32",
        },
    }
    atomic_write(ASSETS / FOLDER / f"{name}.safetensors", data)
    atomic_write(ASSETS / FOLDER / f"{name}.json", json.dumps(manifest, indent=2, ensure_ascii=False).encode() + b"\n")
    print(f"{name}: {views} views of {logits_VNC.shape[1]:,} images, {len(data):,} bytes", flush=True)


def main() -> None:
    names = [manifest.name for manifest in manifests("teachers") if TASK in manifest.details["tasks"]]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=names, help="of one teacher")
    parser.add_argument("--views", type=int, default=Experiment.model_fields["views"].default)
    arguments = parser.parse_args()
    for name in names:
        if arguments.only in (None, name):
            make(name, arguments.views)


if __name__ == "__main__":
    main()
