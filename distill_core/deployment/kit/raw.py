"""Files that take what a device has, 8-bit images, samples or bytes of text, and answer probabilities.

Preparation and softmax stand in the graph, before and behind the network's own. B examples, C classes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from distill_core.deployment.graph_builder import GraphBuilder
from distill_core.deployment.graph_digest import load
from distill_core.deployment.sound_features import FEWEST, feature_graph
from distill_core.lazy_torch import onnx
from distill_core.tasks import Task
from distill_core.tasks.sound.mfcc import RATE_HZ
from distill_core.tasks.text.tokens import VOCABULARY, utf8

PREFIX = "prepare/"
PROBABILITIES, MASK = "probabilities", "classes"
# Of made-up sounds: data of sound ship as features, without the samples.
SOUND_SECONDS = (0.3, 0.6, 1.2)
COLOURS = {1: "grey", 3: "RGB"}


@dataclass(frozen=True, kw_only=True, slots=True)
class RawInput:
    """What a file with preparation takes. ``layout`` names the axes; ``told`` says it in a sentence. ``prepare`` adds
    the nodes and returns the name of what the network takes; ``feeds`` are inputs made of a part's first examples."""

    kind: str
    name: str
    dtype: str
    shape: tuple[str | int, ...]
    layout: str
    told: str
    prepare: Callable[[GraphBuilder], str]
    feeds: Callable[[Any, int], list[np.ndarray]]


def raw_input(task: Task) -> RawInput | None:
    """What the examples of a task are on a device; None for a kind that has no such form."""
    if task.image_spec is not None:
        return _images(task)
    if task.features:
        return _samples(task.features)
    if task.input.vocabulary == VOCABULARY and len(task.input.shape) == 1:
        return _text(task.input.shape[0])
    if task.columns:
        return _rows(len(task.columns))
    return None


def ready_file(data: bytes, task: Task, raw: RawInput) -> bytes:
    """The file ``data`` from raw inputs to ``probabilities`` (B, classes, *positions), and ``classes`` (B, *positions)
    where a task has positions."""
    model, builder = load(data), GraphBuilder(PREFIX)
    _read_from(model.graph, raw.prepare(builder))
    after = GraphBuilder("answer/")
    after.add("Softmax", "logits", axis=1, outputs=[PROBABILITIES])
    outputs = [("FLOAT", PROBABILITIES, [len(task.classes), *task.target.positions])]
    if task.target.positions:
        after.add("ArgMax", "logits", axis=1, keepdims=0, outputs=[MASK])
        outputs.append(("INT64", MASK, list(task.target.positions)))
    graph = model.graph
    nodes, constants = [*builder.nodes, *graph.node, *after.nodes], [*builder.constants, *graph.initializer]
    for field in (graph.node, graph.initializer, graph.input, graph.output):
        del field[:]
    graph.node.extend(nodes)
    graph.initializer.extend(constants)
    graph.input.append(_value(raw.dtype.upper().replace("FLOAT32", "FLOAT"), raw.name, list(raw.shape)))
    graph.output.extend(_value(kind, name, ["batch", *shape]) for kind, name, shape in outputs)
    written: bytes = model.SerializeToString()
    return written


def _read_from(graph: Any, prepared: str) -> None:
    """Let the nodes take ``prepared`` in place of the graph's input."""
    (given,) = graph.input
    for node in graph.node:
        node.input[:] = [prepared if name == given.name else name for name in node.input]


def _value(kind: str, name: str, shape: list[Any]) -> Any:
    return onnx.helper.make_tensor_value_info(name, getattr(onnx.TensorProto, kind), shape)


def _images(task: Task) -> RawInput:
    channels, side = task.channels, task.size_px
    colours = COLOURS.get(channels, f"{channels} channels")

    def prepare(graph: GraphBuilder) -> str:
        std = np.array(task.images.std, np.float32)
        mean = np.array(task.images.mean, np.float32)
        planes = graph.add("Transpose", graph.add("Cast", "images", to=onnx.TensorProto.FLOAT), perm=[0, 3, 1, 2])
        scaled = graph.add("Mul", planes, graph.number((1 / (255 * std))[:, None, None]))
        return graph.add("Sub", scaled, graph.number((mean / std)[:, None, None]))

    return RawInput(
        kind="image",
        name="images",
        dtype="uint8",
        shape=("batch", side, side, channels),
        layout="NHWC",
        told=f"8-bit images, {side} × {side} pixels, {colours}, rows from the top: (batch, height, width, channels)",
        prepare=prepare,
        feeds=lambda part, count: [part.images_NHWC[:count]],
    )


