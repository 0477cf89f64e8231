"""The one lab of the process, and the application around it."""

import subprocess
import sys
from pathlib import Path

import pytest

import ui

ROOT = Path(__file__).resolve().parents[2]
ASK = """
import asyncio
from app import app
from ui.server.headers import Isolated
from ui.server.lifespan import lifespan
import ui

async def inner(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-own", b"1")]})

async def headers(kind):
    sent = []
    async def send(message):
        sent.append(message)
    await Isolated(inner)({"type": kind}, None, send)
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}

async def ask():
    async with lifespan(app):
        inside = ui.lab()
        assert inside.jobs() == ()
    assert ui.lab() is not inside
    print(await headers("http"), await headers("websocket"))

asyncio.run(ask())
"""


@pytest.fixture(autouse=True)
def closed(home):
    ui.close()
    yield
    ui.close()


def test_everybody_gets_the_same_lab_in_the_home_of_the_environment(home):
    assert ui.lab() is ui.lab()
    assert ui.lab().home == home


def test_closing_twice_is_fine_and_the_next_call_opens_anew():
    first = ui.lab()
    ui.close()
    ui.close()
    assert ui.lab() is not first
    assert ui.lab().jobs() == ()


def test_the_application_isolates_its_pages_and_closes_its_lab(home):
    # In a process of its own: the first application of a process decides where Streamlit looks for pages.
    answer = subprocess.run([sys.executable, "-c", ASK], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert answer.returncode == 0, answer.stderr
    isolation = {
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-embedder-policy": "require-corp",
        "cross-origin-resource-policy": "same-origin",
    }
    assert answer.stdout.strip() == f"{ {'x-own': '1', **isolation} } { {'x-own': '1'} }"
