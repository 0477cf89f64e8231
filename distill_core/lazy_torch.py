"""Modules that take long to import (torch, torchvision, onnx, pandas) for the top of a file: each is imported when an
attribute of it is first read.

A file holds an entry (a method, an architecture, a compression step) and its torch code, and pages list entries without
waiting for torch. Such a file starts with ``from __future__ import annotations``, and its subclasses of ``nn.Module``
stand inside functions, since a class statement reads its base.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__all__ = ["F", "LazyModule", "Tensor", "nn", "onnx", "ops", "pd", "torch"]


class LazyModule:
    """Stands for a module, which is imported when an attribute is first read. Source: scientific-python's SPEC 1."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __getattr__(self, name: str) -> Any:
        value = getattr(_imported(self.__name__), name)
        setattr(self, name, value)
        return value


def _imported(name: str) -> Any:
    # From the outermost package: two threads of which one imports a package, and the other one a module inside it, hold
    # what the other waits for, and Python then hands out a module that is half made.
    parts = name.split(".")
    return [import_module(".".join(parts[:count])) for count in range(1, len(parts) + 1)][-1]


if TYPE_CHECKING:
    import onnx
    import pandas as pd
    import torch
    from torch import Tensor, nn
    from torch.nn import functional as F
    from torchvision import ops
else:
    pd, onnx, torch, nn, F, ops = map(
        LazyModule, ("pandas", "onnx", "torch", "torch.nn", "torch.nn.functional", "torchvision.ops")
    )
    # For annotations and aliases alone: a check of a type asks ``torch.Tensor``.
    Tensor = "torch.Tensor"
