"""The features of a recording as one ONNX graph, which this server and browsers run alike.

Its input: ``samples`` (n,), float32, -1 to 1, at 8 kHz, at least ``FEWEST`` of them. Its outputs are examples as
networks take them, (1, C, FRAMES): ``without_mean`` hears what is said, ``with_mean`` who speaks.

Shapes: T frames, F frequencies, K samples of a window, M mel bands, C coefficients.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

from distill_core.deployment.graph_builder import GraphBuilder
from distill_core.deployment.runtime import session
from distill_core.errors import InvalidSetting, said
from distill_core.lazy_torch import onnx
from distill_core.tasks.sound import mfcc

FEWEST = mfcc.WINDOW // 2 + 1  # what a reflection at the ends needs
OUTPUTS = ("without_mean", "with_mean")


def features(samples: np.ndarray) -> dict[str, np.ndarray]:
    """Both outputs of the graph by name, each (1, C, FRAMES). Raises InvalidSetting for fewer than ``FEWEST``."""
    if len(samples) < FEWEST:
        what, least = "the samples of a recording", said("at least {least}", FEWEST)
        raise InvalidSetting(what, expected=least, got=len(samples), hint="record one word")
    answers = _opened().run(list(OUTPUTS), {"samples": samples.astype(np.float32)})
    return dict(zip(OUTPUTS, answers, strict=True))


@cache
def feature_graph() -> bytes:
    """The ONNX file: convolutions with windowed cosines and sines, squares, mel bands, decibels, DCT, then each
    coefficient less a mean, in deviations, centred in ``FRAMES``."""
    graph = GraphBuilder()
    waves_T = graph.add("Conv", _framed(graph), graph.number(_waves_FK()[:, None]), strides=[mfcc.HOP])
    halves = "cosines", "sines"
    graph.add("Split", graph.add("Mul", waves_T, waves_T), axis=1, outputs=halves)
    mel_T = graph.add("MatMul", graph.number(_bands_MF()), graph.add("Add", *halves))
    mfcc_T = graph.add("MatMul", graph.number(mfcc.dct_CM()), _decibels(graph, mel_T))
    own = graph.add("ReduceMean", mfcc_T, axes=[2])
    means = own, graph.number(np.array(mfcc.MEAN)[:, None])
    both = graph.add("Concat", *(graph.add("Sub", mfcc_T, mean) for mean in means), axis=0)
    deviations = graph.add("Div", both, graph.number(np.array(mfcc.STD)[:, None]))
    graph.add("Split", _centred(graph, deviations), axis=0, outputs=OUTPUTS)
    kind, shape = onnx.TensorProto.FLOAT, (1, mfcc.COEFFICIENTS, mfcc.FRAMES)
    answers = [onnx.helper.make_tensor_value_info(name, kind, shape) for name in OUTPUTS]
    samples = onnx.helper.make_tensor_value_info("samples", kind, ("samples",))
    return graph.file("sound features", [samples], answers)


@cache
def _opened() -> Any:
    return session(feature_graph(), threads=1)


def _framed(graph: GraphBuilder) -> str:
    """(1, 1, n + WINDOW): the samples, reflected at both ends."""
    row = graph.add("Unsqueeze", "samples", graph.counts(0, 1))
    half = mfcc.WINDOW // 2
    return graph.add("Pad", row, graph.counts(0, 0, half, 0, 0, half), mode="reflect")


def _decibels(graph: GraphBuilder, power: str) -> str:
    """10·log10 of the power, no lower than ``RANGE_DB`` below the loudest."""
    bounded = graph.add("Max", power, graph.number(mfcc.QUIETEST))
    decibels = graph.add("Mul", graph.add("Log", bounded), graph.number(10 / math.log(10)))
    floor = graph.add("Sub", graph.add("ReduceMax", decibels), graph.number(mfcc.RANGE_DB))
    return graph.add("Max", decibels, floor)


def _centred(graph: GraphBuilder, frames: str) -> str:
    """(2, C, FRAMES) of (2, C, T), as ``mfcc.centred``."""
    count, zero, two = graph.add("Shape", frames, start=2), graph.counts(0), graph.counts(2)
    wanted, axis = graph.counts(mfcc.FRAMES), graph.counts(2)
    skipped = graph.add("Div", graph.add("Max", graph.add("Sub", count, wanted), zero), two)
    middle = graph.add("Slice", frames, skipped, graph.add("Add", skipped, wanted), axis)
    missing = graph.add("Max", graph.add("Sub", wanted, count), zero)
    before = graph.add("Div", missing, two)
    after = graph.add("Sub", missing, before)
    none = graph.counts(0, 0)
    return graph.add("Pad", middle, graph.add("Concat", none, before, none, after, axis=0))


def _waves_FK() -> np.ndarray:
    """(2·F, K): cosines, then sines of all frequencies of a window, under a periodic Hann window."""
    places_K = np.arange(mfcc.WINDOW)
    hann_K = 0.5 - 0.5 * np.cos(2 * np.pi * places_K / mfcc.WINDOW)
    turns_FK = 2 * np.pi * np.arange(mfcc.WINDOW // 2 + 1)[:, None] * places_K / mfcc.WINDOW
    return np.concatenate([np.cos(turns_FK), np.sin(turns_FK)]) * hann_K


def _bands_MF() -> np.ndarray:
    """(M, F): triangles over the frequencies."""
    edges = mfcc.band_edges_hz()[:, None]
    hz_F = np.arange(mfcc.WINDOW // 2 + 1) * mfcc.RATE_HZ / mfcc.WINDOW
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    return np.asarray(np.clip(np.minimum((hz_F - low) / (middle - low), (high - hz_F) / (high - middle)), 0, None))
