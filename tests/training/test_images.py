"""Views: what a network sees of an image follows from (data seed, image, view) and from nothing else."""

import numpy as np
import pytest
import torch

from distill_core.tasks import Split
from distill_core.tasks.images import InMemoryImages
from tests.training import small

pytestmark = pytest.mark.anywhere

WORD = 2**64


def numbers(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def splitmix64(state: int) -> int:
    """Steele, Lea, Flood 2014, as its reference code has it."""
    state = (state + 0x9E3779B97F4A7C15) % WORD
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) % WORD
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) % WORD
    return state ^ (state >> 31)


def by_hand(split: Split, *, data_seed: int, image: int, view: int, pad: int, flip: bool) -> np.ndarray:
    """The crop, mirrored or not, of one image, uint8."""
    bits = splitmix64(splitmix64((image + data_seed * 0x9E3779B97F4A7C15) % WORD) ^ view)
    top, left, side = bits % (2 * pad + 1), (bits >> 20) % (2 * pad + 1), split.images_NHWC.shape[1]
    padded = np.pad(split.images_NHWC[image], ((pad, pad), (pad, pad), (0, 0)))
    crop = padded[top : top + side, left : left + side]
    return crop[:, ::-1] if flip and (bits >> 40) & 1 else crop


def test_splitmix64_is_the_published_one() -> None:
    # First numbers of the reference code from the seed 1234567.
    assert splitmix64(1234567) == 6457827717110365317
    assert splitmix64((1234567 + 0x9E3779B97F4A7C15) % WORD) == 3203168211198807973


TINY = Split(np.array([[[[51], [102]], [[153], [204]]]], dtype=np.uint8), numbers(0))


def tiny(**changes: object) -> InMemoryImages:
    return InMemoryImages(small.task(size_px=2, mean=(0.0,), std=(1.0,), **changes), TINY)


def test_a_plain_look_changes_nothing_but_the_scale() -> None:
    assert tiny().unaugmented(numbers(0)).mul(255).round().tolist() == [[[[51, 102], [153, 204]]]]


@pytest.mark.parametrize(
    ("view", "pixels"),
    [(0, [[0, 0], [51, 0]]), (1, [[0, 102], [0, 204]]), (2, [[0, 51], [0, 153]]), (3, [[153, 204], [0, 0]])],
)
def test_literal_crops_and_flips_of_four_pixels(view: int, pixels: list[list[int]]) -> None:
    assert tiny().views(numbers(0), numbers(view)).mul(255).round().int().tolist() == [[pixels]]


@pytest.mark.parametrize("flip", [True, False])
@pytest.mark.parametrize("data_seed", [0, 1, 2**31 - 1])
def test_views_are_those_of_the_definition(flip: bool, data_seed: int) -> None:
    generator = np.random.default_rng(0)
    split = Split(generator.integers(0, 256, (5, 8, 8, 3), dtype=np.uint8), np.zeros(5, dtype=np.int64))
    dataset = InMemoryImages(
        small.task(channels=3, crop_padding_px=2, flip=flip, mean=(0.1, 0.2, 0.3), std=(0.5, 1.0, 2.0)),
        split,
        data_seed=data_seed,
    )
    images, views = numbers(0, 4, 4, 2, 3), numbers(0, 0, 1, 2**31 - 1, 7)
    for image, view, seen in zip(images, views, dataset.views(images, views), strict=True):
        crop = by_hand(split, data_seed=data_seed, image=int(image), view=int(view), pad=2, flip=flip)
        wanted = (crop / 255 - [0.1, 0.2, 0.3]) / [0.5, 1.0, 2.0]
        np.testing.assert_allclose(seen.numpy(), wanted.transpose(2, 0, 1), atol=1e-6)


def test_a_view_does_not_depend_on_the_batch_it_comes_in() -> None:
    dataset = small.dataset()
    images, views = np.arange(300), np.arange(300) % 5
    together = dataset.views(images, views)
    backwards = dataset.views(images[::-1].copy(), views[::-1].copy()).flip(0)
    alone = torch.cat([dataset.views(images[i : i + 1], views[i : i + 1]) for i in range(0, 300, 50)])
    assert torch.equal(together, backwards)
    assert torch.equal(together[::50], alone)


def test_another_data_seed_shows_other_views_and_the_same_images() -> None:
    dataset, images, views = small.dataset(), np.arange(300), np.zeros(300, dtype=np.int64)
    other = dataset.seeded(1)
    assert not torch.equal(dataset.views(images, views), other.views(images, views))
    assert torch.equal(other.views(images, views), small.dataset(data_seed=1).views(images, views))
    assert torch.equal(dataset.unaugmented(images), other.unaugmented(images))
    assert dataset.data_seed == 0


@pytest.mark.parametrize(("flip", "kinds"), [(True, 18), (False, 9)])
def test_views_cover_every_offset_evenly_and_mirror_only_where_it_makes_sense(flip: bool, kinds: int) -> None:
    ramp = np.arange(1, 65, dtype=np.uint8).reshape(1, 8, 8, 1)
    dataset = InMemoryImages(small.task(flip=flip), Split(ramp, numbers(0)))
    looks = dataset.views(np.zeros(9_000, dtype=np.int64), np.arange(9_000)).flatten(1)
    _, counts = torch.unique(looks, dim=0, return_counts=True)
    assert len(counts) == kinds
    assert counts.min() > 0.8 * 9_000 / kinds
    assert counts.max() < 1.2 * 9_000 / kinds


def test_digits_are_never_mirrored() -> None:
    from distill_core.tasks import TASKS

    assert not TASKS.get("digits").images.flip


def test_images_come_as_the_networks_want_them() -> None:
    for seen in (small.dataset().unaugmented(numbers(3, 4)), small.dataset().views(numbers(3, 4), numbers(0, 1))):
        assert (seen.shape, seen.dtype) == ((2, 1, 8, 8), torch.float32)
        assert seen.is_contiguous(memory_format=torch.channels_last)


def test_looking_draws_no_random_numbers() -> None:
    state = torch.get_rng_state()
    small.dataset().views(numbers(0), numbers(0))
    assert torch.equal(torch.get_rng_state(), state)


def test_images_are_a_dataset() -> None:
    """A batch has the views where they are named; the hash changes with a pixel and with a label."""
    data = small.dataset()
    assert torch.equal(data.batch(numbers(3, 4)), data.unaugmented(numbers(3, 4)))
    assert torch.equal(data.batch(numbers(3, 4), numbers(0, 1)), data.views(numbers(3, 4), numbers(0, 1)))
    assert data.targets.tolist() == data.part.labels_N.tolist()
    assert small.TASK.metrics(data, np.eye(4)[data.targets]) == {"accuracy": 1.0}
    hashes = {InMemoryImages(small.TASK, split).content_hash() for split in _changed()}
    assert len(hashes) == 3


def _changed() -> list[Split]:
    images, labels = np.zeros((2, 8, 8, 1), dtype=np.uint8), numbers(0, 1)
    other = images.copy()
    other[1, 7, 7, 0] = 1
    return [Split(images, labels), Split(other, labels), Split(images, numbers(0, 2))]
