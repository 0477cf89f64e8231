"""Makes assets/teachers: trained networks as safetensors in half precision, each with its manifest.

    python tools/make_teachers.py [--only fashion_resnet20] [--threads 1]

Those for clothes are trained on the official Fashion-MNIST training set without the 2,000 validation images, and
measured on the full official test set; those for sound and text on the training part of their task, and measured on its
test part: after the last update, from the half-precision file itself.
"""

import argparse
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from distill_core.assets import ASSETS  # noqa: E402
from distill_core.events import Progress, ValidPoint  # noqa: E402
from distill_core.files import atomic_write, sha256_of  # noqa: E402
from distill_core.spec import Budget, Optimiser, ShippedTeacher, TrainedTeacher  # noqa: E402
from distill_core.tasks import TASKS, load_task, null_sink  # noqa: E402
from distill_core.tasks.graph import medicine  # noqa: E402
from distill_core.tasks.segmentation import scenes  # noqa: E402
from distill_core.tasks.sound import SOUND  # noqa: E402
from distill_core.tasks.sound.comparison import TEACHER, teacher_of  # noqa: E402
from distill_core.tasks.text import languages  # noqa: E402

# The tasks of sound by the teacher that they begin with.
SOUNDS = {
    name: tuple(task.name for task in TASKS if task.default and task.default.teacher == ShippedTeacher(name=name))
    for name in (teacher_of(task.name) for task in TASKS if task.kind == SOUND)
}


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """``tasks``: those that it can teach; it is trained on ``data``, which is one of them."""

    title: str
    data: str
    tasks: tuple[str, ...]
    choice: TrainedTeacher


FASHION = ("fashion_mnist_small", "fashion_mnist")
RECIPES = {
    "fashion_resnet20": Recipe(
        title="ResNet-20",
        data="fashion_mnist",
        tasks=FASHION,
        choice=TrainedTeacher(
            architecture="resnet20",
            budget=Budget(updates=10_000, batch_size=128),
            optimiser=Optimiser(learning_rate=0.2, weight_decay=5e-4),
        ),
    ),
    "fashion_inception": Recipe(
        title="Inception, small",
        data="fashion_mnist",
        tasks=FASHION,
        choice=TrainedTeacher(
            architecture="inception_small",
            budget=Budget(updates=8_200, batch_size=128),
            optimiser=Optimiser(learning_rate=0.1, weight_decay=5e-4),
        ),
    ),
    "fashion_resnet8_weak": Recipe(
        title="ResNet-8, weaker on purpose",
        data="fashion_mnist",
        tasks=FASHION,
        choice=TrainedTeacher(
            architecture="resnet8",
            stem_stride=2,
            budget=Budget(updates=1_500, batch_size=128),
        ),
    ),
    **{
        name: Recipe(title="1-D CNN", data=tasks[0], tasks=tasks, choice=TEACHER)
        for name, tasks in SOUNDS.items()
        if tasks
    },
    languages.TEACHER: Recipe(
        title="Hashed n-grams", data=languages.NAME, tasks=(languages.NAME,), choice=languages.TEACHER_RECIPE
    ),
    medicine.TEACHER: Recipe(
        title="ComplEx, 128 dimensions",
        data=medicine.NAME,
        tasks=(medicine.NAME, medicine.WRONG),
        choice=medicine.TEACHER_RECIPE,
    ),
    scenes.TEACHER: Recipe(title="U-Net", data=scenes.NAME, tasks=(scenes.NAME,), choice=scenes.TEACHER_RECIPE),
}


def make(name: str, recipe: Recipe) -> None:
    import torch

    from distill_core.machine import resolve_precision
    from distill_core.networks.weights import from_bytes, to_bytes
    from distill_core.planning.blueprints import task_blueprint
    from distill_core.training.predict import predict
    from distill_core.training.teacher_training import train_teacher

    task, choice = TASKS.get(recipe.data), recipe.choice
    data = load_task(task, ROOT / "distill_home", null_sink)
    parts = {part: task.dataset(task, getattr(data, part)) for part in ("train", "valid", "test")}
    precision = resolve_precision("auto")
    began = time.perf_counter()
    trained = train_teacher(
        choice,
        task,
        train=parts["train"],
        valid=parts["valid"],
        precision=precision,
        sink=_tell,
        checkpoint=lambda: None,
    )
    if trained.error:
        raise SystemExit(trained.error)
    weights = to_bytes(trained.network, half=True)
    network = from_bytes(task_blueprint(choice, task), weights)
    scores = {part: task.metrics(parts[part], predict(network, parts[part])) for part in ("test", "valid")}
    folder = ASSETS / "teachers"
    atomic_write(folder / f"{name}.safetensors", weights)
    manifest = {
        "name": name,
        "title": recipe.title,
        "file": f"{name}.safetensors",
        "sha256": sha256_of(weights),
        "size_bytes": len(weights),
        "origin": f"trained on {task.title} ({task.source})",
        "licence": task.licence,
        "command": f"python tools/make_teachers.py --only {name} --threads {torch.get_num_threads()}",
        "measured": {
            **{f"{part}_{name}": score for part, found in scores.items() for name, score in found.items()},
            **{f"{part}_images": len(parts[part]) for part in scores},
            "seconds": round(time.perf_counter() - began),
        },
        "details": {
            "tasks": list(recipe.tasks),
            "data_sha256": task.sha256,
            **({"metric": metric} if (metric := next(iter(scores["test"]))) != "accuracy" else {}),
            "arithmetic": precision,
            "torch": torch.__version__,
            "recipe": choice.model_dump(mode="json"),
        },
    }
    atomic_write(folder / f"{name}.json", json.dumps(manifest, indent=2, ensure_ascii=False).encode() + b"\n")
    print(f"{name}: {next(iter(scores['test'].values())):.2%} on the test set, {len(weights):,} bytes", flush=True)


def _tell(event: object) -> None:
    if isinstance(event, ValidPoint):
        print(f"  update {event.update}: validation {event.score:.2%}", flush=True)
    elif isinstance(event, Progress):
        print(f"  {event.done}/{event.total}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=RECIPES, help="make one of them")
    parser.add_argument("--threads", type=int, default=0, help="threads to train with; 0: all")
    arguments = parser.parse_args()
    if arguments.threads:
        import torch

        torch.set_num_threads(arguments.threads)
    for name, recipe in RECIPES.items():
        if arguments.only in (None, name):
            make(name, recipe)


if __name__ == "__main__":
    main()
