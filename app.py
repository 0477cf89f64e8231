"""The web application: the headers that browsers want before they give a page threads and those that guard it, the
routes beside the pages, and the life of the lab.

Run it with ``streamlit run app.py``. The screens are in ``pages/``; ``ui/main.py`` puts them together.
"""

import asyncio
import gc
import logging
import os

# Nothing that an import makes is garbage, and looking through it all again and again is a fifth of the start.
gc.disable()

# ruff: noqa: E402
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from distill_core.errors import DistillError
from distill_core.jobs import LEAVING_SECONDS, attentive
from distill_core.pipeline.libraries import without_collection
from ui import close, lab, logs, trouble
from ui.browser import frames, hosts, sessions
from ui.browser.addresses import base_path
from ui.browser.device import Recognised
from ui.browser.encoded import Encoded
from ui.browser.hosts import Hosts
from ui.browser.routes import routes
from ui.browser.sessions import Sessions

gc.enable()

__all__ = ["Guarded", "Isolated", "app"]

LOG = logging.getLogger(__name__)
# What Streamlit's command exits with after Ctrl-C.
ABORTED = 1
ISOLATION = (
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-embedder-policy", b"require-corp"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


class Isolated:
    """Makes every page cross-origin isolated: a browser gives WebAssembly threads and a fine clock to no other."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_isolated(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *ISOLATION]}
            await send(message)

        await self.app(scope, receive, send_isolated if scope["type"] == "http" else send)


class Guarded:
    """Tells the browser who may frame the lab, to believe the types of files, and to tell other sites no address. Where
    a route fails, it answers with a sentence."""

    def __init__(self, app: ASGIApp, ancestors: str) -> None:
        self.app = app
        self.headers = (
            (b"content-security-policy", ancestors.encode("ascii")),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = False

        async def send_guarded(message: Message) -> None:
            nonlocal began
            if message["type"] == "http.response.start":
                began = True
                known = {name.lower() for name, _ in message.get("headers", ())}
                more = [pair for pair in self.headers if pair[0] not in known]
                message = {**message, "headers": [*message.get("headers", ()), *more]}
            await send(message)

        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            await self.app(scope, receive, send_guarded)
        except Exception as error:
            if began:
                raise  # the server closes the connection, so that the half is not taken for the whole
            answer = PlainTextResponse(trouble.unexpected(error), 500, {"cache-control": "no-store"})
            await answer(scope, receive, send_guarded)


def ancestors() -> str:
    """Who may frame the lab; the lab itself alone where the setting is wrong."""
    try:
        return frames.policy(os.environ.get(frames.SETTING, ""))
    except DistillError as error:
        LOG.error("%s", error)
        return frames.policy("")


def most_visitors() -> int:
    """How many pages may be open; the lab's own limit where the setting is wrong."""
    files = sessions.raise_open_files()
    try:
        return sessions.most(files, os.environ.get(sessions.SETTING, ""))
    except DistillError as error:
        LOG.error("%s", error)
        return sessions.most(files, "")


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """The lab is there before the first visitor, and its queue ends with the server."""
    logs.quieten()
    with attentive(ABORTED):
        try:
            lab()
        except DistillError as error:  # the pages tell what is wrong; a server that does not start tells nobody
            LOG.error("%s", error)
        reading = asyncio.get_running_loop().run_in_executor(None, _read_first_page)
        try:
            yield
        finally:
            try:
                close(LEAVING_SECONDS)
            finally:
                with suppress(Exception):  # told by the page that needs it
                    await reading


def _read_first_page() -> None:
    """Import what the first page is drawn with, while the browser still fetches its scripts. What was read by then
    stays: no collection looks through it again."""
    with without_collection():
        import ui.experiment
        import ui.joblist  # noqa: F401

        logs.quieten()  # reading a module sets up its log
        gc.freeze()


app = st.App(
    Path(__file__).resolve().parent / "ui" / "main.py",
    routes=routes(base_path()),
    middleware=[
        Middleware(Isolated),
        Middleware(Guarded, ancestors=ancestors()),
        Middleware(Hosts, names=hosts.known()),
        Middleware(Sessions, most=most_visitors()),
        Middleware(Recognised, base=base_path()),
        Middleware(Encoded, base=base_path()),
    ],
    lifespan=lifespan,
    on_script_error=trouble.in_callback,
)
