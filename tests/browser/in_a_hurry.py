"""The application as the lab serves it, in less time: a fifth of the default comparison's updates, latencies of five
runs here, and a tenth of a measurement's time in a browser. How long each takes in earnest is no matter of a page."""

import functools
from pathlib import Path

import streamlit as st

import app as real
from distill_core.experiment import Experiment
from distill_core.lab import Lab
from tests.quick import QUICK_TIMER
from ui.browser import scripts

LONG, SHORT = b"runs: 200, ms: 2000", b"runs: 200, ms: 200"
default_experiment = Lab.default_experiment


def short_experiment(lab: Lab, seeds: int = 1) -> Experiment:
    known = default_experiment(lab, seeds)
    budget = known.budget.model_copy(update={"updates": known.budget.updates // 5})
    return known.model_copy(update={"budget": budget})


served = scripts._served()
assert served["timing.js"].count(LONG) == 1
served["timing.js"] = served["timing.js"].replace(LONG, SHORT)
Lab.default_experiment = short_experiment  # type: ignore[method-assign]
Lab.open = functools.partial(Lab.open, timer=QUICK_TIMER)  # type: ignore[method-assign]
# Streamlit looks for such a line; what it serves is the lab's own application.
app = st.App(Path(__file__).resolve().parents[2] / "ui" / "main.py")
app = real.app
