"""Every setting of every page, found by what the page draws: an address copied from the bar, and Copy link, open the
page as it was, also where newer experiments are there by then."""

import ast
import itertools
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.session_state import SessionState
from streamlit.testing.v1 import AppTest

import ui
from distill_core.lab import Lab
from tests.pages.conftest import ROOT
from tests.quick import QUICK_TIMER, experiment, student
from ui.forms import packed

PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
# Which experiment, and which of its networks: what one page looks at the next one looks at too.
SHARED = {"job", "runs"}
# Another value of what no widget of its own has in the address.
OTHER = {
    "train": {
        "spec": packed.pack(
            {
                "task": "digits",
                "teacher": {"kind": "train", "architecture": "resnet14"},
                "students": [{"name": "one", "architecture": "resnet8", "labels": 77, "seeds": [3, 7]}],
            }
        )
    },
    "compress": {
        "spec": packed.pack(
            {
                "task": "digits",
                "teacher": {"kind": "train", "architecture": "resnet14"},
                "links": [{"method": "labels"}, {"step": "round", "parameters": {"decimals": 1.0}, "after": 0}],
                "start": {"architecture": "resnet8"},
                "seeds": 2,
            }
        )
    },
}
# Whose link is that of an experiment, without the form beside it.
WATCHED = ({"train_show": "Watch"}, {"compress_show": "Results"})
Drawn = dict[str, WidgetMetadata[Any]]


@pytest.fixture(scope="session")
def later_once(trained_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That home with another experiment, filed later."""
    home = tmp_path_factory.mktemp("later") / "home"
    shutil.copytree(trained_once, home)
    lab = Lab.open(home, timer=QUICK_TIMER)
    job = lab.wait(lab.submit(experiment(student("later", labels=50), student("last"))), timeout_seconds=400)
    lab.close()
    assert (job.state, job.error) == ("finished", None)
    return home


@pytest.fixture
def pass_time(trained: Path, later_once: Path) -> Callable[[], None]:
    def passed() -> None:
        ui.close()
        shutil.copytree(later_once, trained, dirs_exist_ok=True)
        ui.lab()

    return passed


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Drawn:
    """The widgets with a place in the address that pages drew since it was cleared."""
    found: Drawn = {}
    known = SessionState.register_widget

    def register(self: SessionState, metadata: WidgetMetadata[Any], user_key: str | None) -> Any:
        if metadata.bind and user_key:
            found[user_key] = metadata
        return known(self, metadata, user_key)

    monkeypatch.setattr(SessionState, "register_widget", register)
    return found


def tabs(page: AppTest, drawn: Drawn) -> dict[str, list[str]]:
    """The tabs of each row of them that has a place in the address."""
    labels = {tab.label for tab in page.tabs}
    options = {key: one.formatted_options or [] for key, one in drawn.items()}
    return {key: them for key, them in options.items() if them and labels.issuperset(them)}


def another(page: AppTest, drawn: Drawn) -> dict[str, list[str] | str]:
    """Another value for each setting but the experiment, as an address writes it."""
    found: dict[str, list[str] | str] = {}
    numbers = {one.key: one for one in (*page.number_input, *page.slider)}
    steps = {one.key: one.options for one in page.select_slider}
    for key in drawn.keys() - SHARED - tabs(page, drawn).keys():
        value = page.session_state[key]
        if options := drawn[key].formatted_options or steps.get(key):
            first, last = options[0], options[-1]
            found[key] = first if str(last) in map(str, value if isinstance(value, list) else [value]) else last
        elif isinstance(value, bool):
            found[key] = str(not value).lower()
        elif key in numbers:
            field = numbers[key]
            step = field.step or 1
            low = field.min if field.min is not None else 0
            found[key] = repr(type(low)(low if value is None or value + step > field.max else value + step))
        elif isinstance(value, str):
            found[key] = f"{value} too"
    return found


def values(page: AppTest, drawn: Drawn) -> dict[str, Any]:
    """All settings; what has a number of its own (experiments, runs, networks) by that, and a specification."""
    texts = [part.value for part in page.code if part.language == "json"]
    return {key: _numbers(page.session_state[key]) for key in sorted(drawn)} | dict(enumerate(texts))


def _numbers(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return sorted(map(str, map(_numbers, value)))
    return value.rpartition("#")[2] if isinstance(value, str) else value


def link(page: AppTest) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.code[0].value).query)


def of_page(page: AppTest) -> dict[str, list[str]]:
    """What Streamlit has in the address bar."""
    return {key: value if isinstance(value, list) else [value] for key, value in page.query_params.items()}


@pytest.mark.parametrize("name", [name for name in PAGES if name not in ("home", "data")])
def test_an_address_repeats_every_setting_of_the_page(name, trained, lab, screen, drawn, bar, pass_time):
    page = screen(name)
    views = [{key: tab} for key, them in tabs(page, drawn).items() for tab in them] or [{}]
    usual, copied = [], []
    for view in views:
        drawn.clear()
        page = screen(name, **view)
        usual.append((values(page, drawn), {**of_page(page), **bar}))
        changed = {**view, **another(page, drawn), **OTHER.get(name, {})}
        drawn.clear()
        page = screen(name, **changed)
        assert not page.exception
        asked = values(page, drawn)
        copied.append((asked, {**of_page(page), **bar}))
        if page.code and view not in WATCHED:
            copied.append((asked, link(page)))
    assert any(one != other for (one, _), (other, _) in zip(usual, copied[:: len(copied) // len(usual)], strict=False))
    pass_time()
    for before, parameters in (*usual, *copied):
        drawn.clear()
        page = screen(name, **parameters)
        assert not page.exception
        assert values(page, drawn) == before, parameters


def test_no_two_pages_have_different_settings_of_one_name(trained, lab, screen, drawn):
    """What a page is set to is kept by its name, for whichever page draws that next."""
    names = {}
    for name in PAGES:
        drawn.clear()
        assert not screen(name).exception
        names[name] = drawn.keys() - SHARED
    assert len(names["temperature"]) > 5
    for (one, known), (other, more) in itertools.combinations(names.items(), 2):
        assert not known & more, (one, other)


def links() -> dict[str, set[str]]:
    """The settings that links between pages set, by the page to which they lead."""
    found: dict[str, set[str]] = {}
    for path in [*(ROOT / "ui").rglob("*.py"), *(ROOT / "pages").glob("*.py")]:
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "page_link":
                said = [one.value for one in call.keywords if one.arg == "query_params"]
                keys = {str(key.value) for one in said for key in getattr(one, "keys", ()) if hasattr(key, "value")}
                page = call.args[0].value if isinstance(call.args[0], ast.Constant) else ""
                found.setdefault(Path(str(page)).stem, set()).update(keys)
    return found


def test_a_link_to_another_page_sets_what_that_page_has(trained, lab, screen, drawn):
    asked = links()
    assert asked["train"] == {"train_show", "job", "spec"}
    for name, keys in asked.items():
        keys -= {"spec"} if name == "train" else set()  # read once, where the page is opened
        drawn.clear()
        if keys:
            page = screen(name)
            for view in [{key: tab} for key, them in tabs(page, drawn).items() for tab in them]:
                screen(name, **view)
        assert keys <= drawn.keys(), name
