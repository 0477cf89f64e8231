"""A visitor too many reads so; the process may open the files that its visitors cost."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import PlainTextResponse

from distill_core.errors import InvalidSetting
from tests.ui.browser.asgi import ask
from ui.server.sessions import MOST, Sessions, most, visitors

ROOT = Path(__file__).resolve().parents[3]
RAISED = """
import resource
from ui.server.sessions import raise_open_files
resource.setrlimit(resource.RLIMIT_NOFILE, (256, 700))
print(raise_open_files(), raise_open_files(), resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(
    ("files", "named", "pages"),
    [(None, "", MOST), (65_536, "", MOST), (1024, "", 192), (1024, "30", 30), (64, "", 1), (None, " 1000 ", 1000)],
)
def test_there_are_as_many_pages_as_files_for_them(files: int | None, named: str, pages: int) -> None:
    assert most(files, named) == pages


@pytest.mark.parametrize("named", ["0", "-1", "many", "1.5"])
def test_what_is_no_number_of_pages_is_refused(named: str) -> None:
    with pytest.raises(InvalidSetting, match="DISTILL_MOST_VISITORS"):
        most(None, named)


def test_the_limit_of_files_is_raised_as_far_as_it_may_be() -> None:
    pytest.importorskip("resource")
    told = subprocess.run([sys.executable, "-c", RAISED], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert told.stdout.split("\n")[0] == "700 700 (700, 700)", told.stderr


def test_who_comes_to_a_full_lab_reads_so_and_who_is_in_goes_on() -> None:
    app = Sessions(PlainTextResponse("hello"), most=2)
    with pages_open(2):
        visit = ask(app, "/", headers={"accept": "text/html,*/*;q=0.8"})
        assert (visit.status, visit.headers["retry-after"]) == (503, "60")
        assert "has 2 pages open" in visit.body.decode()
        assert ask(app, "/static/js/index.js", headers={"accept": "*/*"}).status == 200
    with pages_open(1):
        assert ask(app, "/", headers={"accept": "text/html,*/*;q=0.8"}).status == 200


def test_pages_are_counted_while_they_are_open_however_they_end() -> None:
    seen: list[int] = []

    async def page(*_: object) -> None:
        seen.append(visitors())
        raise ConnectionError

    # In a thread of its own: the browser tests leave a loop running in this one.
    with pages_open(3), ThreadPoolExecutor(1) as alone, pytest.raises(ConnectionError):
        alone.submit(asyncio.run, Sessions(page, most=9)({"type": "websocket"}, nothing, nothing)).result(30)
    assert (seen, visitors()) == ([4], 0)


@contextmanager
def pages_open(count: int) -> Iterator[None]:
    """While so many pages stand open beside."""
    goes_on, all_in, inside = threading.Event(), threading.Event(), []

    async def page(*_: object) -> None:
        inside.append(1)
        if len(inside) == count:
            all_in.set()
        while not goes_on.is_set():
            await asyncio.sleep(0.001)

    async def stay() -> None:
        app = Sessions(page, most=count)
        await asyncio.gather(*(app({"type": "websocket"}, nothing, nothing) for _ in range(count)))

    with ThreadPoolExecutor(1) as beside:
        over = beside.submit(asyncio.run, stay())
        try:
            assert all_in.wait(30)
            yield
        finally:
            goes_on.set()
            over.result(30)


async def nothing(*_: object) -> Any:
    return {"type": "websocket.disconnect"}
