"""Whether a network takes random numbers while it trains."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn

__all__ = ["uses_rng"]


def uses_rng(network: "nn.Module") -> bool:
    """Whether a forward pass in training takes from torch's generator, which the whole process shares."""
    from torch import nn
    from torchvision.ops import StochasticDepth

    def draws(part: nn.Module) -> bool:
        if isinstance(part, nn.MultiheadAttention):
            return bool(part.dropout > 0)
        return isinstance(part, nn.modules.dropout._DropoutNd | StochasticDepth) and bool(part.p > 0)

    return any(map(draws, network.modules()))
