"""Exports a network to one ONNX file with the same logits. B examples, C classes."""

from __future__ import annotations

import copy
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from distill_core.deployment.graph_digest import graph_hash
from distill_core.deployment.parity import tolerance, within_tolerance
from distill_core.deployment.runtime import session
from distill_core.errors import ExportMismatch, said
from distill_core.lazy_torch import Tensor, nn, torch
from distill_core.networks.blueprint import Blueprint
from distill_core.networks.example import example_input

OPSET = 17
CHECKED_BATCHES = (1, 7, 32)


@dataclass(frozen=True, kw_only=True, slots=True)
class OnnxFile:
    """The file, the hash of its graph without weights, and the largest absolute difference of a logit from torch."""

    data: bytes
    graph: str
    largest_difference: float


def export_onnx(network: nn.Module, blueprint: Blueprint) -> OnnxFile:
    """Export ``images`` (B, C, H, W; normalised, float32), or ``input`` where it is none (B, *shape), to ``logits``
    (B, classes); any batch size works.

    Exports a copy of the network (CPU, float32, eval mode); the caller's network is not changed.
    Raises: ExportMismatch if onnxruntime's logits differ from torch's by more than rounding (``parity``).
    """
    with torch.inference_mode(False), torch.autocast("cpu", enabled=False):
        copied = _copy(network)
        data = _export(copied, blueprint)
        opened = session(data, threads=1)
        examples = (example_input(blueprint, batch_size) for batch_size in CHECKED_BATCHES)
        largest = max(_difference(copied, opened, batch) for batch in examples)
        return OnnxFile(data=data, graph=graph_hash(data), largest_difference=largest)


def _copy(network: nn.Module) -> nn.Module:
    copied = copy.deepcopy(network).to("cpu", torch.float32).to(memory_format=torch.contiguous_format)
    # with gradients on, torch's attention stays with plain operators, which ONNX has
    return copied.eval().requires_grad_(True)


def _export(network: nn.Module, blueprint: Blueprint) -> bytes:
    name = "images" if blueprint.input.is_image else "input"
    with tempfile.TemporaryDirectory() as folder, torch.enable_grad():
        path = Path(folder) / "network.onnx"
        torch.onnx.export(
            network,
            # a batch of one invites the tracer to take 1 for a constant
            (example_input(blueprint, 2),),
            path,
            input_names=[name],
            output_names=["logits"],
            dynamic_axes={name: {0: "batch"}, "logits": {0: "batch"}},
            opset_version=OPSET,
            dynamo=False,
        )
        return path.read_bytes()


def _difference(network: nn.Module, opened: Any, batch: Tensor) -> float:
    with torch.no_grad():
        expected_BC = network(batch).numpy()
    (answered_BC,) = opened.run(["logits"], {opened.get_inputs()[0].name: batch.numpy()})
    agrees, difference = within_tolerance(answered_BC, expected_BC, "float32")
    if not agrees:
        raise ExportMismatch(
            "the ONNX file's logits",
            expected=said("torch's within {tolerance:.3g}", tolerance(expected_BC, "float32")),
            got=said("a difference of {difference:g}", difference),
            hint="the trained weights are kept; report the network",
        )
    return difference
