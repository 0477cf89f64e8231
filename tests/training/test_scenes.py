import numpy as np
import pytest

from distill_core.errors import UnknownName
from distill_core.evaluation.corruptions import corrupted
from distill_core.experiment import Scene
from distill_core.tasks import Split
from distill_core.training import ImageBank, scened
from tests.training.small import TASK

FOG = Scene(corruption="fog", severity=4)


def split(count: int = 20) -> Split:
    images = np.random.default_rng(0).integers(0, 200, (count, 8, 8, 1), dtype=np.uint8)
    return Split(images, np.arange(count) % 4)


def test_every_image_is_seen_in_the_scene_and_the_given_ones_stay() -> None:
    plain = split()
    before = plain.images_NHWC.copy()
    seen = scened(plain, FOG, seed=0)
    assert (seen.images_NHWC != plain.images_NHWC).any(axis=(1, 2, 3)).all()
    assert (plain.images_NHWC == before).all()
    assert seen.labels_N is plain.labels_N


def test_an_image_looks_alike_in_every_part_and_otherwise_with_another_seed() -> None:
    whole = scened(split(), FOG, seed=3).images_NHWC
    assert (scened(split(5), FOG, seed=3).images_NHWC == whole[:5]).all()
    assert (scened(split(), FOG, seed=4).images_NHWC != whole).any()


@pytest.mark.parametrize("seed", [0, 1, 7])
def test_nobody_learns_the_very_noise_of_the_test(seed: int) -> None:
    noise = Scene(corruption="gaussian_noise", severity=5)
    tried = corrupted(split().images_NHWC, "gaussian_noise", 5, 0)
    assert (scened(split(), noise, seed).images_NHWC != tried).mean() > 0.9


def test_a_bank_shows_the_scene() -> None:
    seen = scened(split(), Scene(corruption="contrast", severity=5), seed=0)
    spread, before = (ImageBank(TASK, one).plain(np.arange(20)).std().item() for one in (seen, split()))
    assert spread == pytest.approx(0.38 * before, rel=0.05)


def test_a_scene_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'fog'"):
        scened(split(), Scene(corruption="frog"), seed=0)
