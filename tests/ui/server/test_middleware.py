"""What stands in front of Streamlit, and that a wrong setting of its owner's keeps no server from starting."""

import logging

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from tests.ui.browser.asgi import ask
from ui.server import frames, hosts, sessions
from ui.server.middleware import middleware

ADDRESS = {"host": "192.0.2.2:8501", "accept": "text/html"}


@pytest.fixture(autouse=True)
def no_more_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "raise_open_files", lambda: None)


def server() -> Starlette:
    return Starlette(
        routes=[Route("/", lambda _: HTMLResponse("hello")), Route("/broken", broken)], middleware=middleware("")
    )


def broken(_request: object) -> None:
    raise RuntimeError("/srv/secret/x broke")


def test_every_answer_is_guarded_whoever_gives_it(monkeypatch: pytest.MonkeyPatch, unforeseen: list[Exception]) -> None:
    app, elsewhere = server(), ADDRESS | {"host": "attacker.example"}
    answers = [ask(app, "/", headers=ADDRESS), ask(app, "/", headers=elsewhere), ask(app, "/broken", headers=ADDRESS)]
    monkeypatch.setattr(sessions, "_open", {object() for _ in range(sessions.MOST)})
    answers.append(ask(app, "/", headers=ADDRESS))
    assert [answer.status for answer in answers] == [200, 403, 500, 503]
    for answer in answers:
        assert answer.headers["content-security-policy"] == "frame-ancestors 'self'"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert b"secret" not in answer.body
    assert ["set-cookie" in answer.headers for answer in answers] == [True, False, False, False]
    unforeseen.clear()


def test_what_its_owner_sets_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(frames.SETTING, "https://course.example")
    monkeypatch.setenv(hosts.SETTING, "lab.school.example")
    monkeypatch.setenv(sessions.SETTING, "2")
    monkeypatch.setattr(sessions, "_open", {object()})
    app, named = server(), ADDRESS | {"host": "lab.school.example"}
    answer = ask(app, "/", headers=named)
    assert (answer.status, answer.headers["content-security-policy"]) == (
        200,
        "frame-ancestors 'self' https://course.example",
    )
    monkeypatch.setattr(sessions, "_open", {object(), object()})
    assert ask(app, "/", headers=named).status == 503


@pytest.mark.parametrize(
    ("setting", "named"), [(frames.SETTING, "*"), (hosts.SETTING, "https://lab.example"), (sessions.SETTING, "many")]
)
def test_a_wrong_setting_is_told_and_the_labs_own_holds(
    setting: str, named: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(setting, named)
    with caplog.at_level(logging.ERROR):
        answer = ask(server(), "/", headers=ADDRESS)
    assert (answer.status, answer.headers["content-security-policy"]) == (200, "frame-ancestors 'self'")
    assert setting in caplog.text
