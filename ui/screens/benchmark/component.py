"""The part of the page that runs in the visitor's browser: it measures, shows a row as it comes, and tells the lab."""

from collections.abc import Mapping

import streamlit as st

import ui
from ui.browser import scripts, texts
from ui.browser.addresses import addresses
from ui.browser.device import session_number
from ui.kinds import kind_of
from ui.networks import marks
from ui.networks.style import Look
from ui.screens.benchmark.choose import Choice

__all__ = ["data", "show"]

KEY = "benchmark"
_component = st.components.v2.component(
    "benchmark", html='<div class="benchmark"></div>\n', js=scripts.component("benchmark")
)


def show(choice: Choice, looks: Mapping[str, Look], *, label: str) -> None:
    """When a run has ended, the page is drawn once more and finds its measurements in the store."""
    _component(key=KEY, data=data(choice, looks, label=label), on_finished_change=lambda: None)


def data(choice: Choice, looks: Mapping[str, Look], *, label: str) -> dict[str, object]:
    """``looks``: by the name of each network."""
    return {
        "addresses": addresses(),
        "spoken": texts.spoken("benchmark", texts.MODULES),
        "device": session_number(),
        "networks": [
            {
                "run_id": network.run_id,
                "name": network.name,
                "role": network.role,
                "file": network.file,
                "mark": marks.picture(looks[network.name]),
                "colour": looks[network.name].colour,
            }
            for network in choice.networks
        ],
        "kind": kind_of(ui.lab(), choice.job.experiment.task).name,
        "backends": list(choice.backends),
        "batches": list(choice.batches),
        "precisions": list(choice.precisions),
        "auto": choice.auto,
        "label": label,
    }
