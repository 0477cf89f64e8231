"""Names come from visitors: every page shows them letter for letter, whatever they mean to Markdown, HTML or Plotly."""

import json
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

from distill_core.lab import Lab
from tests.quick import QUICK_TIMER, experiment, student
from tests.told import tell

NAMES = ("<b>bold</b> & co", "$x^2$ costs $5", "%{y} :red[x] _a_", "[link](http://x)", "*a*", "`c`")
# A network each would take long to train.
STUDENTS = (NAMES[0], f"{NAMES[1]} {NAMES[4]} {NAMES[5]}", f"{NAMES[2]} {NAMES[3]}")
DEVICE = "<i>my</i> *phone* $1$"
# What Streamlit takes for Markdown, wherever it stands in an element; options of a select box are plain text.
MARKDOWN = {"body", "label", "help", "text", "title", "delta", "content", "tooltip"}
PLAIN = {"options", "data", "value", "values", "json", "spec", "arrow_data_frame", "figure"}
# Where Plotly reads its markup, or fills in a template.
SHOWN = {"hovertemplate", "customdata", "text", "ticktext", "texttemplate"}


@pytest.fixture(scope="module")
def named_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("named")
    lab = Lab.open(home, timer=QUICK_TIMER)
    asked = experiment(*(student(name, temperature=1.0 + place) for place, name in enumerate(STUDENTS)))
    job = lab.wait(lab.submit(asked), timeout_seconds=240)
    summary = lab.reports.summary(job.id)
    tell(lab, summary.loc[summary["student"] == NAMES[0], "run_ids"].iloc[0][0], label=DEVICE)
    lab.close()
    assert (job.state, job.error) == ("finished", None)
    return home


@pytest.fixture
def named(home: Path, named_once: Path) -> Path:
    shutil.copytree(named_once, home, dirs_exist_ok=True)
    return home


def strings(message: Message, wanted: set[str]) -> Iterator[str]:
    """Every text of these fields, but not those of plain text and of children."""
    for field, value in message.ListFields():
        if field.name in PLAIN:
            continue
        each = value if field.is_repeated else [value]
        if field.message_type and not field.message_type.GetOptions().map_entry:
            for one in each:
                yield from strings(one, wanted)
        elif field.name in wanted and field.cpp_type == field.CPPTYPE_STRING:
            yield from each


def markdown(page: AppTest) -> list[str]:
    found = []
    for node in walk(page._tree):
        proto = getattr(node, "proto", None)
        if isinstance(proto, Message) and node.type not in ("html", "code", "bidi_component"):
            found += strings(proto, MARKDOWN)
    return found


def walk(node: Any) -> Iterator[Any]:
    for child in getattr(node, "children", {}).values():
        yield child
        yield from walk(child)


def plotted(page: AppTest) -> Iterator[str]:
    """The texts of every Plotly figure in which markup counts."""
    for chart in page.get("plotly_chart"):
        yield from shown(json.loads(chart.proto.spec))


def shown(part: Any, key: str = "") -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            # {"title": {"text": ...}} of axes, and annotations.
            yield from shown(value, name)
    elif isinstance(part, list):
        for value in part:
            yield from shown(value, key)
    elif isinstance(part, str) and key in SHOWN:
        yield part


# Those that Plotly would read as markup, as a template or as a formula.
READ = (*NAMES[:3], DEVICE)


PAGES = [
    ("home", {}),
    ("train", {"train_show": "Watch"}),
    ("train", {"s0_name": NAMES[0], "s1_name": STUDENTS[1]}),
    ("temperature", {"task_seen": "digits"}),
    ("methods", {"part": "Explore a method"}),
    ("compress", {}),
    ("robustness", {"facet": "Corruptions"}),
    ("robustness", {"facet": "Gallery"}),
    ("robustness", {"facet": "Adapt"}),
    *(("compare", {"details": part}) for part in ("Curves", "Confusion", "Classes", "All measures", "Disagreements")),
    ("compare", {"details": "Downloads", "cost": "p50 on a device", "device": DEVICE}),
    ("benchmark", {"show": "This device"}),
    ("benchmark", {"show": "Devices"}),
    ("playground", {}),
]


@pytest.mark.parametrize(
    ("name", "address"), PAGES, ids=lambda value: value if isinstance(value, str) else "-".join(value.values())
)
def test_a_page_shows_names_letter_for_letter(named, lab, screen, name, address):
    page = screen(name, **address)
    assert not page.exception
    texts = markdown(page)
    assert [text for text in texts for odd in (*NAMES, DEVICE) if odd in text] == []
    figures = list(plotted(page))
    assert [text for text in figures for odd in READ if odd in text] == []
    if name == "compare":
        assert [odd for odd in STUDENTS if not any(odd in unescape(text) for text in figures)] == []
