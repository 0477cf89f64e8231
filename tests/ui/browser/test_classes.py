"""Who may send classes from the room, and what becomes of it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import streamlit as st
from starlette.applications import Starlette

import ui
from distill_core.lab import Lab
from distill_core.tasks.own.sample import sample_zip
from tests.ui.browser.asgi import Answer, ask
from ui.browser.owners import SETTING, may_bring
from ui.browser.routes import routes

app = Starlette(routes=routes())


@pytest.fixture
def lab(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    with closing(Lab.open(home)) as lab:
        monkeypatch.setattr(ui, "lab", lambda: lab)
        yield lab


def send(body: bytes, asked: str = "title=shapes&kind=images&side_px=16&mirrored=false", **headers: str) -> Answer:
    own_page = {"origin": "http://lab.test", **headers}
    return ask(app, f"/browser/classes?{asked}", method="POST", headers=own_page, body=body)


def test_where_others_reach_the_lab_nothing_is_taken(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = send(sample_zip())
    assert (answer.status, "its owner allows it with DISTILL_OWN_DATA=1" in answer.json()["error"]) == (422, True)
    monkeypatch.setenv(SETTING, "1")
    assert send(sample_zip()).status == 200
    lab.own_data._adding.wait(60)
    (data,) = lab.own_data.listed()
    assert data.images is not None
    assert (data.title, data.images.side_px, data.images.mirrored) == ("shapes", 16, False)
    again = send(sample_zip())
    assert (again.status, "one that is free" in again.json()["error"]) == (422, True)


@pytest.mark.parametrize("asked", ["title=a&side_px=-4", "title=a&side_px=999999", "title=a&kind=texts&side_px=x"])
def test_settings_that_no_page_sends_do_no_harm(asked: str, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "1")
    answer = send(b"no zip", asked)
    assert answer.status == 200
    lab.own_data._adding.wait(60)
    status = lab.own_data.adding()
    assert status is not None
    assert "zip file that can be read" in str(status.error)
    assert not [path for path in (lab.home / "data" / "own").iterdir() if path.name != ".lock"]


@pytest.mark.parametrize(
    ("host", "address", "setting", "may"),
    [
        ("localhost:8501", "127.0.0.1", "", True),
        ("", "127.0.0.1", "", True),
        ("lab.test", "127.0.0.1", "", False),
        ("localhost:8501", "0.0.0.0", "", False),
        ("lab.test", "0.0.0.0", "1", True),
        ("localhost", "127.0.0.1", "0", False),
        ("http://[", "127.0.0.1", "", False),
    ],
)
def test_who_may(host: str, address: str, setting: str, may: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, setting)
    monkeypatch.setattr(st, "get_option", lambda name: address)
    assert may_bring(host) == may
