"""Strips the long names that exporters write: they are a tenth of the bytes of a small network's file."""

from __future__ import annotations

import itertools

from distill_core.lazy_torch import onnx

INSIDE = (5, 10)  # AttributeProto.GRAPH and GRAPHS


def strip_names(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy that computes the same: numbers name inner values, nodes have no name, and nodes and weights without
    effect on an output are removed, since onnxruntime warns of each.

    A graph with subgraphs keeps its names, since the subgraphs use them too.
    """
    short = onnx.ModelProto()
    short.CopyFrom(model)
    graph = short.graph
    if any(attribute.type in INSIDE for node in graph.node for attribute in node.attribute):
        return short
    kept = {"", *(value.name for value in (*graph.input, *graph.output))}
    _drop_unused(graph)
    numbers = (str(number) for number in itertools.count() if str(number) not in kept)
    names = {name: name if name in kept else next(numbers) for name in _names(graph)}
    for tensor in graph.initializer:
        tensor.name = names[tensor.name]
    for node in graph.node:
        node.name = node.doc_string = ""
        node.input[:] = [names[name] for name in node.input]
        node.output[:] = [names[name] for name in node.output]
    del graph.value_info[:]
    return short


def _drop_unused(graph: onnx.GraphProto) -> None:
    # Nodes are in topological order, so a single pass from the end is enough.
    taken = {value.name for value in graph.output}
    for node in reversed([*graph.node]):
        if taken.isdisjoint(node.output):
            graph.node.remove(node)
        else:
            taken.update(node.input)
    for tensor in [*graph.initializer]:
        if tensor.name not in taken:
            graph.initializer.remove(tensor)


def _names(graph: onnx.GraphProto) -> list[str]:
    """Every name once, in the order of the graph."""
    made = (name for node in graph.node for name in (*node.input, *node.output))
    return list(dict.fromkeys((*(tensor.name for tensor in graph.initializer), *made)))
