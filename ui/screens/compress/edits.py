"""What changes the whole form of a pipeline at once: ready pipelines, and one that a goal or a paste brings."""

import streamlit as st

import ui
from distill_core.errors import InvalidSetting
from distill_core.spec import Experiment
from distill_core.templates.compression_chain import CompressionChain
from ui.screens.compress import starts
from ui.screens.compress.draft import FORM, plain
from ui.screens.compress.presets import presets
from ui.text.language import _

__all__ = ["fill", "offer", "take"]


def offer() -> None:
    """Ready pipelines; one fills the steps of the form."""
    with st.popover(_("Start from a ready pipeline"), icon=":material/auto_awesome:"):
        for preset in presets():
            key = f"c_preset_{preset.name}"
            st.button(_(preset.title), key=key, on_click=_steps, args=(preset.chain,), width="stretch")
            st.caption(_(preset.teaches))


def take(chain: CompressionChain) -> None:
    """For callbacks: the form shows this chain."""
    FORM.load(plain(chain))


def fill(experiment: Experiment) -> tuple[str, ...]:
    """For callbacks: the form shows the chain that writes an experiment. Raises InvalidSetting where none does."""
    chain = ui.lab().catalog.chain_spec(experiment)
    if chain is None:
        expected, hint = _("an experiment that steps of compression make"), _("paste it on Train")
        raise InvalidSetting("the specification", expected=expected, got="another one", hint=hint)
    take(chain)
    return ()


def _steps(chain: CompressionChain) -> None:
    """The steps of this chain and where it starts; what all share stays as it is."""
    made = plain(chain)
    found = {**FORM.values, "links": made["links"], "start": made["start"]}
    FORM.load({**found, "links": starts.cut_for_task(ui.lab(), found)})
