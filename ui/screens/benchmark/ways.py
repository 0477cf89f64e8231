"""What can run a network, and how each is called on the page and in its address."""

import math
from collections.abc import Mapping
from typing import Any

from ui.text import words
from ui.text.language import N_, Texts, _, ngettext

__all__ = ["BACKENDS", "BATCHES", "ORDER", "SHOWN", "answers", "backend", "called"]

# In a browser: the names of the address, with what they say to a visitor.
BACKENDS = Texts(
    {
        "wasm-1": N_("WebAssembly on one thread"),
        "wasm-n": N_("WebAssembly on as many threads as the device has cores for"),
        "webgpu": N_("WebGPU, where the browser has an adapter"),
    }
)
BATCHES = (1, 8, 32, 128)
ORDER = ("wasm-1", "wasm-n", "webgpu", "onnxruntime-1", "onnxruntime-n", "torch eager-1", "torch eager-n")
# What pickers say for ``BACKENDS``, and for the best of each device; addresses hold the ids.
SHOWN = Texts(
    {
        "wasm-1": N_("WebAssembly, 1 thread"),
        "wasm-n": N_("WebAssembly, multi-threaded"),
        "webgpu": N_("WebGPU"),
        "fastest": N_("fastest"),
    }
)
_TITLES = {"wasm": "WebAssembly", "webgpu": "WebGPU"}


def backend(row: Mapping[str, Any]) -> str:
    """The name of what ran: as in ``BACKENDS``, or the server's ``onnxruntime-1`` and the like."""
    if row["backend_key"] == "webgpu":
        return "webgpu"
    return f"{row['backend_key']}-{'1' if row['threads'] == 1 else 'n'}"


def called(row: Mapping[str, Any]) -> str:
    """``WebAssembly, 2 threads``, ``WebGPU``, ``onnxruntime, 1 thread``; what fell back to the CPU is told."""
    title = _TITLES.get(row["backend_key"], row["backend_key"])
    if row["backend_key"] == "webgpu":
        return title if row["whole_graph"] else _("{title} with the CPU", title=title)
    return ngettext("{backend}, {count} thread", "{backend}, {count} threads", int(row["threads"]), backend=title)


def answers(row: Mapping[str, Any]) -> str:
    """What came of holding the logits against the server's."""
    difference = row["largest_difference"]
    if row["agrees"]:
        if math.isnan(difference):
            return _("outputs match")
        return _("outputs match, up to {difference}", difference=words.short(difference, 1))
    if math.isnan(difference):
        return _("cannot be compared")
    return _("outputs differ by up to {difference}", difference=words.short(difference, 2))
