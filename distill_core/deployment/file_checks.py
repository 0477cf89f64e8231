"""Checks of a stranger's files before they are stored: they are parsed, and nothing of them is run."""

from __future__ import annotations

from collections.abc import Set
from typing import TYPE_CHECKING

from distill_core.archive import refused
from distill_core.deployment.graph_digest import graph_hash, load, weighted_graph_hash
from distill_core.errors import CorruptFile, said

if TYPE_CHECKING:
    import onnx

AGAIN = "export it again"
# Where operators may come from: ONNX itself, and onnxruntime's own, which quantized files use.
DOMAINS = {"", "ai.onnx", "com.microsoft"}


def check_safetensors(data: bytes) -> None:
    """Raises CorruptFile unless these are tensors whose header describes all bytes."""
    from safetensors import SafetensorError, deserialize

    try:
        deserialize(data)  # type: ignore[no-untyped-call]
    except SafetensorError as error:
        raise refused("safetensors", error, AGAIN, what="a file of tensors") from error


def check_onnx(data: bytes, graphs: Set[str]) -> None:
    """Raises CorruptFile unless this is a graph of known operators that holds its weights itself and has no graphs
    within: no other file is ever opened for it, and it has no loop. ``graphs``: the hashes of it that its runs name."""
    import onnx

    model = load(data)
    domains = {opset.domain for opset in model.opset_import} | {node.domain for node in model.graph.node}
    if not domains <= DOMAINS or model.functions or model.training_info:
        raise _refused(
            "operators of ONNX alone", said("others ({names})", ", ".join(sorted(domains - DOMAINS)) or "functions")
        )
    attributes = [attribute for node in model.graph.node for attribute in node.attribute]
    inner = {onnx.AttributeProto.GRAPH, onnx.AttributeProto.GRAPHS}
    if any(attribute.type in inner or attribute.HasField("g") or attribute.graphs for attribute in attributes):
        raise _refused("a graph without loops and branches", "graphs within")
    tensors = [*model.graph.initializer, *(tensor for named in attributes for tensor in (named.t, *named.tensors))]
    sparse = [part for tensor in model.graph.sparse_initializer for part in (tensor.values, tensor.indices)]
    if any(map(_is_outside, [*tensors, *sparse])):
        raise _refused("weights in the file", "weights in another one")
    # Latencies are filed under the graph, so a file that names another one would be shown with that one's.
    if graphs and not graphs <= _hashes(data):
        raise _refused("the graph that its run names", "another one")


def _hashes(data: bytes) -> set[str]:
    try:
        return {graph_hash(data), weighted_graph_hash(data)}
    except (LookupError, TypeError, ValueError) as error:
        raise _refused("a graph whose values all come from somewhere", str(error)) from error


def _is_outside(tensor: onnx.TensorProto) -> bool:
    return bool(tensor.data_location or tensor.external_data)


def _refused(expected: str, got: str) -> CorruptFile:
    return refused(expected, got, AGAIN, what="an ONNX file")
