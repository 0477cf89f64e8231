"""Numbers as visitors read them."""

import math

import pytest

from distill_core.spec import InvalidSpecification, Problem
from ui.text import words


@pytest.mark.parametrize(
    ("value", "half_width", "text"),
    [
        (0.828, 0.024, "82.8 % ± 2.4"),
        (0.828, None, "82.8 %"),
        (0.828, math.nan, "82.8 %"),
        (1.0, None, "100.0 %"),
        # Half up, by the digits that the number has: Python's own formats say 78.2 and 78.3 here.
        (0.7825, 0.0085, "78.3 % ± 0.9"),
        (0.7835, None, "78.4 %"),
        (None, None, "–"),
        (math.nan, 0.1, "–"),
    ],
)
def test_percent(value, half_width, text):
    assert words.percent(value, half_width) == text


@pytest.mark.parametrize(
    ("value", "half_width", "text"),
    [
        (5.1, None, "+5.1"),
        (-0.44, None, "−0.4"),
        (0.04, None, "0.0"),
        (-0.04, None, "0.0"),
        (6.25, 0.25, "+6.3 ± 0.3"),
        (-6.25, None, "−6.3"),
        (5.1, 2.0, "+5.1 ± 2.0"),
        (None, None, "–"),
    ],
)
def test_points(value, half_width, text):
    assert words.points(value, half_width) == text


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [(306_000, "306 kB"), (999_999, "1.0 MB"), (1_234_000, "1.2 MB"), (999, "999 B"), (99_960, "100 kB"), (None, "–")],
)
def test_size(size_bytes, text):
    assert words.size(size_bytes) == text


@pytest.mark.parametrize(
    ("number", "text"), [(77_754, "77.8 k"), (2_600_000, "2.6 M"), (456e6, "456 M"), (12, "12"), (math.nan, "–")]
)
def test_count(number, text):
    assert words.count(number) == text


@pytest.mark.parametrize(
    ("value_ms", "text"),
    [(0.309, "0.31 ms"), (0.9999, "1.0 ms"), (0.0309, "0.031 ms"), (4.16, "4.2 ms"), (120.4, "120 ms"), (None, "–")],
)
def test_milliseconds(value_ms, text):
    assert words.milliseconds(value_ms) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(3, "just now"), (300, "5 min ago"), (7300, "2 h ago"), (86_400, "1 day ago")]
)
def test_ago(seconds, text):
    assert words.ago(seconds) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"), [(1.95, 1, "2.0"), (78.25, 1, "78.3"), (-0.04, 1, "0.0"), (1378.4, 0, "1378")]
)
def test_numbers_are_rounded_as_everywhere(value, digits, text):
    assert words.number(value, digits) == text
    assert words.number(math.inf) == "inf"
    assert words.number(1378.4, grouped=True) == "1,378"


@pytest.mark.parametrize(
    ("value", "text"), [(4.0, "4"), (0.05, "0.05"), (62.5, "62.5"), (7.3456789, "7.34568"), (1e-7, "1e-07")]
)
def test_settings_are_as_short_as_they_can_be(value, text):
    assert words.short(value) == text


@pytest.mark.parametrize(("ratio", "text"), [(1.94, "1.9"), (9.95, "10"), (12.5, "12"), (2500, "2,500")])
def test_how_many_times_as_much(ratio, text):
    assert words.times(ratio) == text


@pytest.mark.parametrize(("items", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), ("abc", "a, b and c")])
def test_join(items, text):
    assert words.join(items) == text


@pytest.mark.parametrize(
    ("accuracy", "control", "points", "text"),
    [
        (0.844, 0.7825, 6.15, "+6.15 ± 1.00"),  # 84.4 − 78.3 is 6.1, and 6.15 is read as 6.2
        (0.844, 0.782, 6.2, "+6.2 ± 1.0"),
        (0.8444, 0.7826, 6.18, "+6.18 ± 1.00"),
        (0.7826, 0.8444, -6.18, "−6.18 ± 1.00"),
        (0.8444, math.nan, 6.18, "+6.2 ± 1.0"),  # its control is not finished
    ],
)
def test_a_difference_adds_up_with_the_accuracies_beside_it(accuracy, control, points, text):
    row = {"delta_points": points, "delta_half_width_points": 1.0, "test_accuracy": accuracy}
    assert words.delta({**row, "control_accuracy": control}) == text
    assert words.delta(row) == words.points(points, 1.0)
    assert words.delta({**row, "delta_digits": 2}) == words.points(points, 1.0, digits=2)


def test_interval():
    assert words.interval(0.051, 0.012, unit="nats") == "0.05 ± 0.01 nats"
    assert words.interval(None) == "–"


def test_a_name_that_begins_with_a_number_begins_no_list():
    assert words.plain("2. KD, 3. of 4") == "2\\. KD, 3. of 4"
    assert words.plain("2.5 bits") == "2.5 bits"


def test_a_message_counts_students_from_one_as_the_page_does():
    error = InvalidSpecification(
        (
            Problem(("students", 1, "name"), "expected at least 1 character, got ''"),
            Problem(("students", 0), "seeds: expected each once"),
            Problem(("budget", "updates"), "expected 1"),
        )
    )
    said = words.sentence(error)
    assert "student 2, name: expected" in said
    assert "student 1: seeds: expected each once" in said
    assert "budget.updates: expected 1" in said
    assert "students.1.name: expected" in str(error)


def test_a_name_that_looks_like_a_place_stays_as_it_is():
    assert words.sentence("no student named students.0.name") == "No student named students.0.name."


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("'/srv/lab home/lab.sqlite' is gone", "'lab.sqlite' is gone"),
        (r"\\server\share\lab.sqlite is gone", "lab.sqlite is gone"),
        ("no postgresql://lab:s3cr@et@db/lab", "no postgresql://…@db/lab"),
        ("1/2 of https://course.example/lab", "1/2 of https://course.example/lab"),
    ],
)
def test_neither_a_path_of_the_server_nor_a_password_is_told(message: str, told: str) -> None:
    assert words.without_paths(message) == told


def test_an_entity_is_shown_as_it_is_written() -> None:
    assert words.plain("&lt;b&gt;") == r"\&lt;b\&gt;"


def test_a_metric_stands_in_the_place_of_accuracy_as_that_is_written():
    assert words.scored("{Metric}, not {metric}", "mean_iou") == "Mean IoU, not mean IoU"
    assert words.scored("{Metric} against", "accuracy") == "Accuracy against"
