"""Scenes: the bytes that are binding, no garment on both sides of a split, views whose masks move along, mean IoU."""

import hashlib
from itertools import combinations

import numpy as np
import pytest

from distill_core.planning.teacher_sources import teacher_options
from distill_core.tasks import IGNORE, TASKS, TaskData, null_sink
from distill_core.tasks.segmentation import scenes
from distill_core.tasks.segmentation.dataset import InMemoryScenes, Scenes
from distill_core.tasks.segmentation.metrics import class_iou_C, pixel_confusion_CC, segmentation
from distill_core.templates.presets import first_experiment

pytestmark = pytest.mark.anywhere

SHA256 = "d0403d9cfa4276e27fcfaf70df40b235cdeddcc329757b08f328592a562cbb12"
TASK = TASKS.get(scenes.NAME)


def test_the_drawn_bytes_are_those_of_the_definition() -> None:
    digest = hashlib.sha256()
    for images, classes in scenes.drawn().values():
        digest.update(images.data)
        digest.update(classes.data)
    assert digest.hexdigest() == SHA256


def test_no_garment_stands_in_two_parts() -> None:
    garments = scenes.GARMENTS.load(None, null_sink)  # type: ignore[arg-type]
    seen = [{image.tobytes() for image in getattr(garments, part).images_NHWC} for part in ("train", "valid", "test")]
    # The official Fashion-MNIST itself holds a few images twice.
    assert sum(len(one & other) for one, other in combinations(seen, 2)) <= 2


@pytest.fixture(scope="module")
def data() -> TaskData:
    images, classes = (array[:6] for array in scenes.drawn()["train"])
    part = Scenes(images, np.array(scenes.GROUP_OF)[classes])
    return TaskData(part, part, part)


def test_a_mask_moves_with_its_view(data: TaskData) -> None:
    """A scene whose pixels are its classes: what a view shows and its targets stay equal."""
    labels_N = data.train.labels_N
    dataset = InMemoryScenes(TASK, Scenes((40 * labels_N)[..., None].astype(np.uint8), labels_N), data_seed=3)
    examples_B, views_B = np.repeat(np.arange(6), 5), np.tile(np.arange(5), 6)
    targets = dataset.batch_targets(examples_B, views_B)
    shown = (dataset.batch(examples_B, views_B)[:, 0].numpy() * 0.162 + 0.43) * 255 / 40
    assert (np.rint(shown) == targets).all()
    assert len({target.tobytes() for target in targets}) > 20
    assert (dataset.batch_targets(np.arange(6)) == labels_N).all()


class Part:
    """Two scenes of one row of four pixels."""

    def __init__(self, targets: list[list[int]]) -> None:
        self.targets = np.array(targets)[:, None]


def outputs(classes: list[list[int]], count: int) -> np.ndarray:
    return np.eye(count, dtype=np.float32)[np.array(classes)[:, None]].transpose(0, 3, 1, 2)


@pytest.mark.parametrize(
    ("targets", "given", "iou", "accuracy"),
    [
        # 0: two right of three; 1: two of four; 2: one of two.
        ([[0, 0, 1, 1], [1, 2, 2, 0]], [[0, 0, 1, 1], [0, 2, 1, 1]], [2 / 4, 2 / 5, 1 / 2, None], 5 / 8),
        # A void pixel counts on neither side.
        ([[0, 0, 1, 1], [1, IGNORE, IGNORE, 0]], [[0, 0, 1, 1], [0, 3, 1, 0]], [3 / 4, 2 / 3, None, None], 5 / 6),
        # Given, though it stands nowhere: a class with a pixel, and none of them right.
        ([[0, 0, 0, 0], [0, 0, 0, 0]], [[0, 0, 0, 0], [0, 0, 0, 3]], [7 / 8, None, None, 0], 7 / 8),
    ],
    ids=["three classes", "void", "given alone"],
)
def test_mean_iou_is_that_of_one_confusion_over_all_pixels(
    targets: list[list[int]], given: list[list[int]], iou: list[float | None], accuracy: float
) -> None:
    part = Part(targets)
    found_C = class_iou_C(pixel_confusion_CC(part.targets, np.array(given)[:, None], 4))
    assert [None if np.isnan(one) else pytest.approx(one) for one in found_C] == iou
    scores = segmentation(part, outputs(given, 4))  # type: ignore[arg-type]
    assert list(scores) == ["mean_iou", "accuracy"]
    assert scores["mean_iou"] == pytest.approx(np.mean([one for one in iou if one is not None]))
    assert scores["accuracy"] == pytest.approx(accuracy)


def test_eleven_classes_begin_with_a_teacher_that_is_trained_first_by_the_recipe_of_the_one_that_ships() -> None:
    task = TASKS.get(scenes.HARD)
    (offered,) = teacher_options(task)
    assert offered.choice == scenes.TEACHER_RECIPE
    assert offered.note == "It is trained here first, 2450 updates, then kept."
    begun = first_experiment(task, offered.choice)
    assert begun == task.default
    assert (begun.optimiser.algorithm, begun.mode) == ("adamw", "consistent")
    assert {(student.architecture, student.labels) for student in begun.students} == {("unet_small", 30)}
