"""A stand-in for a graphics card: torch's device ``meta``, which has shapes and no numbers, on every machine."""

from typing import Any

import torch
from torch import Tensor
from torch.fx.experimental import _config as shapes
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

__all__ = ["DEVICE", "Elsewhere"]

DEVICE = "meta"
AUTOCAST = torch.autocast.__init__
ROUNDED = "aten::_fake_quantize", "aten::fake_quantize"
MASKED = "aten::index.Tensor"
READ, COPIES = "aten::_local_scalar_dense", ("aten::_to_copy", "aten::copy_")


def _autocast(context: Any, device: str, *more: Any, **named: Any) -> None:
    AUTOCAST(context, "cpu" if device == DEVICE else device, *more, **named)


class Elsewhere(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Every number that is read from ``meta`` is 1, and an operator that meets tensors of two devices fails, as it
    would on a graphics card; it may meet scalars of the CPU. A mask takes all rows, or all columns but one of each
    row."""

    def __enter__(self) -> Any:
        self._before = shapes.meta_nonzero_assume_all_nonzero
        shapes.meta_nonzero_assume_all_nonzero = True
        torch.autocast.__init__ = _autocast  # type: ignore[method-assign]
        return super().__enter__()

    def __exit__(self, *error: Any) -> None:
        shapes.meta_nonzero_assume_all_nonzero = self._before
        torch.autocast.__init__ = AUTOCAST  # type: ignore[method-assign]
        super().__exit__(*error)

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        tensors = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, Tensor)]
        devices = {tensor.device.type for tensor in tensors if tensor.ndim or tensor.is_meta}
        if func.name() == READ and tensors[0].is_meta:
            return torch.ones((), dtype=tensors[0].dtype, device="cpu").item()
        if func.name().startswith(COPIES):
            return self._copied(func, args, kwargs)
        if len(devices) > 1:
            raise AssertionError(f"{func.name()} meets tensors of {' and '.join(sorted(devices))}")
        if func.name().startswith(ROUNDED) and tensors[0].is_meta:  # it has no kernel for shapes alone
            return torch.empty_like(args[0]), torch.empty_like(args[0], dtype=torch.bool)
        mask = next((place for place in args[1] if place is not None), None) if func.name() == MASKED else None
        if mask is not None and mask.is_meta and mask.dtype == torch.bool and mask.ndim == 2:
            rows, columns = mask.shape
            return args[0].new_empty((rows * (columns - 1), *args[0].shape[2:]))
        return func(*args, **kwargs)

    def _copied(self, func: Any, args: Any, kwargs: Any) -> Any:
        source = args[1] if func.name().startswith("aten::copy_") else args[0]
        target = args[0].device if source is not args[0] else torch.device(kwargs.get("device") or source.device)
        if target.type == "cpu" and source.is_meta:
            source_on_cpu = torch.ones(source.shape, dtype=source.dtype)
            args = (args[0], source_on_cpu, *args[2:]) if source is not args[0] else (source_on_cpu, *args[1:])
        return func(*args, **kwargs)
