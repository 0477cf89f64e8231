"""Streams: every image once a pass, and the same order for all who ask."""

from typing import Literal

import numpy as np
import pytest

from distill_core.training.batches import Batch, Stream

pytestmark = pytest.mark.anywhere


def stream(
    count: int = 10,
    batch_size: int = 4,
    *,
    views: int = 3,
    mode: Literal["cached", "consistent"] = "cached",
    data_seed: int = 0,
    seed: int = 0,
    mixes: bool = False,
) -> Stream:
    images = 7 * np.arange(count)
    return Stream(images, batch_size=batch_size, views=views, mode=mode, data_seed=data_seed, seed=seed, mixes=mixes)


def batches(source: Stream, count: int) -> list[Batch]:
    return [source.next() for _ in range(count)]


def plain(found: list[Batch]) -> list[list[int]]:
    return [[*batch.positions_B, *batch.images_B, *batch.views_B] for batch in found]


@pytest.mark.parametrize(("count", "batch_size"), [(10, 4), (12, 4), (3, 8), (1, 2), (10, 10)])
def test_every_image_comes_once_a_pass_and_no_batch_is_short(count: int, batch_size: int) -> None:
    found = batches(stream(count, batch_size), 5 * count)
    assert {len(batch.images_B) for batch in found} == {batch_size}
    order = np.concatenate([batch.positions_B for batch in found])
    passes = [sorted(order[start : start + count].tolist()) for start in range(0, len(order) - count + 1, count)]
    assert len(passes) >= 5
    assert all(one == list(range(count)) for one in passes)


def test_passes_are_shuffled_anew() -> None:
    order = np.concatenate([batch.positions_B for batch in batches(stream(50, 50), 3)]).reshape(3, 50)
    assert len({tuple(one) for one in order.tolist()}) == 3
    assert order[0].tolist() != list(range(50))


def test_positions_are_of_the_stream_and_images_of_the_task() -> None:
    for batch in batches(stream(), 5):
        assert (batch.images_B == 7 * batch.positions_B).all()


@pytest.mark.parametrize("mode", ["cached", "consistent"])
def test_equal_seeds_give_equal_streams_and_others_do_not(mode: Literal["cached", "consistent"]) -> None:
    first = plain(batches(stream(mode=mode), 20))
    assert first == plain(batches(stream(mode=mode), 20))
    assert first != plain(batches(stream(mode=mode, seed=1), 20))
    assert first != plain(batches(stream(mode=mode, data_seed=1), 20))


def test_seeds_do_not_trade_places() -> None:
    assert plain(batches(stream(data_seed=1, seed=0), 5)) != plain(batches(stream(data_seed=0, seed=1), 5))


def test_cached_streams_draw_every_stored_view_and_no_other() -> None:
    views = np.concatenate([batch.views_B for batch in batches(stream(), 50)])
    assert set(views.tolist()) == {0, 1, 2}


def test_consistent_streams_draw_afresh() -> None:
    views = np.concatenate([batch.views_B for batch in batches(stream(mode="consistent", views=1), 250)])
    assert len(set(views.tolist())) == 1_000
    assert views.min() >= 0


def test_two_streams_side_by_side_do_not_mix() -> None:
    one, other = stream(seed=1), stream(seed=2)
    mixed = [plain([one.next()])[0] + plain([other.next()])[0] for _ in range(5)]
    apart = zip(plain(batches(stream(seed=1), 5)), plain(batches(stream(seed=2), 5)), strict=True)
    assert mixed == [here + there for here, there in apart]


@pytest.mark.parametrize("mode", ["cached", "consistent"])
def test_a_stream_that_mixes_has_the_batches_of_one_that_does_not(mode: Literal["cached", "consistent"]) -> None:
    plainly, mixing = (batches(stream(mode=mode, mixes=mixes), 20) for mixes in (False, True))
    assert plain(plainly) == plain(mixing)
    assert {batch.mixture for batch in plainly} == {None}


def mixtures(source: Stream, count: int) -> list[tuple[float, list[int]]]:
    found = [batch.mixture for batch in batches(source, count)]
    return [(one.share, one.partners_B.tolist()) for one in found if one]


def test_partners_are_all_of_the_batch_shuffled_anew_and_shares_are_spread_evenly() -> None:
    found = mixtures(stream(mixes=True), 2_000)
    assert all(sorted(partners) == [0, 1, 2, 3] for _, partners in found)
    assert len({tuple(partners) for _, partners in found}) == 24
    shares = np.array([share for share, _ in found])
    assert 0 <= shares.min() < shares.max() < 1
    # Uniform: 500 of 2,000 in each quarter, give or take 20.
    assert np.histogram(shares, 4, (0, 1))[0] == pytest.approx([500] * 4, abs=80)


def test_equal_seeds_mix_equally_and_others_do_not() -> None:
    first = mixtures(stream(mixes=True), 20)
    assert len(first) == 20
    assert first == mixtures(stream(mixes=True), 20)
    assert first != mixtures(stream(mixes=True, seed=1), 20)
    assert first != mixtures(stream(mixes=True, data_seed=1), 20)
