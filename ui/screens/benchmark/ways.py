"""What can run a network, and how each is called on the page and in its address."""

import math
from collections.abc import Mapping
from typing import Any

from ui.text.language import ngettext

__all__ = ["BACKENDS", "BATCHES", "ORDER", "SHOWN", "answers", "backend", "called"]

# In a browser: the names of the address, with what they say to a visitor.
BACKENDS = {
    "wasm-1": "WebAssembly on one thread",
    "wasm-n": "WebAssembly on as many threads as the device has cores for",
    "webgpu": "WebGPU, where the browser has an adapter",
}
BATCHES = (1, 8, 32, 128)
ORDER = ("wasm-1", "wasm-n", "webgpu", "onnxruntime-1", "onnxruntime-n", "torch eager-1", "torch eager-n")
# What pickers say for ``ORDER`` and ``BACKENDS``; addresses hold the ids.
SHOWN = {
    "wasm-1": "WebAssembly, 1 thread",
    "wasm-n": "WebAssembly, multi-threaded",
    "webgpu": "WebGPU",
}
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
        return title if row["whole_graph"] else f"{title} with the CPU"
    return ngettext("{backend}, {count} thread", "{backend}, {count} threads", int(row["threads"]), backend=title)


def answers(row: Mapping[str, Any]) -> str:
    """What came of holding the logits against the server's."""
    difference = row["largest_difference"]
    if row["agrees"]:
        return "outputs match" if math.isnan(difference) else f"outputs match, up to {difference:.1g}"
    return "cannot be compared" if math.isnan(difference) else f"outputs differ by up to {difference:.2g}"
