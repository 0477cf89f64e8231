"""What nobody foresaw leaves a page that works: the shell stands, a sentence is read, the rest is in the log."""

import logging
import re

import pytest

from distill_core.errors import CorruptFile
from tests.pages.conftest import ROOT
from ui.jobs import first
from ui.shell import sidebar, trouble

SECRET = "/srv/secret/place.py"
UNEXPECTED = trouble.unexpected  # before the fixture of every test takes its place


def fail(*_args: object, **_more: object) -> None:
    raise RuntimeError(f"something broke in {SECRET}")


def everything(page) -> str:
    parts = (*page.error, *page.warning, *page.markdown, *page.caption, *page.sidebar.caption, *page.sidebar.error)
    return "\n".join(str(part.value) for part in parts)


def test_a_page_that_fails_is_told_with_a_reference_into_the_log(screen, unforeseen, monkeypatch, caplog):
    monkeypatch.setattr(first, "focus", fail)
    with caplog.at_level(logging.ERROR):
        page = screen("home")
    (reference,) = re.findall(r"reference ([0-9a-f]{8})\.", page.error[0].value)
    assert not page.exception
    assert page.title[0].value == "A small network learns from a large one"
    assert "Nothing is training." in [part.value for part in page.sidebar.caption]
    assert "secret" not in everything(page)
    assert (reference in caplog.text, SECRET in caplog.text) == (True, True)
    assert unforeseen
    unforeseen.clear()


def test_a_part_with_a_clock_that_fails_leaves_the_page_around_it(screen, unforeseen, monkeypatch):
    monkeypatch.setattr(sidebar, "_draw", fail)
    page = screen("home")
    assert len(page.sidebar.error) == 1
    assert "Nothing has been trained yet" in everything(page)
    assert unforeseen
    unforeseen.clear()


def test_the_sidebar_fails_alone(screen, unforeseen, monkeypatch):
    monkeypatch.setattr(sidebar, "queue", fail)
    page = screen("compare")
    assert len(page.sidebar.error) == 1
    assert page.title[0].value == "Compare"
    assert unforeseen
    unforeseen.clear()


@pytest.mark.parametrize("place", [(first, "focus"), (sidebar, "_draw")])
def test_what_the_engine_says_keeps_the_servers_paths_to_itself(screen, monkeypatch, place):
    def refuse(*_args: object) -> None:
        raise CorruptFile(f"reading place.py: expected the file, got [Errno 2] No such file: '{SECRET}'; restore it")

    monkeypatch.setattr(*place, refuse)
    page = screen("home")
    said = page.warning[0].value
    assert ("place.py" in said, "secret" in everything(page)) == (True, False)


def test_every_part_with_a_clock_is_guarded():
    files = [*(ROOT / "ui").rglob("*.py"), *(ROOT / "pages").glob("*.py")]
    assert [one.name for one in files if "st.fragment" in one.read_text(encoding="utf-8")] == ["trouble.py"]


def test_a_fault_that_repeats_is_logged_once_a_minute(caplog):
    def failed() -> Exception:
        try:
            fail()
        except RuntimeError as error:
            return error
        raise AssertionError

    errors, now = [failed() for _ in range(3)], [1e6]
    with caplog.at_level(logging.ERROR):
        told = {UNEXPECTED(error, clock=lambda: now[0]) for error in errors}
        assert (len(told), len(caplog.records)) == (1, 1)
        now[0] += 61
        UNEXPECTED(errors[0], clock=lambda: now[0])
    assert len(caplog.records) == 2
