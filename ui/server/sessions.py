"""How many visitors the lab takes at once: each open page costs memory and files of the process, and a visitor beyond
that reads so, where all would lose their pages otherwise."""

import logging
from html import escape

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from distill_core.errors import InvalidSetting

__all__ = ["SETTING", "Sessions", "most", "raise_open_files", "visitors"]

LOG = logging.getLogger(__name__)
SETTING = "DISTILL_MOST_VISITORS"
# Idle ones cost 6 MB each.
MOST = 300
# A session holds about four files of the process; the rest belongs to the store, models and what else is read.
FILES_A_SESSION, OTHER_FILES = 4, 256
WANTED_FILES = 65_536
FULL = (
    "This lab has {most} pages open, and takes no more at once. Close one that you no longer need, or load this page "
    "again in a minute."
)
PAGE = (
    '<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Distill Lab is full'
    '</title><body style="font: 1.1rem system-ui, sans-serif; margin: 15vh auto; max-width: 34rem; padding: 0 1rem">'
    "<h1>The lab is full</h1><p>{said}</p></body></html>"
)
# Those of this process, a page each: a process has one server.
_open: set[object] = set()


class Sessions:
    """Lets ``most`` WebSockets be open at a time, and hands on what they say in bytes alone, as Streamlit speaks."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app = app
        self.most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        full = len(_open) >= self.most
        if scope["type"] == "websocket":
            if full:
                LOG.warning("refused a visitor: %d pages are open", len(_open))
                await send({"type": "websocket.close", "code": 1013})
            else:
                await self._counted(scope, receive, send)
        elif full and scope["type"] == "http" and _is_visit(scope):
            text = escape(FULL.format(most=self.most))
            headers = {"cache-control": "no-store", "retry-after": "60"}
            await HTMLResponse(PAGE.format(said=text), 503, headers)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def receive_bytes() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive" and message.get("bytes") is None:
                await send({"type": "websocket.close", "code": 1003})
                return {"type": "websocket.disconnect", "code": 1003}
            return message

        page = object()
        _open.add(page)
        try:
            await self.app(scope, receive_bytes, send)
        finally:
            _open.remove(page)


def visitors() -> int:
    """How many pages are open."""
    return len(_open)


def most(files: int | None, named: str) -> int:
    """How many pages may be open, where the process may open so many ``files`` (None: no limit is known) and its owner
    named a number ("" for none). Raises InvalidSetting."""
    named = named.strip() or str(MOST)
    if not named.isdecimal() or int(named) < 1:
        raise InvalidSetting(SETTING, expected="a number of open pages from 1 on", got=named, hint="name one")
    room = int(named) if files is None else (files - OTHER_FILES) // FILES_A_SESSION
    return max(1, min(int(named), room))


def raise_open_files() -> int | None:
    """Let this process open as many files as it may: how many that are; None where nothing limits it, or tells."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED_FILES if hard == resource.RLIM_INFINITY else min(hard, WANTED_FILES)
    if soft == resource.RLIM_INFINITY:
        return None
    if soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError):  # macOS allows less than it says
            return soft
    return max(soft, wanted)


def _is_visit(scope: Scope) -> bool:
    return "text/html" in Headers(scope=scope).get("accept", "")
