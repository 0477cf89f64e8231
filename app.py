"""The web application: the headers that browsers want before they give a page threads, the routes beside the pages,
and the life of the lab.

Run it with ``streamlit run app.py``. The screens are in ``pages/``; ``ui/main.py`` puts them together.
"""

import asyncio
import gc

# Nothing that an import makes is garbage, and looking through it all again and again is a fifth of the start.
gc.disable()

# ruff: noqa: E402
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from distill_core.errors import DistillError
from distill_core.pipeline.libraries import without_collection
from ui import close, lab
from ui.browser.device import Recognised
from ui.browser.routes import routes

gc.enable()

__all__ = ["Isolated", "app"]

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


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """The lab is there before the first visitor, and its queue ends with the server."""
    with suppress(DistillError):  # the pages tell what is wrong; a server that does not start tells nobody
        lab()
    reading = asyncio.get_running_loop().run_in_executor(None, _read_first_page)
    try:
        yield
    finally:
        await reading
        close()


def _read_first_page() -> None:
    """Import what the first page is drawn with, while the browser still fetches its scripts. What was read by then
    stays: no collection looks through it again."""
    with without_collection():
        import ui.experiment
        import ui.joblist  # noqa: F401

        gc.freeze()


app = st.App(
    Path(__file__).resolve().parent / "ui" / "main.py",
    routes=routes(),
    middleware=[Middleware(Isolated), Middleware(Recognised)],
    lifespan=lifespan,
)
