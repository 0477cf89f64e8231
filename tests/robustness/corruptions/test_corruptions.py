from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from distill_core.errors import InvalidSetting, UnknownName
from distill_core.robustness.corruptions import CORRUPTIONS, FAMILIES, SEVERITIES, PerImageRandom, corrupted
from distill_core.tasks import TASKS, null_sink
from tests.official import write

NAMES = tuple(one.name for one in CORRUPTIONS if one.kind == "image")


def pictures(count: int = 12, size: int = 28, channels: int = 1) -> np.ndarray:
    """Bright frames of several widths with a dark cross on a grey ground: edges, areas and corners."""
    images = np.full((count, size, size, channels), 60, dtype=np.uint8)
    for place, image in enumerate(images):
        edge = 1 + place % 3
        image[edge:-edge, edge:-edge] = 200
        image[2 * edge : -2 * edge, 2 * edge : -2 * edge] = np.linspace(120, 240, channels).astype(np.uint8)
        image[size // 2] = 10
    return images


def test_each_has_a_family_five_levels_and_a_sentence_of_its_own() -> None:
    assert {one.family for one in CORRUPTIONS} == set(FAMILIES)
    assert all(one.title and one.teaches.endswith(".") and len(one.levels) == len(SEVERITIES) for one in CORRUPTIONS)
    # A scene is corrupted as an image is, in steps of its own.
    own = [one for one in CORRUPTIONS if one.kind != "scene"]
    assert len({one.teaches for one in own}) == len(own) >= 15


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("size", "channels"), [(8, 1), (28, 1), (32, 3), (64, 3), (64, 1), (13, 3)])
def test_shape_type_and_the_original_stay(name: str, size: int, channels: int) -> None:
    images = pictures(3, size, channels)
    before = images.copy()
    for severity in SEVERITIES:
        spoiled = corrupted(images, name, severity, seed=0)
        assert (spoiled.shape, spoiled.dtype) == (images.shape, np.uint8)
        assert not np.shares_memory(spoiled, images)
    assert (spoiled != images).any()
    assert (images == before).all()


@pytest.mark.parametrize("name", NAMES)
def test_a_corrupted_image_does_not_depend_on_the_others(name: str) -> None:
    images = pictures(9)
    together = corrupted(images, name, 4, seed=3)
    alone = corrupted(images[5:6], name, 4, seed=3, places_N=np.array([5]))
    first = corrupted(images[:4], name, 4, seed=3)
    others = corrupted(255 - images, name, 4, seed=3)
    others_beside = corrupted(np.concatenate([255 - images[:5], images[5:]]), name, 4, seed=3)
    assert (alone[0] == together[5]).all()
    assert (first == together[:4]).all()
    assert (others_beside[5:] == together[5:]).all()
    assert (others_beside[:5] == others[:5]).all()


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_and_another_one_another_where_anything_is_drawn(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    images, drawn = pictures(), list[int]()
    pairs = PerImageRandom._pairs_NP
    monkeypatch.setattr(PerImageRandom, "_pairs_NP", lambda self, count: drawn.append(count) or pairs(self, count))
    assert (corrupted(images, name, 3, seed=1) == corrupted(images, name, 3, seed=1)).all()
    differs = bool((corrupted(images, name, 3, seed=1) != corrupted(images, name, 3, seed=2)).any())
    assert differs == bool(drawn)


@pytest.mark.parametrize("task", [task.name for task in TASKS if task.kind.name == "image"])
def test_on_every_task_each_severity_is_further_from_the_original_than_the_one_below(task: str, home: Path) -> None:
    if task == "fashion_mnist":
        write(home, pixels=tried("fashion_mnist_small", home).tobytes())
    assert_rising(tried(task, home))


@pytest.mark.parametrize(("size", "channels"), [(8, 3), (13, 1), (20, 3), (32, 3), (64, 1)])
def test_in_other_sizes_too(size: int, channels: int, home: Path) -> None:
    images_NHW = tried("fashion_mnist_small", home)[:40, ..., 0]
    smaller = np.stack([np.asarray(Image.fromarray(image).resize((size, size))) for image in images_NHW])
    assert_rising(smaller[..., None].repeat(channels, 3))


def tried(task: str, home: Path) -> np.ndarray:
    return TASKS.get(task).load(home, null_sink).test.images_NHWC[:200]


def assert_rising(images: np.ndarray) -> None:
    for name in NAMES:
        distances = [np.abs(corrupted(images, name, one, 0).astype(float) - images).mean() for one in SEVERITIES]
        assert distances[0] > 0, (name, distances)
        assert all(low < high for low, high in pairwise(distances)), (name, distances)
        assert distances[4] > 1.5 * distances[0], (name, distances)


@pytest.mark.parametrize("name", NAMES)
def test_no_image_at_all_is_no_error(name: str) -> None:
    assert corrupted(np.zeros((0, 28, 28, 1), np.uint8), name, 1, 0).shape == (0, 28, 28, 1)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("grey", [0, 255])
def test_images_of_one_grey_are_no_error(name: str, grey: int) -> None:
    spoiled = corrupted(np.full((3, 28, 28, 3), grey, np.uint8), name, 5, 0)
    if name in {"defocus_blur", "glass_blur", "motion_blur", "zoom_blur", "contrast", "elastic", "pixelate", "jpeg"}:
        assert np.abs(spoiled.astype(int) - grey).max() <= (name == "jpeg")


def test_what_cannot_be_is_refused_in_words() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'snow'"):
        corrupted(pictures(1), "snaw", 1, 0)
    for severity in (0, 6, -1):
        with pytest.raises(InvalidSetting, match="severity: expected 1 to 5"):
            corrupted(pictures(1), "snow", severity, 0)
    for images in (pictures(1).astype(np.float32), pictures(1)[0], np.zeros((1, 28, 28, 4), np.uint8)):
        with pytest.raises(InvalidSetting, match="images to corrupt"):
            corrupted(images, "snow", 1, 0)
