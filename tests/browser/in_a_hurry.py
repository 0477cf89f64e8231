"""The application as the lab serves it, in less time."""

from pathlib import Path

import streamlit as st

import tests.browser.hurry  # noqa: F401  (before the application, whose pages take what is there)

import app as real  # isort: skip

# Streamlit looks for such a line; what it serves is the lab's own application.
app = st.App(Path(__file__).resolve().parents[2] / "ui" / "main.py")
app = real.app
