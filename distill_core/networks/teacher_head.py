"""A network that ends in an adapter and the head of another one.

Source of the adapter: Chen et al. 2022 (arXiv:2203.14001), section 3.2, and its reference code.
"""

from __future__ import annotations

from distill_core.errors import InvalidSetting
from distill_core.lazy_torch import nn, ops
from distill_core.networks.base import Profile
from distill_core.networks.network import flat_pool, initialise, sequential
from distill_core.networks.shapes import embedding_features, map_shape

# The embedding's channels over those inside the adapter.
BOTTLENECK = 2


def with_teacher_head(network: nn.Module, own: Profile, other: Profile, *, classes: int, signed: bool) -> nn.Module:
    """The network up to its pool, then an adapter to the other's embedding, a pool, and a head like the other's.

    ``own`` and ``other`` are the profiles of the two networks; ``signed``: the other's embedding may be negative. The
    network's weights are used, not copied; the adapter starts from torch's default generator. The head does not train:
    the caller loads the other network's weights into it. The new taps are the stages, the adapter's map, and its mean.
    Raises: InvalidSetting where the network's last stage is no map and no square of tokens, or the other's embedding is
    not one row.
    """
    parts = dict(network.named_children())
    for name in ("pool", "head"):
        parts.pop(name)
    if len(own.taps) < 2:
        expected, hint = "a stage before the pool, and an embedding", "choose another network, or another method"
        raise InvalidSetting("a network that takes over a head", expected=expected, got="no stage", hint=hint)
    # A pool keeps the number of features.
    stage, inside, features = own.taps[-2].shape, own.taps[-1].shape[0], embedding_features(other.taps[-1].shape)
    channels_first = getattr(network, "channels_first", False)
    to_map = (nn.Unflatten(2, stage[1:]),) if channels_first else _as_map(stage)
    parts["adapter"] = nn.Sequential(*to_map, *_bottleneck(inside, features, signed=signed))
    parts["pool"] = flat_pool()
    parts["head"] = nn.Linear(features, classes).requires_grad_(False)
    taps: tuple[str, ...] = network.taps  # type: ignore[assignment]
    return sequential(parts, (*taps[:-1], "adapter", "pool"), channels_first=channels_first)


def _as_map(stage: tuple[int, ...]) -> tuple[nn.Module, ...]:
    """Layers from tokens (batch, tokens, features) to (batch, features, height, width); none for a map."""
    _, height, width = map_shape(stage)
    return () if len(stage) == 3 else (ops.Permute([0, 2, 1]), nn.Unflatten(2, (height, width)))


def _bottleneck(inside: int, outside: int, *, signed: bool) -> nn.Sequential:
    between = max(1, outside // BOTTLENECK)
    return initialise(
        nn.Sequential(
            ops.Conv2dNormActivation(inside, between, 1),
            ops.Conv2dNormActivation(between, between, 3),
            # After a ReLU the adapter could not reach negative features.
            ops.Conv2dNormActivation(between, outside, 1, activation_layer=None if signed else nn.ReLU),
        )
    )
