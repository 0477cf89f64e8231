"""Percentiles are values that were measured, and a histogram shows the bulk and does not lose the tail."""

import pytest

from distill_core.deployment.percentiles import nearest_rank, summarize_latency
from distill_core.errors import InvalidSetting

pytestmark = pytest.mark.anywhere


@pytest.mark.parametrize(
    ("percent", "value"), [(1, 15), (20, 15), (21, 20), (40, 20), (41, 35), (50, 35), (99, 50), (100, 50)]
)
def test_nearest_rank_is_a_value_that_was_measured(percent, value):
    assert nearest_rank([15, 20, 35, 40, 50], percent) == value


def test_95_percent_of_200_is_the_190th():
    assert nearest_rank(list(range(1, 201)), 95) == 190


@pytest.mark.parametrize(("ordered", "percent"), [([], 50), ([1.0], 0), ([1.0], 101)])
def test_no_percentile_of_nothing(ordered, percent):
    with pytest.raises(InvalidSetting, match="a percentile"):
        nearest_rank(ordered, percent)


def test_percentiles_and_mean_do_not_ask_for_an_order():
    found = summarize_latency([4.0, 1.0, 3.0, 2.0])
    assert (found.p50_ms, found.p90_ms, found.p95_ms, found.p99_ms, found.mean_ms) == (2.0, 4.0, 4.0, 4.0, 2.5)


def test_the_bulk_has_equal_bins_and_a_pause_is_in_the_last():
    # 990 times evenly from 0 to 23 ms in steps of 1, and ten pauses of a second
    found = summarize_latency([*(place % 24 for place in range(990)), *[1000.0] * 10]).histogram
    assert found.edges_ms == (*range(24), 1000.0)
    assert found.counts == (*[42] * 6, *[41] * 17, 41 + 10)
    assert sum(found.counts) == 1000


def test_what_is_on_an_edge_belongs_to_the_bin_that_begins_there():
    found = summarize_latency([0.0, 1.0, 22.0, 23.0]).histogram
    assert [place for place, count in enumerate(found.counts) if count] == [0, 1, 22, 23]


def test_few_times_have_a_last_bin_as_wide_as_the_others():
    found = summarize_latency([2.0, 25.0]).histogram
    assert found.edges_ms == (*range(2, 27),)
    assert (found.counts[0], found.counts[23]) == (1, 1)


@pytest.mark.parametrize("value", [0.0, 0.004, 250.0, 3_600_000.0])
def test_equal_times_have_bins_that_can_be_drawn(value):
    found = summarize_latency([value] * 200).histogram
    assert found.counts == (200, *[0] * 23)
    assert found.edges_ms[0] == value
    assert all(left < right for left, right in zip(found.edges_ms, found.edges_ms[1:], strict=False))


def test_a_row_holds_what_a_measurement_keeps():
    row = summarize_latency([1.0, 2.0]).to_row()
    assert set(row) == {"p50_ms", "p90_ms", "p95_ms", "p99_ms", "mean_ms", "histogram"}
    assert set(row["histogram"]) == {"edges_ms", "counts"}


def test_no_times_have_no_spread():
    with pytest.raises(InvalidSetting, match="a percentile"):
        summarize_latency([])
