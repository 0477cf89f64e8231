import dataclasses
import itertools

import numpy as np
import pytest

from distill_core.errors import UnknownName
from distill_core.robustness.corrupted_data import PARTS, corrupted_split, corruption_version
from distill_core.robustness.corruptions import CORRUPTIONS, corrupted
from distill_core.spec import CorruptionSpec
from distill_core.tasks import Split
from distill_core.tasks.images import InMemoryImages
from tests.training.small import TASK

FOG = CorruptionSpec(corruption="fog", severity=4)


def split(count: int = 20) -> Split:
    images = np.random.default_rng(0).integers(0, 200, (count, 8, 8, 1), dtype=np.uint8)
    return Split(images, np.arange(count) % 4)


def test_every_image_is_seen_in_the_scene_and_the_given_ones_stay() -> None:
    plain = split()
    before = plain.images_NHWC.copy()
    seen = corrupted_split(plain, FOG, seed=0, part="train")
    assert (seen.images_NHWC != plain.images_NHWC).any(axis=(1, 2, 3)).all()
    assert (plain.images_NHWC == before).all()
    assert seen.labels_N is plain.labels_N


def test_an_image_does_not_depend_on_the_others_but_on_the_seed() -> None:
    whole = corrupted_split(split(), FOG, seed=3, part="train").images_NHWC
    assert (corrupted_split(split(5), FOG, seed=3, part="train").images_NHWC == whole[:5]).all()
    assert (corrupted_split(split(), FOG, seed=4, part="train").images_NHWC != whole).any()


@pytest.mark.parametrize("part", ["train", "valid"])
@pytest.mark.parametrize("seed", [0, 1, 7])
def test_training_images_never_have_the_noise_of_the_test(seed: int, part: str) -> None:
    noise = CorruptionSpec(corruption="gaussian_noise", severity=5)
    tried = corrupted(split().images_NHWC, "gaussian_noise", 5, 0)
    assert (corrupted_split(split(), noise, seed, part).images_NHWC != tried).mean() > 0.9


def test_no_split_has_the_noise_of_another() -> None:
    noise = CorruptionSpec(corruption="gaussian_noise", severity=5)
    seen = [corrupted_split(split(), noise, seed, part).images_NHWC for seed in (0, 1) for part in PARTS]
    assert all((one != other).mean() > 0.9 for one, other in itertools.combinations(seen, 2))


def test_a_scene_has_another_version_once_its_corruption_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    before, fog = corruption_version(FOG), CORRUPTIONS.get("fog")
    assert before == corruption_version(FOG) != corruption_version(CorruptionSpec(corruption="snow", severity=4))
    monkeypatch.setitem(CORRUPTIONS._entries, "fog", dataclasses.replace(fog, levels=(*fog.levels[:4], fog.levels[3])))
    assert corruption_version(FOG) != before


def test_a_bank_shows_the_scene() -> None:
    seen = corrupted_split(split(), CorruptionSpec(corruption="contrast", severity=5), seed=0, part="train")
    spread, before = (InMemoryImages(TASK, one).unaugmented(np.arange(20)).std().item() for one in (seen, split()))
    assert spread == pytest.approx(0.38 * before, rel=0.05)


def test_an_unknown_corruption_is_refused() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'fog'"):
        corrupted_split(split(), CorruptionSpec(corruption="frog"), seed=0, part="train")
