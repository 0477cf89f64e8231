"""Networks for the tests of files."""

import functools

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

from distill_core.deployment.onnx_export import OnnxFile, export_onnx
from distill_core.networks import Blueprint, build

SMALL = Blueprint.for_images(architecture="small", classes=3, channels=1, size_px=8)


def exported(*layers: nn.Module) -> bytes:
    """A linear layer of 3 classes over 8 x 8 pixels, and what is put behind it."""
    torch.manual_seed(0)
    return export_onnx(nn.Sequential(nn.Flatten(), nn.Linear(64, 3), *layers), SMALL).data


def answers(data: bytes, images: np.ndarray) -> np.ndarray:
    return onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"]).run(["logits"], {"images": images})[0]


def settled(name: str, seed: int = 0) -> tuple[nn.Module, Blueprint]:
    """A fresh network whose norms have seen images: without, the logits of the deepest are beyond measure."""
    blueprint = Blueprint.for_images(architecture=name, classes=10, channels=1, size_px=28)
    torch.manual_seed(seed)
    network = build(blueprint).train()
    for part in network.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.momentum = None
    with torch.no_grad():
        for _ in range(3):
            network(torch.randn(16, 1, 28, 28))
    return network.eval(), blueprint


@functools.cache
def file_of(name: str, seed: int = 0) -> OnnxFile:
    """Its float32 file, which no test changes."""
    return export_onnx(*settled(name, seed))


def pixels(count: int, seed: int = 1, size_px: int = 28) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((count, 1, size_px, size_px)).astype(np.float32)


def executed(data: bytes, folder) -> list[str]:
    """The operators that onnxruntime really runs on a CPU."""
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath, options.log_severity_level = str(folder / "executed.onnx"), 3
    onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    return [node.op_type for node in onnx.load(folder / "executed.onnx").graph.node]
