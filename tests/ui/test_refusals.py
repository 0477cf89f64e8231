"""What the engine refuses, in the visitor's language."""

import ast
import pickle
import re
from pathlib import Path

import pytest

from distill_core.errors import InvalidSetting, Names, NotFound, said
from distill_core.spec import Experiment
from tests.ui.bracketed import Bracketed, outside
from tools.messages import ERRORS, EXPLAINING
from ui.text import language, words

ROOT = Path(__file__).resolve().parents[2]
# What a shell prints stays English; that work was stopped is no refusal.
ENGLISH = ("shell/", "__main__.py", "serve.py")
TEXTS = {
    "{what}: expected {expected}, got {got}; {hint}": "{what}: {got} statt {expected}; {hint}",
    "labels of {student!r}": "Etiketten von {student!r}",
    "at most {count:,}": "höchstens {count:,}",
    "none": "nichts",
    "choose fewer": "wähle weniger",
}
WHAT, MOST = said("labels of {student!r}", "all images"), said("at most {count:,}", 1000)
REFUSED = InvalidSetting(WHAT, expected=MOST, got="none", hint="choose fewer")


def test_an_error_is_translated_by_its_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    assert words.sentence(REFUSED) == "Labels of 'all images': expected at most 1,000, got none; choose fewer."
    german = type("German", (Bracketed,), {"gettext": lambda self, text: TEXTS.get(text, text)})()
    monkeypatch.setattr(language, "_catalogue", lambda name: german)
    assert words.sentence(REFUSED) == "Etiketten von 'all images': nichts statt höchstens 1,000; wähle weniger."
    assert words.sentence(pickle.loads(pickle.dumps(REFUSED))) == words.sentence(REFUSED)
    assert str(REFUSED).startswith("labels of"), "files and the shell have it in English"


def test_numbers_and_lists_of_an_error_are_written_as_the_page_writes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    size, share = said("{size:,.1f} MB", 1234.5), said("{value:g}", 0.25)
    error = InvalidSetting(said("{names: or }", Names("ab")), expected=size, got=share, hint="choose")
    listed = NotFound(said("no {kind} named {name!r}; known: {names}", "step", "1.5", Names(("a.b", "c", "d"))))
    assert words.sentence(error) == "A or b: expected 1,234.5 MB, got 0.25; choose."
    monkeypatch.setattr(language, "current", lambda: "de")
    assert words.sentence(error) == "A oder b: expected 1.234,5 MB, got 0,25; choose."
    assert words.sentence(listed) == "No step named '1.5'; known: a.b, c, d."
    assert words.sentence(InvalidSetting("a", expected=True, got=2.5, hint="b")) == "A: expected True, got 2,5; b."


@pytest.mark.parametrize(
    ("name", "written"),
    [("en_GB", "a, b, c"), ("de", "a, b, c"), ("es", "a, b, c"), ("ur", "a، b، c"), ("ja", "a b c")],
)
def test_a_list_of_names_is_written_in_languages_of_which_babel_has_half(
    name: str, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(language, "current", lambda: name)
    assert language.listed(["a", "b", "c"], "unit") == written


def test_all_that_a_refusal_says_is_of_a_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    Bracketed.spoken(monkeypatch)
    assert outside(words.sentence(NotFound(said("no run {run_id!r}; it may have been deleted", "ab")))) == "."
    students = [{"name": "a", "architecture": "resnet8", "seeds": []}, {"name": "a", "wrong": 1}]
    with pytest.raises(InvalidSetting) as error:
        Experiment.of({"task": 3, "teacher": {"kind": "shipped", "name": "t"}, "students": students})
    told = words.sentence(error.value)
    assert "⟦a value⟧" in told
    assert outside(told) == "."


def test_a_request_beside_the_pages_is_answered_in_the_language_that_it_asks_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "de.po").write_text("", encoding="utf-8")
    monkeypatch.setattr(language, "CATALOGUES", tmp_path)
    language._offered.cache_clear()
    try:
        with language.asked("fr;q=0.9,de-CH,en;q=0.8"):
            assert language.current() == "de"
        assert language.current() == "en_GB"
    finally:
        language._offered.cache_clear()


@pytest.mark.parametrize("room", ["distill_core", "ui", "pages"])
def test_no_error_says_a_text_that_no_catalogue_can_have(room: str) -> None:
    found = []
    for path in sorted((ROOT / room).rglob("*.py")):
        name = path.relative_to(ROOT / room).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if not name.startswith(ENGLISH) else ():
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ERRORS - {"Stopped"}:
                if node.func.id in ("ValueError", "_text") and not name.startswith("spec/"):
                    continue
                given = [*node.args, *(one.value for one in node.keywords if one.arg in EXPLAINING)]
                found += [f"{name}:{one.lineno}" for one in given if isinstance(one, ast.JoinedStr) and _says(one)]
    assert found == [], "make it said(), whose template stands in the catalogue"


def _says(text: ast.JoinedStr) -> bool:
    return any(re.search(r"[^\W\d_]{2,}", one.value) for one in text.values if isinstance(one, ast.Constant))
