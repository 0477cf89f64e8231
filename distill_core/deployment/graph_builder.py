"""Writes an ONNX graph by hand, node by node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from distill_core.deployment.onnx_export import OPSET
from distill_core.lazy_torch import onnx

# Of the format, not of the package: the oldest that knows the operators.
IR_VERSION = 8


class GraphBuilder:
    """Nodes in a row, each named by its place after ``prefix``; numbers are float32, counts int64."""

    def __init__(self, prefix: str = "") -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._prefix = prefix

    def add(self, operator: str, *inputs: str, outputs: Sequence[str] = (), **attributes: Any) -> str:
        """The name of the first output of a new node."""
        named = outputs or (f"{self._prefix}{operator.lower()}{len(self.nodes)}",)
        self.nodes.append(onnx.helper.make_node(operator, inputs, named, **attributes))
        return named[0]

    def number(self, value: Any) -> str:
        return self._constant(np.asarray(value, np.float32))

    def counts(self, *values: int) -> str:
        return self._constant(np.array(values, np.int64))

    def small_counts(self, *values: int) -> str:
        """8-bit numbers; a single one has no axis."""
        return self._constant(np.array(values[0] if len(values) == 1 else values, np.uint8))

    def _constant(self, value: np.ndarray) -> str:
        name = f"{self._prefix}constant{len(self.constants)}"
        self.constants.append(onnx.numpy_helper.from_array(value, name))
        return name

    def file(self, title: str, inputs: Sequence[Any], outputs: Sequence[Any]) -> bytes:
        """The ONNX file from ``inputs`` to ``outputs``, both as value infos."""
        graph = onnx.helper.make_graph(self.nodes, title, inputs, outputs, self.constants)
        opset = [onnx.helper.make_operatorsetid("", OPSET)]
        made = onnx.helper.make_model(graph, opset_imports=opset, ir_version=IR_VERSION, producer_name="distill_lab")
        onnx.checker.check_model(made, full_check=True)
        data: bytes = made.SerializeToString()
        return data
