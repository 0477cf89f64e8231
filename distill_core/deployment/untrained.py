"""The file of a network before it is trained: its bytes and its latency are those that it will have, since the values
of weights change neither."""

from __future__ import annotations

import numpy as np

from distill_core.deployment.float16 import to_float16
from distill_core.deployment.int8 import to_int8
from distill_core.deployment.onnx_export import OnnxFile, export_onnx
from distill_core.lazy_torch import Tensor, nn, torch
from distill_core.networks import Blueprint, build
from distill_core.networks.example import example_array

FORMATS = ("float32", "float16", "int8")
# Examples for the ranges of an 8-bit file: they change no byte of its size.
CALIBRATION = 16


def untrained_file(blueprint: Blueprint, number_format: str) -> OnnxFile:
    """The file of a network with drawn weights, in one of ``FORMATS``.

    torch's generators are not used, so that nothing that trains meanwhile draws other numbers.
    Raises: ExportMismatch where the format cannot hold the network.
    """
    file = export_onnx(drawn(blueprint), blueprint)
    if number_format == "float16":
        return to_float16(file.data)
    if number_format == "int8":
        return to_int8(file.data, example_array(blueprint.input, CALIBRATION), way="static", per_channel=True)
    return file


def drawn(blueprint: Blueprint) -> nn.Module:
    """A network with drawn weights. No two tensors are equal, of which the exporter would write one."""
    with torch.device("meta"):
        network = build(blueprint).eval()
    draws = np.random.default_rng(0)
    state = {name: _tensor(name, like, draws) for name, like in network.state_dict().items()}
    network.load_state_dict(state, strict=True, assign=True)
    return network


def _tensor(name: str, like: Tensor, draws: np.random.Generator) -> Tensor:
    shape = tuple(like.shape)
    if not like.dtype.is_floating_point:
        return torch.zeros(shape, dtype=like.dtype)
    values = draws.standard_normal(shape)
    if len(shape) > 1:
        values /= np.sqrt(values[0].size)  # as large as what a layer starts with: sums stay finite
    elif name.endswith(("weight", "running_var")):
        values = 1 + 0.1 * np.abs(values)
    else:
        values *= 0.1
    return torch.from_numpy(np.asarray(values, dtype=np.float32))
