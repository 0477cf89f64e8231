"""Folding batch norms: in eval mode a norm is a scale and a shift, which go into the convolution before it."""

from __future__ import annotations

import copy
from itertools import pairwise

from distill_core.lazy_torch import nn


def fold_batch_norm(network: nn.Module) -> nn.Module:
    """A copy in eval mode with the same outputs, up to rounding, and less work; the network is not changed.

    A norm is folded into a convolution right before it in a part that runs its children in order, as torchvision's
    blocks do; of a factored convolution, the last factor takes the norm.
    """
    copied = copy.deepcopy(network).eval()
    for part in list(copied.modules()):
        _fold(part)
    return copied


def _fold(part: nn.Module) -> None:
    from torch.nn.utils.fusion import fuse_conv_bn_eval

    for (first, before), (second, norm) in pairwise(list(part.named_children())):
        if not isinstance(norm, nn.BatchNorm1d | nn.BatchNorm2d):
            continue
        if isinstance(before, nn.Conv1d | nn.Conv2d):
            setattr(part, first, fuse_conv_bn_eval(before, norm))
            setattr(part, second, nn.Identity())
        elif isinstance(before, nn.Sequential) and isinstance(before[-1], nn.Conv2d):
            before[-1] = fuse_conv_bn_eval(before[-1], norm)
            setattr(part, second, nn.Identity())
