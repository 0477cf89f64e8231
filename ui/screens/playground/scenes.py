"""Scenes beside the canvas: pixels, true masks and the colours of their classes."""

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from distill_core.tasks import Task
from distill_core.tasks.base import IGNORE
from distill_core.tasks.segmentation.dataset import Scenes
from ui.examples import tones
from ui.networks import masks
from ui.screens.playground import shelf, stage
from ui.thumbnails import thumbnail

__all__ = ["address", "look", "on_canvas", "scene"]

# A scene brings its mask along: twelve are 110 kB.
SHOWN = 12
# As ui/browser/js/masks.js reads a void pixel.
VOID = 255
# What is drawn of a mask, as in ui/browser/js/masks_words.js, at first the first.
LOOKS = ("classes", "shares", "entropy")
STEPS = 9


def on_canvas(task: Task, split: Scenes, sample: int | None) -> dict[str, Any]:
    """Test scenes, the drift, and how masks are drawn; ``sample``: the scene to put on the canvas, where it is another
    one than before."""
    return {
        "task": {**stage.examples(task), **_drawn(task)},
        "samples": [scene(split, index) for index in shelf.numbers(len(split), SHOWN)],
        "sample": None if sample is None else scene(split, sample),
        "count": len(split),
        "drift": stage.drift(stage.SCENE_DRIFT),
        "look": look(),
    }


def _drawn(task: Task) -> dict[str, Any]:
    """``ground``: the grey of an empty canvas, the mean of training scenes; ``tones``: from certain to uncertain."""
    scale = tones()[np.linspace(0, len(tones()) - 1, STEPS).round().astype(int)]
    return {
        "kind": task.kind.name,
        "ground": round(255 * float(np.mean(task.images.mean))),
        "colours": masks.of_classes(len(task.classes)),
        "tones": [f"#{bytes(colour).hex()}" for colour in scale],
    }


def look() -> dict[str, Any]:
    """What is drawn of masks: as the visitor chose, at first as the address says."""
    kept = (st.session_state.get(stage.KEY) or {}).get("look") or {
        "show": st.query_params.get("mask"),
        "outline": st.query_params.get("outline") != "no",
    }
    chosen = kept.get("show")
    return {"show": chosen if chosen in LOOKS else LOOKS[0], "outline": bool(kept.get("outline"))}


def address() -> Mapping[str, str]:
    """``look`` as an address holds it: what is as at first is left out."""
    chosen = look()
    shown = {} if chosen["show"] == LOOKS[0] else {"mask": chosen["show"]}
    return shown if chosen["outline"] else {**shown, "outline": "no"}


def scene(split: Scenes, index: int) -> dict[str, Any]:
    """``held``: the classes in it; ``mask``: one a pixel."""
    image_HWC, mask_HW = split.images_NHWC[index], split.labels_N[index]
    return {
        "index": index,
        "held": [int(place) for place in np.unique(mask_HW) if place != IGNORE],
        "mask": _base64(np.where(mask_HW == IGNORE, VOID, mask_HW).astype(np.uint8)),
        "src": thumbnail(image_HWC),
        "pixels": _base64(image_HWC),
    }


def _base64(values: np.ndarray) -> str:
    return base64.b64encode(values.tobytes()).decode()
