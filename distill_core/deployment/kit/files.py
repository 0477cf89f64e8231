"""The ONNX files of a kit, with what an application needs to know in their metadata, held against the lab's answers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from distill_core import __version__
from distill_core.deployment.graph_digest import load
from distill_core.deployment.kit.raw import COLOURS, MASK, PROBABILITIES, RawInput, ready_file
from distill_core.deployment.kit.source import COMMAND, KitSource
from distill_core.deployment.parity import within_tolerance
from distill_core.deployment.runtime import onnx_predictor, session
from distill_core.deployment.sound_features import features
from distill_core.errors import ExportMismatch, said
from distill_core.lazy_torch import onnx

# Of probabilities: as far as logits may be apart, a quarter of that at most.
PROBABILITY_TOLERANCE = {"float32": 1e-3, "float16": 0.02, "int8": 0.05}
BATCH = 50
LAYOUTS = {1: "(batch, numbers)", 2: "(batch, channels, length)", 3: "NCHW"}


@dataclass(frozen=True, kw_only=True, slots=True)
class KitFile:
    """An ONNX file, and how far its answers are from the lab's own: the largest ``difference`` of a logit or a
    probability, and on how many of ``count`` examples (or pixels) it decides the ``same``; 0 where the lab's answers
    are not kept."""

    name: str
    precision: str
    raw: RawInput | None
    data: bytes
    difference: float
    same: int
    count: int


def network_file(source: KitSource, precision: str) -> KitFile:
    """The network from prepared inputs to logits. Raises ExportMismatch where the run's own file answers otherwise than
    the lab stored."""
    data = source.file(precision)
    given, wanted = onnx_predictor(data)(source.examples), source.logits_N
    difference, same, count = 0.0, 0, 0
    if wanted is not None:
        agrees, difference = within_tolerance(given, wanted, precision)
        same, count = _decided_alike(given, wanted)
        _check(agrees or precision != source.own, source, difference)
    written = with_metadata(data, _metadata(source, precision, None))
    name = f"network_{precision}.onnx"
    return KitFile(
        name=name, precision=precision, raw=None, data=written, difference=difference, same=same, count=count
    )


def ready(source: KitSource, network: KitFile, raw: RawInput) -> KitFile:
    """The file from raw inputs to probabilities. Raises ExportMismatch where it answers otherwise than ``network``
    behind the lab's own preparation."""
    made = ready_file(network.data, source.task, raw)
    opened = session(made, threads=1)
    difference, same, count = 0.0, 0, 0
    for feed in raw.feeds(source.test, len(source.examples)):
        given = np.concatenate([opened.run([PROBABILITIES], {raw.name: piece})[0] for piece in _pieces(raw, feed)])
        wanted = softmax(onnx_predictor(network.data)(_prepared(source, feed)))
        difference = max(difference, float(np.abs(given - wanted).max()))
        alike = _decided_alike(given, wanted)
        same, count = same + alike[0], count + alike[1]
    _check(difference <= PROBABILITY_TOLERANCE[network.precision], source, difference)
    written = with_metadata(made, _metadata(source, network.precision, raw))
    name = f"ready_{network.precision}.onnx"
    return KitFile(
        name=name, precision=network.precision, raw=raw, data=written, difference=difference, same=same, count=count
    )


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities of logits (B, C, *positions)."""
    powers = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(powers / powers.sum(1, keepdims=True))


def with_metadata(data: bytes, told: dict[str, str]) -> bytes:
    """The file with these metadata in place of any that it had."""
    model = load(data)
    onnx.helper.set_model_props(model, told)
    model.doc_string = f"{told['title']}: {told['input']}; {told['output']}"
    written: bytes = model.SerializeToString()
    return written


def _prepared(source: KitSource, feed: np.ndarray) -> np.ndarray:
    """What the lab makes of a raw input: the examples themselves, or the features of a sound."""
    return features(feed)[source.task.features] if source.task.features else source.examples


def _pieces(raw: RawInput, feed: np.ndarray) -> list[np.ndarray]:
    """A feed in batches; a recording is one example."""
    return [feed] if raw.kind == "sound" else [feed[start : start + BATCH] for start in range(0, len(feed), BATCH)]


def _decided_alike(given: np.ndarray, wanted: np.ndarray) -> tuple[int, int]:
    alike = given.argmax(1) == wanted.argmax(1)
    return int(alike.sum()), alike.size


def _check(agrees: bool, source: KitSource, difference: float) -> None:
    if not agrees:
        expected, got = "the lab's own answers, up to rounding", said("a difference of {difference:g}", difference)
        what = said("a file of the kit of run {run_id}", source.run.id)
        raise ExportMismatch(what, expected=expected, got=got, hint="report the network")


def _metadata(source: KitSource, precision: str, raw: RawInput | None) -> dict[str, str]:
    task, positions = source.task, source.task.target.positions
    pixels = f", and {MASK}, the class of each" if positions and raw else ""
    answers = "probabilities" if raw else "logits"
    told = {
        "title": source.title,
        "task": task.name,
        "task_title": task.title,
        "kind": (raw.kind if raw else task.kind.name) if not positions else "scene",
        "classes": json.dumps(task.classes, ensure_ascii=False),
        "input": raw.told if raw else network_input(source),
        "input_name": raw.name if raw else ("images" if task.input.is_image else "input"),
        "input_layout": raw.layout if raw else LAYOUTS.get(len(task.input.shape), ""),
        "input_shape": json.dumps(raw.shape[1:] if raw else task.input.shape),
        "input_type": raw.dtype if raw else task.input.dtype,
        "output": f"{answers}: (batch, classes{', height, width' if len(positions) == 2 else ''}){pixels}",
        "precision": precision,
        "data": task.source,
        "licence": task.licence,
        "run_id": source.run.id,
        "command": COMMAND,
        "made_by": f"Distill Lab {__version__}",
    }
    columns = [{"name": one.name, "categories": one.categories} for one in task.columns]
    told |= {"columns": json.dumps(columns, ensure_ascii=False)} if columns else {}
    return told | (_of_images(task) if task.image_spec is not None else {})


def _of_images(task: Any) -> dict[str, str]:
    return {
        "size": f"{task.size_px}x{task.size_px}",
        "colour_order": COLOURS.get(task.channels, str(task.channels)),
        "mean": json.dumps(task.images.mean),
        "std": json.dumps(task.images.std),
        "scale": "(pixel / 255 - mean) / std",
    }


def network_input(source: KitSource) -> str:
    """What the network itself takes, as a sentence."""
    task = source.task
    sizes = " × ".join(map(str, task.input.shape))
    if task.image_spec is not None:
        colours = COLOURS.get(task.channels, f"{task.channels} channels")
        prepared = "(pixel / 255 - mean) / std"
        return f"float32, channels first, {sizes}, {colours}, {prepared}: (batch, channels, height, width)"
    if task.input.vocabulary is not None:
        return f"int64, {sizes} numbers from 0 to {task.input.vocabulary - 1} an example: (batch, {sizes})"
    if task.columns:
        return f"float32, {sizes} columns as they were read, NaN where a value is missing: (batch, {sizes})"
    return f"float32, {sizes} numbers an example, prepared as the task's: (batch, {sizes})"
