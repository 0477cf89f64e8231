"""The web application: its screens, the routes beside them, what stands in front of both, and the life of the lab.

Run it with ``streamlit run app.py``. The screens are in ``pages/``; ``ui/main.py`` puts them together, and what stands
around Streamlit's server is in ``ui/server/``.
"""

import gc

# Nothing that an import makes is garbage, and looking through it all again and again is a fifth of the start.
gc.disable()

# ruff: noqa: E402
from pathlib import Path

import streamlit as st

from ui.browser.addresses import base_path
from ui.browser.routes import routes
from ui.server.lifespan import lifespan
from ui.server.middleware import middleware
from ui.shell import trouble

gc.enable()

__all__ = ["app"]

app = st.App(
    Path(__file__).resolve().parent / "ui" / "main.py",
    routes=routes(base_path()),
    middleware=middleware(base_path()),
    lifespan=lifespan,
    on_script_error=trouble.in_callback,
)
