"""The application with faults in it: a page, a part with a clock and a callback that raise what nobody foresaw."""

from pathlib import Path

import streamlit as st

import app as real
from ui.screens.methods import look
from ui.shell import sidebar

SECRET = "/srv/secret/place.py"


def fail(*_args: object) -> None:
    raise RuntimeError(f"something broke in {SECRET}")


def queue(_lab: object, _called: object) -> None:
    from ui.shell import trouble

    st.button("Break", on_click=fail)
    trouble.fragment(fail, 0.5)()


look.begin = fail
sidebar.queue = queue
# Streamlit looks for such a line; what it serves is the lab's own application.
app = st.App(Path(__file__).resolve().parents[2] / "ui" / "main.py")
app = real.app
