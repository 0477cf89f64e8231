"""Limits on the page Compare: what is left, which is the best of it, and what is said of the rest."""

import math

import pytest

from tests.ui.test_compare_parts import comparison
from ui.charts.limit_lines import Limits
from ui.charts.pareto import pareto
from ui.findings.limits import Bounds, Limit, found, left
from ui.findings.sentences import say
from ui.networks import style
from ui.screens.compare.limits import within

FILE, LATENCY, DEVICE = "onnx_bytes", "p50_ms", "device_p50_ms"
ROWS = comparison().assign(p50_ms=[1.4, 0.11, 0.11, None])


def at_most(column, most):
    return Bounds(limits=(Limit(column=column, most=most),))


def sentences(rows, bounds):
    return tuple(map(say, found(rows, bounds)))


def test_without_limits_everything_is_left_and_nothing_is_bound() -> None:
    assert not Bounds()
    assert list(left(ROWS, Bounds())["student"]) == list(ROWS["student"])
    assert within(ROWS, ROWS, Bounds()) is ROWS


@pytest.mark.parametrize(
    ("bounds", "names"),
    [
        (at_most(FILE, 325_000), ["control", "same", "hot"]),
        (at_most(FILE, 324_999), []),
        (at_most(LATENCY, 0.11), ["control", "same"]),  # what was not measured is not known to keep within
        (Bounds(least=0.777), ["ResNet-20", "control", "same"]),
        (Bounds(limits=(Limit(column=FILE, most=400_000),), least=0.8), ["same"]),
        (at_most(DEVICE, 1.0), []),
    ],
    ids=["size", "too small", "latency", "score", "size and score", "a device that measured nothing"],
)
def test_what_keeps_within_the_limits(bounds: Bounds, names: list[str]) -> None:
    assert list(left(ROWS.assign(device_p50_ms=math.nan), bounds)["student"]) == names


def test_the_best_that_is_left_is_named_with_its_interval_its_size_and_its_latency() -> None:
    best, out = sentences(ROWS, at_most(FILE, 400_000))
    assert best == (
        "Within these limits **same** has the highest accuracy: **82.8 % ± 1.0**, with a file of 325 kB and a latency "
        "of 0.11 ms."
    )
    assert out == "A file of at most 400 kB leaves out ResNet-20 (1.1 MB)."


def test_a_network_whose_interval_overlaps_is_named() -> None:
    rows = ROWS.assign(test_accuracy=[0.9345, 0.81, 0.828, 0.75])
    assert sentences(rows, at_most(FILE, 400_000))[1] == "Its interval overlaps with that of control."


def test_what_was_not_measured_is_said() -> None:
    lines = sentences(ROWS, at_most(LATENCY, 1.0))
    assert lines[-2:] == (
        "A latency of at most 1.0 ms leaves out ResNet-20 (1.4 ms).",
        "The latency of hot was not measured.",
    )


def test_a_network_that_was_not_measured_may_keep_within_what_no_other_does() -> None:
    assert sentences(ROWS, at_most(LATENCY, 0.001))[:2] == (
        "**No network is known to keep within these limits.** hot may, once it is measured.",
        "The lowest latency is that of control: 0.11 ms.",
    )


def test_where_nothing_is_left_what_comes_nearest_is_said() -> None:
    bounds = Bounds(limits=(Limit(column=FILE, most=100_000),), least=0.99)
    lines = sentences(ROWS, bounds)
    assert lines[:3] == (
        "**No network keeps within these limits.**",
        "The smallest file is that of control: 325 kB.",
        "The highest accuracy is that of ResNet-20: 93.5 %.",
    )
    assert list(within(ROWS, ROWS, bounds)["student"]) == list(ROWS["student"])


def test_a_value_that_reads_as_its_limit_is_written_with_more_digits() -> None:
    assert "(325.000 kB)" in sentences(ROWS, at_most(FILE, 324_900))[-1]


def test_a_task_with_another_metric_is_told_in_it() -> None:
    assert "has the highest mean IoU" in sentences(ROWS, Bounds(least=0.5, metric="mean_iou"))[0]


def test_limits_are_lines_and_what_is_beyond_them_is_grey() -> None:
    looks = style.looks(dict(zip(ROWS["student"], ROWS["role"], strict=True)), dark=False)
    limits = Limits(most=400_000, least=0.8, within={"same"})
    made = pareto(ROWS, FILE, looks, dark=False, limits=limits, marked=["same"])
    upright, level = [one for one in made.figure.data if one.name == "limit"]
    assert list(upright.x) == [400_000, 400_000]
    assert list(level.y) == [0.8, 0.8]
    points = {one.name: one for one in made.figure.data if one.customdata is not None}
    assert {name for name, one in points.items() if one.opacity} == {"ResNet-20", "control", "hot"}
    [frame] = [one for one in made.figure.data if one.name == "marked"]
    assert list(frame.y) == list(points["same"].y)
    assert any("a limit" in entry for entry in made.legend)


def test_a_limit_outside_of_the_plot_draws_no_line() -> None:
    looks = style.looks(dict(zip(ROWS["student"], ROWS["role"], strict=True)), dark=False)
    made = pareto(ROWS, FILE, looks, dark=False, limits=Limits(most=1.0, least=None, within=()))
    assert not [one for one in made.figure.data if one.name == "limit"]
