"""Learning curves closer, on logarithmic axes, and smoothed."""

import numpy as np
import pandas as pd

from ui.charts import curves, learning_curves
from ui.charts.scaling import Scaling, smoothed
from ui.networks import style

LOOKS = style.looks({"A": "student"}, dark=False)
POINTS = pd.DataFrame(
    [
        {
            "run_id": f"a{seed}",
            "student": "A",
            "seed": seed,
            "update": update,
            "kind": kind,
            "value": value,
            "unit": unit,
        }
        for seed, values in enumerate(((2.0, 1.0, 0.5), (4.0, 3.0, 0.1)))
        for kind, unit in (("loss", "nats"), ("valid_accuracy", ""))
        for update, value in zip((0, 10, 100), np.array(values) / (1 if unit else 10), strict=True)
    ]
)


def traces(made) -> list:
    return list(made.figure.data)


def test_smoothing_is_exponential_and_keeps_the_first_value() -> None:
    # (1 + 0.5 * 3) / 1.5 and (0.25 * 3 + 0.5 * 1 + 2) / 1.75, newest last.
    assert np.allclose(smoothed(pd.Series([3.0, 1.0, 2.0]), 0.5), [3.0, 2.5 / 1.5, 3.25 / 1.75])
    assert list(smoothed(pd.Series([3.0, 1.0]), 0.0)) == [3.0, 1.0]


def test_the_measured_mean_stays_faint_behind_the_smoothed_line() -> None:
    faint, line = traces(curves(POINTS, "loss", LOOKS, dark=False, scaling=Scaling(smoothing=0.5)))
    assert list(faint.y) == [3.0, 2.0, 0.3]
    assert faint.opacity < 0.5
    assert line.y[0] == 3.0
    assert 2.0 < line.y[1] < 3.0


def test_a_part_of_the_updates_has_axes_of_its_own() -> None:
    whole = curves(POINTS, "loss", LOOKS, dark=False)
    late = curves(POINTS, "loss", LOOKS, dark=False, scaling=Scaling(first=10))
    assert [list(one.x) for one in traces(late)][-1] == [10, 100]
    assert list(late.figure.layout.xaxis.range) == [10, 100]
    assert late.figure.layout.yaxis.range[1] < whole.figure.layout.yaxis.range[1]


def test_logarithmic_axes_leave_out_what_has_no_place_there() -> None:
    made = curves(POINTS, "loss", LOOKS, dark=False, scaling=Scaling(log_updates=True, log_loss=True))
    assert (made.figure.layout.xaxis.type, made.figure.layout.yaxis.type) == ("log", "log")
    assert list(traces(made)[-1].x) == [10, 100]
    shares = curves(POINTS, "valid_accuracy", LOOKS, dark=False, scaling=Scaling(log_loss=True))
    assert shares.figure.layout.yaxis.type == "linear"


def test_a_part_without_points_is_no_obstacle() -> None:
    made = curves(POINTS, "loss", LOOKS, dark=False, scaling=Scaling(first=1000))
    assert made.alt == "Training loss: no curve yet"


def test_the_curves_of_a_training_are_smoothed_and_logarithmic_too() -> None:
    asked = Scaling(smoothing=0.5, log_updates=True, log_loss=True)
    points = learning_curves.points(POINTS, "loss", asked)
    assert list(points["update"]) == [10, 100, 10, 100]
    assert list(points["raw"]) == [1.0, 0.5, 3.0, 0.1]
    first = points[points["seed"] == 0]["value"].tolist()
    assert np.allclose(first, [4 / 3, (0.25 * 2 + 0.5 * 1 + 0.5) / 1.75])
    spec = learning_curves.loss(points, LOOKS, 100, "nats", asked)
    assert spec["encoding"]["y"]["scale"] == {"type": "log", "domain": [0.1, 4]}
    assert spec["encoding"]["x"]["scale"]["domain"] == [1, 100]
    behind, _ = spec["layer"]
    assert (behind["encoding"]["y"]["field"], spec["encoding"]["y"]["field"]) == ("raw", "value")
    assert len(learning_curves.loss(points, LOOKS, 100, "nats", Scaling())["layer"]) == 1


def test_a_part_of_a_training_has_axes_of_its_own() -> None:
    asked = Scaling(first=10, last=50)
    points = learning_curves.points(POINTS, "loss", asked)
    assert list(points["update"]) == [10, 10]
    spec = learning_curves.loss(points, LOOKS, 100, "nats", asked)
    assert spec["encoding"]["x"]["scale"]["domain"] == [10, 50]
    assert spec["encoding"]["y"]["scale"]["domain"] == [0, 3]
    assert learning_curves.accuracy(LOOKS, 100, asked)["encoding"]["x"]["scale"]["domain"] == [10, 50]
