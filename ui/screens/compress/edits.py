"""What changes the whole form of a pipeline at once: ready pipelines, and one that a goal or a paste brings."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

import ui
from distill_core.errors import DistillError, InvalidSetting
from distill_core.spec import Experiment
from distill_core.tasks.images import IMAGE
from distill_core.templates.compression_chain import CompressionChain
from ui.forms import shared
from ui.jobs import expected
from ui.screens.compress import starts
from ui.screens.compress.draft import FORM, plain
from ui.screens.compress.presets import presets
from ui.text import words
from ui.text.language import _

__all__ = ["fill", "offer", "retasked", "take"]


def offer() -> None:
    """Ready pipelines; one fills the steps of the form. Those that the networks of its task do not allow say why."""
    label, icon = _("Start from a ready pipeline"), ":material/auto_awesome:"
    known = {task.name: task for task in ui.lab().tasks}
    # Networks of images allow all of them, and to find that out would take seconds.
    asks = (task := known.get(FORM.get(("task",)))) is not None and task.kind != IMAGE
    opens: dict[str, Any] = {"key": "c_presets", "on_change": "rerun"} if asks else {}
    with st.popover(label, icon=icon, **opens) as offered:
        for preset in presets():
            key, reason = f"c_preset_{preset.name}", _obstacle(preset.chain) if asks and offered.open else None
            more = {"disabled": bool(reason), "on_click": _steps, "args": (preset.chain,)}
            st.button(_(preset.title), key=key, width="stretch", **more)
            st.caption(words.sentence(reason) if reason else _(preset.teaches))


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


def retasked() -> None:
    """For callbacks, after another task was chosen: where its networks do not allow the steps of the form, the first
    ready pipeline that they allow; one that starts as a network of its own, where the form does."""
    if not _refusal(FORM.values):
        return
    own = starts.kind(FORM.get(("start",))) == starts.OWN
    chains = sorted((preset.chain for preset in presets()), key=lambda chain: own and not chain.start)
    able = next((chain for chain in chains if not _obstacle(chain)), None)
    if able is not None:
        _steps(able)


def _obstacle(chain: CompressionChain) -> DistillError | None:
    """Why the steps of a chain cannot be done with the task and teacher of the form; None where they can."""
    return _refusal(_with_steps(chain))


def _refusal(values: Mapping[str, Any]) -> DistillError | None:
    """Why a chain cannot run, known before it starts; None where it can."""
    lab = ui.lab()
    try:
        expected.planned(lab, lab.catalog.chain_experiment(CompressionChain.of(dict(values))))
    except DistillError as error:
        return error
    return None


def _steps(chain: CompressionChain) -> None:
    FORM.load(_with_steps(chain))


def _with_steps(chain: CompressionChain) -> dict[str, Any]:
    """The form with the steps of this chain and where it starts; what all share stays as it is."""
    made = plain(chain)
    found = {**FORM.values, "links": made["links"], "start": made["start"]}
    if starts.kind(found["start"]) == starts.OWN:
        found["start"] = shared.with_network(found["start"], starts.networks(ui.lab(), found["task"]))
    return {**found, "links": starts.cut_for_task(ui.lab(), found)}
