"""The identity of a computation: a hash of an ONNX graph without its weights and names."""

from __future__ import annotations

import hashlib

from distill_core.errors import CorruptFile
from distill_core.files import sha256_of
from distill_core.lazy_torch import onnx
from distill_core.spec import fingerprint

MISSING = "missing"


def graph_hash(data: bytes) -> str:
    """SHA-256 (hex) of the graph of an ONNX file, without the values of its weights and without names.

    Two networks of one architecture have equal hashes; another width, number format or operator changes the hash. Each
    value is hashed from its operator and the hashes of that operator's inputs, so the order of nodes has no effect.
    Shapes and limits (int64, bool, single constants) count with their values, other tensors by type and shape.
    Raises: CorruptFile if the bytes are no ONNX file.
    """
    model = load(data)
    opsets = sorted((opset.domain, opset.version) for opset in model.opset_import)
    return _digest("model", opsets, _graph(model.graph, {}))


def weighted_graph_hash(data: bytes) -> str:
    """SHA-256 (hex) of graph and weights, for a network whose speed may depend on the values of its weights.

    Raises: CorruptFile if the bytes are no ONNX file.
    """
    return fingerprint(graph_hash(data), sha256_of(data))


def load(data: bytes) -> onnx.ModelProto:
    """Raises CorruptFile if the bytes are no ONNX file."""
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

    try:
        model = onnx.load_model_from_string(data)
    except DecodeError as error:
        raise _corrupt(error) from error
    if not model.graph.output:
        raise _corrupt("a graph without an output")
    return model


def _corrupt(got: object) -> CorruptFile:
    return CorruptFile("an ONNX file", expected="a graph", got=got, hint="export it again")


def _graph(graph: onnx.GraphProto, outer: dict[str, str]) -> str:
    known = outer | {"": MISSING}
    known |= {value.name: _input(place, value) for place, value in enumerate(graph.input)}
    known |= {tensor.name: _weight(tensor) for tensor in graph.initializer}
    digests = [digest for node in graph.node if (digest := _node(node, known))]
    outputs = [known[value.name] for value in graph.output]
    # the sorted list distinguishes a node that is used twice from two equal nodes
    return _digest("graph", len(graph.input), outputs, sorted(digests))


def _node(node: onnx.NodeProto, known: dict[str, str]) -> str | None:
    """Add the hashes of the node's outputs to ``known``; None for a node that computes nothing."""
    if node.op_type == "Identity" and node.domain == "":
        known[node.output[0]] = known[node.input[0]]  # the exporter adds these where two weights are equal
        return None
    attributes = sorted((attribute.name, _attribute(attribute, known)) for attribute in node.attribute)
    if node.op_type == "Constant" and attributes:
        known[node.output[0]] = attributes[0][1]
        return None
    digest = _digest(node.domain, node.op_type, [known[name] for name in node.input], attributes)
    known |= {name: _digest(digest, place) for place, name in enumerate(node.output)}
    return digest


def _attribute(attribute: onnx.AttributeProto, known: dict[str, str]) -> str:
    if attribute.type == onnx.AttributeProto.TENSOR:
        return _constant(attribute.t)
    if attribute.type == onnx.AttributeProto.GRAPH:
        return _graph(attribute.g, known)
    return _digest("attribute", attribute.type, repr(onnx.helper.get_attribute_value(attribute)))


def _constant(tensor: onnx.TensorProto) -> str:
    single = all(size == 1 for size in tensor.dims)
    return _values(tensor) if single else _weight(tensor)


def _weight(tensor: onnx.TensorProto) -> str:
    if tensor.data_type in (onnx.TensorProto.INT64, onnx.TensorProto.BOOL):
        return _values(tensor)
    return _digest("tensor", tensor.data_type, list(tensor.dims))


def _values(tensor: onnx.TensorProto) -> str:
    return _digest("values", tensor.data_type, list(tensor.dims), onnx.numpy_helper.to_array(tensor).tolist())


def _input(place: int, value: onnx.ValueInfoProto) -> str:
    tensor = value.type.tensor_type
    sizes = [size.dim_value if size.HasField("dim_value") else "any" for size in tensor.shape.dim]
    return _digest("input", place, tensor.elem_type, sizes)


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()
