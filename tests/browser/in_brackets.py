"""The application in less time, in a language in which each text of a catalogue stands in brackets."""

from pathlib import Path

import streamlit as st

import tests.browser.hurry  # noqa: F401  (before the application, whose pages take what is there)
from tests.ui.bracketed import Bracketed
from ui.text import language

import app as real  # isort: skip

_TEXTS = Bracketed()
language._catalogue = lambda name: _TEXTS
# Streamlit looks for such a line; what it serves is the lab's own application.
app = st.App(Path(__file__).resolve().parents[2] / "ui" / "main.py")
app = real.app
