import dataclasses
import itertools
from pathlib import Path

import numpy as np
import pytest

from distill_core.errors import InvalidSetting, UnknownName
from distill_core.robustness.corrupted_data import PARTS, check_scene, corrupted_part, corruption_version
from distill_core.robustness.corruptions import CORRUPTIONS, corrupted
from distill_core.spec import CorruptionSpec
from distill_core.tasks import TASKS, Split, null_sink
from distill_core.tasks.images import InMemoryImages
from tests.training.small import TASK

FOG = CorruptionSpec(corruption="fog", severity=4)


def split(count: int = 20) -> Split:
    images = np.random.default_rng(0).integers(0, 200, (count, 8, 8, 1), dtype=np.uint8)
    return Split(images, np.arange(count) % 4)


def test_every_image_is_seen_in_the_scene_and_the_given_ones_stay() -> None:
    plain = split()
    before = plain.images_NHWC.copy()
    seen = corrupted_part(TASK, plain, FOG, seed=0, part="train")
    assert (seen.images_NHWC != plain.images_NHWC).any(axis=(1, 2, 3)).all()
    assert (plain.images_NHWC == before).all()
    assert seen.labels_N is plain.labels_N


def test_an_image_does_not_depend_on_the_others_but_on_the_seed() -> None:
    whole = corrupted_part(TASK, split(), FOG, seed=3, part="train").images_NHWC
    assert (corrupted_part(TASK, split(5), FOG, seed=3, part="train").images_NHWC == whole[:5]).all()
    assert (corrupted_part(TASK, split(), FOG, seed=4, part="train").images_NHWC != whole).any()


@pytest.mark.parametrize("part", ["train", "valid"])
@pytest.mark.parametrize("seed", [0, 1, 7])
def test_training_images_never_have_the_noise_of_the_test(seed: int, part: str) -> None:
    noise = CorruptionSpec(corruption="gaussian_noise", severity=5)
    tried = corrupted(split().images_NHWC, "gaussian_noise", 5, 0)
    assert (corrupted_part(TASK, split(), noise, seed, part).images_NHWC != tried).mean() > 0.9


def test_no_split_has_the_noise_of_another() -> None:
    noise = CorruptionSpec(corruption="gaussian_noise", severity=5)
    seen = [corrupted_part(TASK, split(), noise, seed, part).images_NHWC for seed in (0, 1) for part in PARTS]
    assert all((one != other).mean() > 0.9 for one, other in itertools.combinations(seen, 2))


def test_a_scene_has_another_version_once_its_corruption_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    before, fog = corruption_version(FOG), CORRUPTIONS.get("fog")
    assert before == corruption_version(FOG) != corruption_version(CorruptionSpec(corruption="snow", severity=4))
    monkeypatch.setitem(CORRUPTIONS._entries, "fog", dataclasses.replace(fog, levels=(*fog.levels[:4], fog.levels[3])))
    assert corruption_version(FOG) != before


def test_a_bank_shows_the_scene() -> None:
    seen = corrupted_part(TASK, split(), CorruptionSpec(corruption="contrast", severity=5), seed=0, part="train")
    spread, before = (InMemoryImages(TASK, one).unaugmented(np.arange(20)).std().item() for one in (seen, split()))
    assert spread == pytest.approx(0.38 * before, rel=0.05)


def test_an_unknown_corruption_is_refused() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'fog'"):
        corrupted_part(TASK, split(), CorruptionSpec(corruption="frog"), seed=0, part="train")


def test_a_scene_of_other_examples_is_refused_with_those_that_fit() -> None:
    check_scene("KD", FOG, TASK)
    check_scene("KD", CorruptionSpec(corruption="white_noise"), TASKS.get("speakers"))
    with pytest.raises(InvalidSetting, match="scene of 'KD': expected white_noise, pink_noise, "):
        check_scene("KD", FOG, TASKS.get("spoken_digits"))
    with pytest.raises(InvalidSetting, match="expected none, since the examples of digits cannot be corrupted"):
        check_scene("KD", FOG, dataclasses.replace(TASKS.get("digits"), traits=frozenset()))


def test_recordings_and_texts_are_corrupted_in_training_too(home: Path) -> None:
    for name, corruption in (("speakers", "loudness"), ("languages", "letter_case")):
        task = TASKS.get(name)
        plain = task.load(home, null_sink).valid
        seen = corrupted_part(task, plain, CorruptionSpec(corruption=corruption, severity=5), seed=0, part="valid")
        assert seen.content_hash() != plain.content_hash()
        assert (seen.labels_N == plain.labels_N).all()
        assert task.dataset(task, seen, scene=corruption).scene == corruption
