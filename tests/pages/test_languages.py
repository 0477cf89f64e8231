"""Pages in another language: what they show stands in a catalogue."""

import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select, update
from streamlit.testing.v1 import AppTest

from distill_core.errors import InvalidSetting, Names, said
from distill_core.lab import Lab
from distill_core.machine import device_name
from distill_core.reports.experiment_report import method_tables
from distill_core.store import tables
from distill_core.store.database import writing
from distill_core.store.rows import text_row
from distill_core.templates.given_names import given_names
from distill_core.templates.presets import PRESETS
from tests.ui.bracketed import Bracketed, outside
from ui.text import language

ELEMENTS = ("title", "header", "subheader", "caption", "markdown", "info", "warning")
WIDGETS = (
    *("button", "selectbox", "select_slider", "number_input", "text_input", "toggle", "checkbox", "multiselect"),
    "download_button",
)
# Pictures, icons, addresses, formulas and their letters, versions, formats and processors, which no language changes.
SIGNS = re.compile(
    r"!\[\]\([^)]*\)|:material/\w+:|\b(?:T|alpha)\b|:small\[|https?://\S+|\$[^$]*\$"
    r"|\b(?:torch|onnxruntime|python) [\d.]+|\bb?float(?:16|32)\b|\b(?:CSV|FGSM|PGD)\b|\b[kMG]B\b"
    r"|\b(?:AMD|Intel|Apple) [^·]*"
)


def shown(page: AppTest) -> Iterator[str]:
    for kind in ELEMENTS:
        yield from (str(one.value) for one in getattr(page, kind))
    for kind in WIDGETS:
        yield from (str(getattr(one.proto, field, "")) for one in getattr(page, kind) for field in ("label", "help"))
    yield from (tab.label for tab in (*page.tabs, *page.expander))
    for group in page.button_group:
        yield from (option.content for option in group.proto.options)
    for table in page.dataframe:
        columns = json.loads(table.proto.columns or "{}")
        for name, values in table.value.items():
            told = columns.get(str(name)) or {}
            yield str(told.get("label") or name)
            if name not in DATA and (told.get("type_config") or {}).get("type") != "image":
                yield from (value for value in values if isinstance(value, str))


def left_in(page: AppTest, names: Iterable[str] = ()) -> list[str]:
    """Words in no brackets, but for names of networks, classes and experiments."""
    known = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))) or r"(?!)")
    left = {SIGNS.sub("", known.sub("", outside(text))) for text in shown(page)}
    return sorted(text for text in left if re.search(r"[^\W\d_]{2,}", text) and not LISTED.match(text))


def names_in(lab: Lab) -> set[str]:
    """Names of networks, classes and experiments."""
    jobs = lab.jobs()
    names = {student.name for preset in PRESETS for student in preset.experiment.students}
    names |= {student.name for job in jobs for student in job.experiment.students} - given_names().keys()
    names |= {teacher.title for teacher in lab.catalog.teachers(jobs[0].experiment.task)}
    names |= {student.name for _, sheet in method_tables() for student in sheet.experiment.students}
    return names | {name for job in jobs for name in (job.name, *lab.catalog.classes(job.experiment.task))}


# Columns of ids and of settings by their ids, and what Babel says between the items of a list.
DATA = frozenset({"Precision", "Run"})
LISTED = re.compile(r"^(?:[, ]|and\b)+$")


@pytest.mark.parametrize("name", ["home", "glossary", "robustness", "benchmark"])
def test_all_that_an_empty_page_shows_is_of_a_catalogue(
    lab, screen, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = Bracketed.spoken(monkeypatch)
    page = screen(name)
    assert not page.exception
    assert len(texts.asked) > 20
    assert left_in(page) == []


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("benchmark", {}),
        ("benchmark", {"show": "devices"}),
        ("compare", {"columns": "all"}),
        ("compress", {}),
        ("compress", {"c_mode": "goal"}),
        ("methods", {}),
        ("methods", {"part": "explore"}),
        ("methods", {"part": "reference"}),
        ("playground", {}),
        ("robustness", {}),
        ("robustness", {"facet": "adapt"}),
        ("robustness", {"facet": "attacks"}),
        ("temperature", {}),
        ("temperature", {"view": "grid"}),
        ("temperature", {"view": "lessons"}),
        ("train", {}),
        ("train", {"train_show": "watch"}),
    ],
)
def test_all_that_a_page_of_the_example_shows_is_of_a_catalogue(
    example, lab, screen, name: str, asked: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = names_in(lab)
    Bracketed.spoken(monkeypatch)
    page = screen(name, **asked)
    for box in page.expander:  # what a click opens
        if key := re.search(r"-(\w+)$", box.proto.id):
            page.session_state[key[1]] = True
    page.run()
    assert not page.exception
    assert "\n".join(left_in(page, names)) == ""


@pytest.mark.parametrize("called", ["Gallery", "gallery"])
def test_a_tab_has_an_id_in_addresses_and_its_english_title_still_opens_it(
    lab, screen, called: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Bracketed.spoken(monkeypatch)
    page = screen("robustness", facet=called)
    assert page.session_state["facet"] == "⟦Gallery⟧"
    assert parse_qs(urlsplit(page.code[0].value).query)["facet"] == ["gallery"]


LOUD = said("{reasons:; }", Names([said("the host took {share:.1f} % of the processors", 12.5)]))
WHY = InvalidSetting(
    said("step {place}", 2), expected=said("{low:g} to {high:g}", 0.5, 4), got=Names(("kd", "dkd")), hint="choose one"
).text


@pytest.fixture
def in_trouble(example, lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the home of the example every experiment failed, one network of each too, and each measurement was disturbed;
    its visitors read German numbers."""
    jobs, runs = tables.jobs.c, tables.runs.c
    with writing(lab._store._pools) as connection:
        connection.execute(update(tables.jobs).values({"state": "failed", **text_row("error", WHY)}))
        connection.execute(update(tables.measurements).values(device=device_name(), **text_row("disturbed", LOUD)))
        last = select(func.max(runs.id)).where(runs.role == "student").scalar_subquery()
        failed = {"state": "failed", "scores": {}, **text_row("message", WHY)}
        connection.execute(update(tables.runs).where(runs.id == last).values(failed))
        assert connection.scalar(select(func.count()).where(jobs.state == "failed"))
    Bracketed.spoken(monkeypatch)
    monkeypatch.setattr(language, "current", lambda: "de")


@pytest.mark.parametrize(
    ("name", "asked", "told"),
    [
        ("home", {}, "⟦0,5 to 4⟧"),
        ("train", {"train_show": "watch"}, "⟦0,5 to 4⟧"),
        ("compare", {"columns": "all"}, "⟦the host took 12,5 % of the processors⟧"),
        ("benchmark", {}, "⟦the host took 12,5 % of the processors⟧"),
        ("compress", {}, "⟦0,5 to 4⟧"),
    ],
)
def test_what_failed_and_what_was_disturbed_is_told_in_the_language_of_the_page(
    in_trouble, lab, screen, name: str, asked: dict[str, str], told: str
) -> None:
    page = screen(name, **asked)
    assert not page.exception
    assert told in "\n".join(shown(page))
    assert "\n".join(left_in(page, names_in(lab))) == ""
