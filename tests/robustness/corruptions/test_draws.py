import numpy as np
import pytest

from distill_core.robustness.corruptions.random import PerImageRandom


def draws(name: str = "snow", seed: int = 0, count: int = 500) -> PerImageRandom:
    return PerImageRandom(name, seed, np.arange(count))


def test_uniform_numbers_fill_0_to_1_evenly() -> None:
    drawn = draws().uniform(20, 20)
    assert (drawn.shape, drawn.dtype) == ((500, 20, 20), np.float32)
    counts, _ = np.histogram(drawn, bins=10, range=(0, 1))
    assert drawn.min() >= 0
    assert drawn.max() < 1
    assert np.abs(counts / drawn.size - 0.1).max() < 0.004


def test_normal_numbers_have_mean_0_deviation_1_and_the_tails_of_a_normal() -> None:
    drawn = draws().normal(21, 19)
    assert drawn.shape == (500, 21, 19)
    assert np.isfinite(drawn).all()
    assert drawn.mean() == pytest.approx(0, abs=0.01)
    assert drawn.std() == pytest.approx(1, abs=0.01)
    assert (np.abs(drawn) > 1.96).mean() == pytest.approx(0.05, abs=0.003)


def test_an_image_draws_by_its_place_the_seed_and_the_name_alone() -> None:
    everyone = draws().uniform(3)
    assert (PerImageRandom("snow", 0, np.array([7, 3])).uniform(3) == everyone[[7, 3]]).all()
    for other in (draws(name="fog"), draws(seed=1)):
        assert (other.uniform(3) != everyone).all()


def test_each_draw_is_another_and_places_share_none() -> None:
    source = draws()
    values = np.concatenate([source.uniform(400), source.uniform(401)], axis=1)
    assert np.unique(values).size > 0.98 * values.size  # of 2^24 numbers 400,500 share 1.2 %
    assert np.abs(np.corrcoef(values[:50])[np.triu_indices(50, 1)]).max() < 0.2


def test_a_number_an_image_has_no_shape_behind_it() -> None:
    assert draws(count=4).uniform().shape == (4,)
