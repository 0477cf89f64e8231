"""The lab answers under names that it knows, and a page that rebinds its own name to this machine gets nothing."""

import socket

import pytest
import streamlit as st
from starlette.responses import PlainTextResponse

from distill_core.errors import InvalidSetting
from tests.ui.browser.asgi import ask
from ui.server import hosts
from ui.server.hosts import Hosts, known, may_ask

NAMES = ("lab.test", "*.school.example", "localhost", "*.localhost")


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1:8501", "127.0.0.1", "192.0.2.2:8731", "[::1]:8501", "[2001:db8::1]", "10.0.0.7"),
        *(
            "localhost",
            "LOCALHOST:8501",
            "localhost.",
            "lab.localhost:1",
            "lab.test",
            "Lab.Test:443",
            "a.school.example",
        ),
    ],
)
def test_addresses_in_numbers_and_known_names_may_ask(host: str) -> None:
    assert may_ask(host, NAMES)


@pytest.mark.parametrize(
    "host",
    [
        *("attacker.example", "attacker.example:8501", "lab.test.attacker.example", "notlocalhost", "school.example"),
        *("127.0.0.1.attacker.example", "lab.test@attacker.example", "lab.test/x", "lab.test:x", "[::1", "0x7f.1", " "),
        *("lab.test#x", "lab.test?x", "attacker.example\\lab.test"),
    ],
)
def test_no_other_may(host: str) -> None:
    assert not may_ask(host, NAMES)


def test_any_name_may_where_the_owner_says_so() -> None:
    assert may_ask("lab.school.example", ("*",))


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
def test_what_is_refused_reaches_no_route_and_says_what_to_do(method: str) -> None:
    app = Hosts(PlainTextResponse("hello"), NAMES)
    answer = ask(app, "/browser/measurements", method=method, headers={"host": "attacker.example:80"})
    assert (answer.status, answer.headers["cache-control"]) == (403, "no-store")
    assert f"{hosts.SETTING}=attacker.example" in answer.body.decode()
    assert ask(app, "/", method=method).body == b"hello"


def test_a_name_is_not_answered_as_markup() -> None:
    answer = ask(Hosts(PlainTextResponse("hello"), NAMES), "/", headers={"host": "<script>alert(1)</script>"})
    assert (answer.status, b"<" in answer.body) == (403, False)
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("machine", ["Desk", "desk.other.example"])
def test_the_names_are_those_that_were_told_and_this_machines(machine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    options = {
        "server.address": "0.0.0.0",
        "browser.serverAddress": "desk.school.example",
        "server.allowedHosts": ["lab.school.example"],
    }
    monkeypatch.setattr(st, "get_option", options.get)
    monkeypatch.setattr(socket, "gethostname", lambda: machine)
    assert known("One.example.  *.two.example") == (
        *("one.example", "*.two.example", "lab.school.example", "0.0.0.0", "desk.school.example"),
        *dict.fromkeys((machine.lower(), "desk")),
        *("desk.local", "desk.lan", "desk.home.arpa", "desk.internal", "desk.localdomain"),
        *("localhost", "*.localhost"),
    )


@pytest.mark.parametrize(
    "named", ["https://lab.example", "lab.example:8501", "a.example,b.example", "*example", "a..b"]
)
def test_what_is_no_name_of_a_host_is_refused(named: str) -> None:
    with pytest.raises(InvalidSetting, match="DISTILL_HOSTS"):
        known(f"lab.example {named}")
