"""IoU of classes on Compare, in literal numbers."""

import numpy as np
import pytest

from ui import charts
from ui.charts import Dot
from ui.networks import style
from ui.screens.compare.iou import dots_of, gains_of

NAN = float("nan")
CONTROL = {0: np.array([0.9, 0.2, NAN]), 1: np.array([0.8, 0.4, NAN]), 2: np.array([0.7, 0.6, NAN])}
STUDENT = {1: np.array([0.9, 0.3, NAN]), 2: np.array([0.8, 0.8, NAN]), 3: np.array([0.1, 0.1, NAN])}
CLASSES = ("Ground", "Bag", "Hat")


def test_a_class_has_its_mean_over_seeds_and_one_that_stands_nowhere_has_none():
    found = dots_of({"Big": {0: np.array([0.95, 0.5, NAN])}, "control": CONTROL}, CLASSES, {"Big"})
    assert [(dot.network, dot.row) for dot in found] == [
        ("Big", "Ground"),
        ("Big", "Bag"),
        ("control", "Ground"),
        ("control", "Bag"),
    ]
    assert (found[0].half_width, found[2].mean) == (None, pytest.approx(0.8))
    # Student's t at two degrees of freedom, and a deviation of 0.1.
    assert found[2].half_width == pytest.approx(4.3027 * 0.1 / 3**0.5, rel=1e-4)


def test_a_student_is_held_against_its_control_seed_by_seed():
    gains = gains_of(STUDENT, CONTROL, CLASSES)
    assert gains == {"Ground": pytest.approx([10.0, 10.0]), "Bag": pytest.approx([-10.0, 20.0])}
    assert gains_of(STUDENT, {}, CLASSES) == {}


def test_charts_are_called_by_iou():
    looks = style.looks({"control": "control", "KD": "student"}, dark=False)
    gains = charts.class_gains(gains_of(STUDENT, CONTROL, CLASSES), "KD", "control", looks["KD"], dark=False, of="iou")
    assert gains.alt == "IoU of KD against control by class, in percentage points: from Bag +5.0 to Ground +10.0"
    assert list(gains.table) == ["Class", "Gain in IoU (pp)", "Seed 1 (pp)", "Seed 2 (pp)"]
    drawn = charts.dots(
        [Dot(row="Bag", network="control", mean=0.4, half_width=None)],
        {"Class": ["Bag"]},
        looks,
        measure="IoU",
        dark=False,
    )
    assert drawn.table.to_dict("records") == [{"": "Bag", "control (%)": 40.0}]
