"""Scenes: garments of Fashion-MNIST on drawn grounds, with a class for each pixel. Semi-synthetic, and nothing ships:
the lab draws them from the garments that do."""

from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path

import numpy as np

from distill_core.events import Sink
from distill_core.spec import Budget, Optimiser, TrainedTeacher
from distill_core.tasks import fashion_mnist
from distill_core.tasks.base import ImageSpec, InputSpec, SplitCounts, TargetSpec, Task, TaskData
from distill_core.tasks.comparison import comparison
from distill_core.tasks.segmentation import SCENE
from distill_core.tasks.segmentation.dataset import InMemoryScenes, Scenes
from distill_core.tasks.segmentation.drawing import SIDE, draw_scene
from distill_core.tasks.segmentation.metrics import segmentation

NAME, HARD = "scenes", "scenes_11"
COUNTS = SplitCounts(train=2_000, valid=400, test=500)
GARMENTS = fashion_mnist.ENTRIES[0]
GROUND = "Ground"
# The class of six of each of the eleven: the ground, then the garments in the order of Fashion-MNIST.
GROUPED = (GROUND, "Top", "Trousers", "Dress", "Shoe", "Bag")
GROUP_OF = (0, 1, 2, 1, 3, 1, 4, 1, 4, 5, 4)


@cache
def drawn() -> Mapping[str, tuple[np.ndarray, np.ndarray]]:
    """By the name of a part: scenes (N, 48, 48, 1) and the classes of their pixels (N, 48, 48), both uint8 and
    read-only. They are drawn once a process, in some seconds. A part shows garments of the same part of Fashion-MNIST
    alone."""
    garments, parts = GARMENTS.load(Path(), lambda event: None), {}
    for seed, part in enumerate(("train", "valid", "test"), 1):
        own = getattr(garments, part)
        found = [
            draw_scene(own.images_NHWC[..., 0], own.labels_N, seed, number) for number in range(getattr(COUNTS, part))
        ]
        images_NHW, classes_NHW = map(np.stack, zip(*found, strict=True))
        images_NHW.flags.writeable = classes_NHW.flags.writeable = False
        parts[part] = images_NHW[..., None], classes_NHW
    return parts


def _load(_home: Path, _sink: Sink, *, groups: tuple[int, ...]) -> TaskData:
    table = np.array(groups, np.int64)
    return TaskData(**{part: Scenes(images, table[classes]) for part, (images, classes) in drawn().items()})


TEACHER = "scenes_unet"
TEACHER_RECIPE = TrainedTeacher(
    architecture="unet",
    budget=Budget(updates=2_450, batch_size=16),
    optimiser=Optimiser(algorithm="adamw", learning_rate=4e-3, weight_decay=1e-2),
)


DEFAULT = comparison(
    NAME,
    teacher=TEACHER,
    examples="scenes",
    architecture="unet_small",
    labels=30,
    temperature=1.0,
    budget=Budget(updates=600, batch_size=16),
    optimiser=Optimiser(algorithm="adamw", learning_rate=1e-2, weight_decay=1e-2),
    mode="consistent",
)
# No teacher of eleven classes ships: it is trained first, by the recipe of the one that does.
HARD_DEFAULT = DEFAULT.model_copy(update={"task": HARD, "teacher": TEACHER_RECIPE})


def _entry(
    name: str, *, title: str, teaches: str, classes: tuple[str, ...], groups: tuple[int, ...], sha256: str
) -> Task:
    return Task(
        name=name,
        title=title,
        teaches=teaches,
        source=fashion_mnist.SOURCE,
        licence=GARMENTS.licence,
        kind=SCENE,
        input=InputSpec(shape=(1, SIDE, SIDE)),
        target=TargetSpec(classes=classes, positions=(SIDE, SIDE)),
        counts=COUNTS,
        sha256=sha256,
        load=partial(_load, groups=groups),
        dataset=InMemoryScenes,
        metrics=segmentation,
        metric="mean_iou",
        traits=frozenset({"corruptions", "attacks"}),
        default=DEFAULT if name == NAME else HARD_DEFAULT,
        image_spec=ImageSpec(mean=(0.43,), std=(0.162,), crop_padding_px=4, flip=True),
    )


ENTRIES = (
    _entry(
        NAME,
        title="Scenes, 6 classes",
        teaches="Clothes on drawn grounds, one class a pixel: the teacher's answer on a rim says more than a label.",
        classes=GROUPED,
        groups=GROUP_OF,
        sha256="4b8434bc497163311401d1fbceabcd749072c52acf6035ad8c8a1fb572fc1b5c",
    ),
    _entry(
        HARD,
        title="Scenes, 11 classes",
        teaches="The same scenes with ten kinds of clothes: a shirt is hard to tell from a coat, even for the teacher.",
        classes=(GROUND, *fashion_mnist.CLASSES),
        groups=tuple(range(11)),
        sha256="dffd748287f6c63303d0ad96b457eb27db7f68269837a1c2b1ea0f0ea2fa9902",
    ),
)
