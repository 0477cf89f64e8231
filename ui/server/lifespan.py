"""The life of the lab in its server: there before the first visitor, and its queue ends with the server."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import ui
from distill_core.errors import DistillError
from distill_core.jobs.process_exit import LEAVING_SECONDS, handle_server_signals
from distill_core.jobs.torch_import import without_collection
from ui.server import logs

__all__ = ["lifespan"]

LOG = logging.getLogger(__name__)
# What Streamlit's command exits with after Ctrl-C.
ABORTED = 1


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """For ``st.App(lifespan=...)``."""
    logs.quieten()
    with handle_server_signals(ABORTED):
        try:
            ui.lab()
        except DistillError as error:  # the pages tell what is wrong; a server that does not start shows nothing
            LOG.error("%s", error)
        reading = asyncio.get_running_loop().run_in_executor(None, _read_first_page)
        try:
            yield
        finally:
            try:
                ui.close(LEAVING_SECONDS)
            finally:
                with suppress(Exception):  # told by the page that needs it
                    await reading


def _read_first_page() -> None:
    """Import what the first page is drawn with, while the browser still fetches its scripts. What was read by then
    stays: no collection looks through it again."""
    with without_collection():
        import ui.jobs.experiment
        import ui.screens.home.joblist  # noqa: F401
        from ui.browser import addresses

        logs.quieten()  # reading a module sets up its log
        gc.freeze()
    addresses.missing()  # bundles the scripts; the pages that need them tell what is wrong
