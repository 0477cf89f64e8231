"""Names in Plotly charts: shown letter for letter, whatever they mean to Plotly."""

import json
import re
from html import unescape

import numpy as np
import pandas as pd
import pytest

from ui import charts
from ui.charts import Bar, Dot, Gap, Point, Series
from ui.networks import style

NAMES = ("<b>bold</b> & co", "$x^2$ costs $5", "%{y} :red[x] _a_", "[link](http://x)", "*a*", "`c`")
LOOKS = style.looks(dict.fromkeys(NAMES, "student"), dark=False)
ROWS = pd.DataFrame(
    {
        "student": NAMES,
        "role": "student",
        "test_accuracy": np.linspace(0.5, 0.9, len(NAMES)),
        "test_accuracy_half_width": 0.01,
        "onnx_bytes": np.linspace(1e5, 1e6, len(NAMES)),
        **{
            column: np.linspace(1.0, 2.0, len(NAMES)) for column in ("size_bytes", "macs", "p50_ms", "ece", "agreement")
        },
        "device_p50_ms": np.linspace(1.0, 2.0, len(NAMES)),
        "on_front": False,
        "near_front": False,
    }
)
POINTS = pd.DataFrame(
    [(name, name, 0, 10, kind, 0.5, "") for name in NAMES for kind in ("valid_accuracy", NAMES[0])],
    columns=["run_id", "student", "seed", "update", "kind", "value", "unit"],
)
SERIES = [
    Series(name=name, look=LOOKS[name], points=(Point(place=n, mean=0.5, half_width=0.1),))
    for n, name in enumerate(NAMES)
]
LEVEL = Series(name=NAMES[0], look=LOOKS[NAMES[0]], points=(Point(place=0, mean=0.5, half_width=None),), level=True)
GAPS = [Gap(student=name, other=NAMES[0], points=1.0, half_width=0.1, verdict="better") for name in NAMES]
COUNTS = np.full((len(NAMES), len(NAMES)), 5)
DRAWN = {
    "pareto": lambda: charts.pareto(ROWS, charts.on_device(NAMES[0]), LOOKS, dark=False),
    "curves": lambda: charts.curves(POINTS, NAMES[0], LOOKS, dark=False),
    "along": lambda: charts.along([*SERIES, LEVEL], NAMES, title=NAMES[0], measure=NAMES[0], dark=False),
    "bars": lambda: charts.bars(
        [Bar(network=name, mean=0.5, half_width=0.1) for name in NAMES],
        LOOKS,
        measure="x",
        reference=NAMES[0],
        dark=False,
    ),
    "dots": lambda: charts.dots(
        [Dot(row=name, network=name, mean=0.5, half_width=None) for name in NAMES],
        {NAMES[0]: NAMES[1:]},
        LOOKS,
        measure="x",
        dark=False,
    ),
    "differences": lambda: charts.differences(GAPS, LOOKS, dark=False),
    "parallel": lambda: charts.parallel(ROWS, LOOKS, dark=False),
    "confusion": lambda: charts.confusion(COUNTS, NAMES, NAMES[0], dark=False, top=20),
    "class_gains": lambda: charts.class_gains(
        {name: [1.0, 2.0] for name in NAMES}, NAMES[0], NAMES[1], LOOKS[NAMES[0]], dark=False
    ),
}
# Keys of a figure under which nothing is drawn as text.
QUIET = {"name", "type", "mode", "hoverinfo"}
TEMPLATE = re.compile(r"%\{([^}]*)\}")


def texts(part: object) -> list[str]:
    if isinstance(part, dict):
        return [text for key, value in part.items() if key not in QUIET for text in texts(value)]
    if isinstance(part, list):
        return [text for value in part for text in texts(value)]
    return [part] if isinstance(part, str) else []


def read(text: str) -> str:
    """As Plotly reads it: its own tags gone, then entities as letters."""
    return unescape(re.sub(r"</?(b|br|extra|i|sub|sup|span|a)\b[^>]*>", " ", text))


@pytest.mark.parametrize("kind", DRAWN)
def test_plotly_reads_no_markup_and_no_template_in_a_name(kind):
    found = texts(json.loads(DRAWN[kind]().figure.to_json()))
    assert [text for text in found for name in NAMES[:3] if name in text] == []
    assert {name for text in found for name in TEMPLATE.findall(text)} <= {"customdata", "y", "text"}
    assert any(NAMES[0][:8] in read(text) for text in found)
