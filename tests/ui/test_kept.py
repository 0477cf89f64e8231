"""Answers that are kept: a bounded cache a kind, built once for all who ask at the same time."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from ui.kept import LIMITS, derived, drawing, kept
from ui.text import language

UI = Path(__file__).resolve().parents[2] / "ui"
VISITORS = 30


def test_an_answer_is_built_once_for_a_key():
    built: list[int] = []
    for place in (1, 2, 1, 2):
        assert kept(("plan", "test", place), lambda place=place: built.append(place) or place) == place
    assert built == [1, 2]


def test_an_answer_is_of_one_language(monkeypatch: pytest.MonkeyPatch):
    told: list[str] = []
    for name in ("en_GB", "de", "en_GB"):
        monkeypatch.setattr(language, "current", lambda name=name: name)
        told.append(kept(("plan", "test of languages"), lambda name=name: name))
    assert told == ["en_GB", "de", "en_GB"]


def test_many_views_of_one_kind_drive_out_no_other_kind():
    built: list[str] = []
    kept(("portrait", "test of the limits"), lambda: built.append("portrait"))
    for place in range(LIMITS["corrupted"] + LIMITS["gallery answers"]):
        kept(("corrupted", "test of the limits", place), lambda: None)
        kept(("gallery answers", "test of the limits", place), lambda: None)
    kept(("portrait", "test of the limits"), lambda: built.append("portrait"))
    assert built == ["portrait"]


def test_what_a_training_draws_anew_drives_out_nothing_that_is_finished():
    drawn: list[str] = []
    finished = object()
    drawing(finished, "cards", lambda: drawn.append("finished"))
    for _ in range(LIMITS["drawing"] + 1):
        drawing(object(), "cards", lambda: None, live=True)
    drawing(finished, "cards", lambda: drawn.append("finished"))
    assert drawn == ["finished"]


def test_what_is_made_of_an_answer_is_of_no_other_one_however_many_come_and_go():
    for number in range(2 * LIMITS["derived"]):
        answer = [number]
        assert derived(answer, "test of ids", lambda answer=answer: sum(answer)) == number


def test_a_kind_forgets_its_oldest_key():
    built: list[int] = []
    for place in (*range(LIMITS["timings"] + 1), 0):
        kept(("timings", "test of the oldest", place), lambda place=place: built.append(place))
    assert built.count(0) == 2


def test_of_thirty_who_ask_at_once_one_builds():
    built: list[str] = []
    go = Event()

    def build() -> str:
        go.wait(10)
        built.append("once")
        return "answer"

    with ThreadPoolExecutor(VISITORS) as pool:
        asked = [pool.submit(kept, ("plan", "test of thirty"), build) for _ in range(VISITORS)]
        go.set()
        assert {one.result(60) for one in asked} == {"answer"}
    assert built == ["once"]


def test_what_went_wrong_is_not_kept():
    with pytest.raises(ValueError, match="no"):
        kept(("plan", "test of an error"), lambda: int("no"))
    assert kept(("plan", "test of an error"), lambda: 1) == 1


def test_every_kind_has_a_limit_and_every_limit_a_kind():
    text = "\n".join(path.read_text(encoding="utf-8") for path in UI.rglob("*.py") if path.name != "kept.py")
    used = set(re.findall(r'kept\(\s*\(\s*"([a-z ]+)"', text)) | set(re.findall(r'key = \("([a-z ]+)"', text))
    assert set(LIMITS) == used | {"derived", "drawing", "live drawing"}
