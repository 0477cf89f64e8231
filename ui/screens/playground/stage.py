"""The canvas and the answers: a component whose networks run inside the visitor's browser. No image comes back."""

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from distill_core.tasks import Split, Task
from distill_core.tasks.sound import SOUND
from ui.browser import scripts, texts
from ui.browser.addresses import TEN_BITS, addresses
from ui.browser.styles import with_controls
from ui.networks import marks, style
from ui.networks.exported import Network
from ui.networks.style import Look
from ui.screens.playground import shelf

__all__ = ["DRIFT", "KEY", "SCENE_DRIFT", "drift", "examples", "on_canvas", "show", "shown"]

KEY = "playground"
# The kinds of drift, with the least and the most of each, as in ui/browser/js/drift.js and scene_drift.js.
DRIFT: Mapping[str, tuple[float, float]] = {"rotation": (0.0, 90.0), "blur": (0.0, 3.0), "noise": (0.0, 0.5)}
SCENE_DRIFT: Mapping[str, tuple[float, float]] = {**DRIFT, "shift": (0.0, 16.0), "brightness": (-0.5, 0.5)}
_component = st.components.v2.component(
    "playground",
    html='<div class="playground"><p>…</p>\n</div>',
    css=with_controls(Path(__file__).with_name("playground.css")),
    js=scripts.component("playground"),
)


def show(
    task: Task,
    networks: Sequence[Network],
    looks: Mapping[str, Look],
    *,
    hashes: Mapping[str, str],
    temperature: float,
    more: Mapping[str, Any] | None = None,
    files: Mapping[str, str] = {},
    take: Callable[[Any], None] = lambda _words: None,
) -> None:
    """``hashes``: of the networks' files, by run id; ``files``: where those are that are no runs (``shipped.files``).
    ``more``: what a canvas needs besides (``on_canvas``), or a microphone (``beside``). ``take``: called with the words
    that the visitor's voice is to be learnt from."""
    _component(
        key=KEY,
        data={
            "addresses": addresses(),
            "spoken": texts.spoken("playground", texts.MODULES),
            "task": examples(task),
            "classes": list(task.classes),
            "networks": shown(networks, looks, hashes, files),
            "temperature": temperature,
            "dark": style.dark(),
            **(more or {}),
        },
        on_voice_change=lambda: take(st.session_state[KEY].voice),
        on_picked_change=_pick,
        on_others_change=shelf.turn,
        on_drift_change=lambda: None,
        on_look_change=lambda: None,
        on_asked_change=lambda: None,
    )


def on_canvas(split: Split, sample: int | None) -> dict[str, Any]:
    """Test images, and the drift; ``sample``: the one to put on the canvas, where it is another one than before."""
    placed = None if sample is None else shelf.picture(split, sample)
    return {"samples": shelf.shelf(split), "sample": placed, "drift": drift()}


def examples(task: Task) -> dict[str, Any]:
    """How a browser makes an example of what is drawn, spoken or written."""
    if task.image_spec:
        spec = task.image_spec
        sizes = {"channels": task.channels, "size_px": task.size_px}
        return {"name": task.name, **sizes, "mean": list(spec.mean), "std": list(spec.std)}
    made = {"name": task.name, "kind": task.kind.name, "shape": list(task.input.shape), "dtype": task.input.dtype}
    return {**made, "features": task.features} if task.kind == SOUND else made


def drift(kinds: Mapping[str, tuple[float, float]] = DRIFT) -> dict[str, float]:
    """How far the image drifts: as the visitor left the sliders, at first as the address says."""
    kept = st.session_state.get(KEY)
    drift = (kept or {}).get("drift") or {name: st.query_params.get(name) for name in kinds}
    return {name: _within(drift.get(name), *ends) for name, ends in kinds.items()}


def _within(value: Any, least: float, most: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return 0.0
    return min(max(number, least), most) if math.isfinite(number) else 0.0


def shown(
    networks: Sequence[Network], looks: Mapping[str, Look], hashes: Mapping[str, str], files: Mapping[str, str] = {}
) -> list[dict[str, str]]:
    """How a browser finds and shows networks. ``files``: where those are that are no runs, by their number."""
    return [
        _network(one, looks[one.name], files.get(one.run_id) or _file(one.run_id, hashes.get(one.run_id, "")))
        for one in networks
    ]


def _file(run_id: str, sha256: str) -> str:
    return f"{run_id}/{TEN_BITS}.onnx?{urlencode({'sha256': sha256})}"


def _network(network: Network, look: Look, file: str) -> dict[str, str]:
    return {
        "run_id": network.run_id,
        "file": file,
        "name": network.shown,
        "role": network.role,
        "mark": marks.picture(look),
        "colour": look.colour,
    }


def _pick() -> None:
    picked = st.session_state[KEY].picked
    if isinstance(picked, int | float):
        # Below nothing: another image lies on the canvas.
        st.session_state["sample"] = int(picked) if picked >= 0 else None
