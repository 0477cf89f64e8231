"""Layer changes of compression: layers with fewer channels, or replaced by factors.

Sources: Kim et al. 2016 (arXiv:1511.06530) for Tucker-2 convolutions; Guo et al. 2018 (arXiv:1808.05517) for a
convolution as pairs of a depthwise and a 1x1 one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from distill_core.errors import InvalidSetting, Names, said
from distill_core.lazy_torch import nn
from distill_core.networks.blueprint import LayerChange
from distill_core.networks.network import initialise

# The number of sizes of a part, by kind of change.
NUMBERS: Mapping[str, int] = {"widths": 2, "tucker": 2, "separable": 1}


def check_changes(changes: Sequence[LayerChange]) -> None:
    """Raises InvalidSetting for an unknown kind or impossible numbers; needs no torch."""
    for change in changes:
        if change.kind not in NUMBERS:
            raise _wrong("a change", said("one of {numbers}", Names(NUMBERS)), change.kind)
        for name, numbers in change.sizes:
            if len(numbers) != NUMBERS[change.kind] or not all(isinstance(n, int) and n >= 1 for n in numbers):
                raise _wrong(
                    said("{kind} of {name}", change.kind, name),
                    said("{numbers} whole numbers from 1", NUMBERS[change.kind]),
                    list(numbers),
                )


def changed(network: nn.Module, changes: Sequence[LayerChange]) -> nn.Module:
    """The same network after these changes; new layers are initialised from torch's default generator.

    Raises: InvalidSetting where there is no such layer, or where it cannot have this size. Whether neighbouring layers
    fit together is not checked.
    """
    make: Mapping[str, Callable[[str, nn.Module, Any], nn.Module]] = {
        "widths": _resized,
        "tucker": _tucker,
        "separable": _separable,
    }
    check_changes(changes)
    for change in changes:
        for name, numbers in change.sizes:
            network.set_submodule(name, make[change.kind](name, _part(network, name), numbers))
    return network


def _part(network: nn.Module, name: str) -> nn.Module:
    try:
        return network.get_submodule(name)
    except AttributeError:
        raise _wrong("a change", "a layer of the network", said("{name!r}, which it does not have", name)) from None


def _resized(name: str, part: nn.Module, widths: tuple[int, int]) -> nn.Module:
    before, after = widths
    if isinstance(part, nn.Linear):
        return nn.Linear(before, after, bias=part.bias is not None)
    if isinstance(part, nn.Conv1d | nn.Conv2d):
        return _conv(part, before, after, groups=_groups(name, part, widths), bias=part.bias is not None)
    if not isinstance(part, nn.BatchNorm1d | nn.BatchNorm2d):
        raise _wrong(
            said("widths of {name}", name), "a convolution, a batch norm or a linear layer", type(part).__name__
        )
    if before != after:
        raise _wrong(said("widths of {name}, a batch norm", name), "twice the same", list(widths))
    return type(part)(after, eps=part.eps, momentum=part.momentum)


def _groups(name: str, part: nn.Conv1d | nn.Conv2d, widths: tuple[int, int]) -> int:
    """The number of groups: a depthwise convolution stays depthwise."""
    before, after = widths
    if part.groups == 1:
        return 1
    if part.groups != part.in_channels:
        raise _wrong(
            said("widths of {name}", name), "one group, or one for each channel", said("{groups} groups", part.groups)
        )
    if after % before:
        raise _wrong(said("widths of {name}, a depthwise convolution", name), "a multiple of its inputs", list(widths))
    return before


def _tucker(name: str, part: nn.Module, ranks: tuple[int, int]) -> nn.Module:
    """1x1 to the first rank, the kernel between the two, 1x1 back."""
    conv = _whole(name, part)
    first, second = ranks
    if first > conv.in_channels or second > conv.out_channels:
        most = said(
            "at most {in_channels} and {out_channels}, its inputs and outputs", conv.in_channels, conv.out_channels
        )
        raise _wrong(said("ranks of {name}", name), most, list(ranks))
    return nn.Sequential(
        _pointwise(conv, conv.in_channels, first, bias=False),
        _conv(conv, first, second, groups=1, bias=False),
        _pointwise(conv, second, conv.out_channels, bias=conv.bias is not None),
    )


def _separable(name: str, part: nn.Module, ranks: tuple[int]) -> nn.Module:
    """As many kernels for each channel as the rank says, then 1x1 over all of them."""
    conv, (rank,) = _whole(name, part), ranks
    places = math.prod(conv.kernel_size)
    if rank > places:
        raise _wrong(said("rank of {name}", name), said("at most {places}, the places of its kernel", places), rank)
    between = conv.in_channels * rank
    return nn.Sequential(
        _conv(conv, conv.in_channels, between, groups=conv.in_channels, bias=False),
        _pointwise(conv, between, conv.out_channels, bias=conv.bias is not None),
    )


def _whole(name: str, part: nn.Module) -> nn.Conv1d | nn.Conv2d:
    if not isinstance(part, nn.Conv1d | nn.Conv2d) or part.groups != 1:
        raise _wrong(said("factors of {name}", name), "a convolution in one group", type(part).__name__)
    return part


def _conv(like: nn.Conv1d | nn.Conv2d, before: int, after: int, *, groups: int, bias: bool) -> nn.Module:
    conv = type(like)(
        before,
        after,
        like.kernel_size,  # type: ignore[arg-type]
        stride=like.stride,  # type: ignore[arg-type]
        padding=like.padding,  # type: ignore[arg-type]
        dilation=like.dilation,  # type: ignore[arg-type]
        groups=groups,
        bias=bias,
    )
    return initialise(conv)


def _pointwise(like: nn.Conv1d | nn.Conv2d, before: int, after: int, *, bias: bool) -> nn.Module:
    return initialise(type(like)(before, after, 1, bias=bias))


def _wrong(what: str, expected: str, got: object) -> InvalidSetting:
    return InvalidSetting(what, expected=expected, got=got, hint="compress the network anew")