def _rows(columns: int) -> RawInput:
    return RawInput(
        kind="row",
        name="rows",
        dtype="float32",
        shape=("batch", columns),
        layout="(batch, columns)",
        told=f"rows of a table, {columns} columns as the metadata names them: numbers as they were read, of a category "
        "its place among those of its column, NaN where a value is missing; all is imputed and scaled in the file",
        prepare=lambda graph: graph.add("Identity", "rows"),
        feeds=lambda part, count: [part.values_NC[:count]],
    )


def _samples(features: str) -> RawInput:
    def prepare(graph: GraphBuilder) -> str:
        own = onnx.compose.add_prefix(
            load(feature_graph()), f"{PREFIX}features/", rename_inputs=False, rename_outputs=True
        )
        graph.nodes.extend(own.graph.node)
        graph.constants.extend(own.graph.initializer)
        return f"{PREFIX}features/{features}"

    return RawInput(
        kind="sound",
        name="samples",
        dtype="float32",
        shape=("samples",),
        layout="(samples,)",
        told=f"one recording at a time: samples of one channel at {RATE_HZ} Hz, -1 to 1, {FEWEST} of them or more, "
        "without what is quiet before and after it",
        prepare=prepare,
        feeds=lambda _part, _count: [_sound(seconds) for seconds in SOUND_SECONDS],
    )


def _sound(seconds: float) -> np.ndarray:
    """A made-up recording: a rising tone with two overtones, louder in the middle."""
    time = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    turns = 2 * np.pi * (180 + 60 * time / seconds) * time
    tone = sum(np.sin(n * turns) / n for n in (1, 2, 5))
    return np.asarray(0.3 * np.sin(np.pi * time / seconds) * tone, np.float32)


def _text(length: int) -> RawInput:
    def prepare(graph: GraphBuilder) -> str:
        long = graph.add("Pad", "text", graph.counts(0, 0, 0, length + 1), graph.small_counts(0))
        seen = graph.add("Slice", long, graph.counts(0), graph.counts(length + 1), graph.counts(1))
        bytes_BL = graph.add("Cast", seen, to=onnx.TensorProto.INT64)
        # A text is cut before the character that does not fit whole: its later bytes are 128 to 191.
        late = graph.add(
            "And",
            graph.add("GreaterOrEqual", bytes_BL, graph.counts(128)),
            graph.add("Less", bytes_BL, graph.counts(192)),
        )
        places, first = graph.counts(*range(length + 1)), graph.counts(0)
        cut_B1 = graph.add("ReduceMax", graph.add("Where", late, first, places), axes=[1], keepdims=1)
        kept = graph.add(
            "And", graph.add("Less", places, cut_B1), graph.add("Greater", bytes_BL, first)
        )  # 0 is padding
        tokens = graph.add("Where", kept, graph.add("Add", bytes_BL, graph.counts(1)), first)
        return graph.add("Slice", tokens, graph.counts(0), graph.counts(length), graph.counts(1))

    return RawInput(
        kind="text",
        name="text",
        dtype="uint8",
        shape=("batch", "bytes"),
        layout="(batch, bytes)",
        told=f"texts as UTF-8, a byte a number, shorter ones filled up with 0; of a longer one the whole characters "
        f"within {length} bytes count",
        prepare=prepare,
        feeds=lambda part, count: [padded(part.texts[:count])],
    )


def padded(texts: tuple[str, ...] | list[str]) -> np.ndarray:
    """(B, bytes), uint8: texts as UTF-8, filled up with 0."""
    rows = [utf8(text) for text in texts]
    bytes_BL = np.zeros((len(rows), max(map(len, rows), default=0)), np.uint8)
    for row_L, row in zip(bytes_BL, rows, strict=True):
        row_L[: len(row)] = np.frombuffer(row, np.uint8)
    return bytes_BL


def answers(opened: Any, raw: RawInput, feed: np.ndarray) -> Mapping[str, np.ndarray]:
    """The outputs of a session of ``ready_file`` by name."""
    names = [output.name for output in opened.get_outputs()]
    return dict(zip(names, opened.run(names, {raw.name: feed}), strict=True))
