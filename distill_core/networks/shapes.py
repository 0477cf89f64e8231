"""Shapes of stages for one example, without the batch. Free of torch."""

import math

from distill_core.errors import InvalidSetting, said


def map_shape(shape: tuple[int, ...]) -> tuple[int, int, int]:
    """(channels, height, width) of a stage: that of a map; a transformer's tokens form a square.

    Raises: InvalidSetting for a number of tokens that is no square.
    """
    if len(shape) == 3:
        return shape  # type: ignore[return-value]
    side = math.isqrt(shape[0]) if len(shape) == 2 else 0
    if not side or side * side != shape[0]:
        expected, hint = "a map, or tokens that make a square", "choose another network, or a method on logits"
        raise InvalidSetting("a stage", expected=expected, got=said("the shape {shape}", shape), hint=hint)
    return shape[1], side, side


def embedding_features(shape: tuple[int, ...], network: str = "teacher") -> int:
    """Features of the pooled embedding that a head takes. Raises: InvalidSetting where it is not one row an example."""
    if len(shape) != 1:
        expected, hint = "an embedding of one row", said("choose another {network}, or another method", network)
        raise InvalidSetting(said("the {network}'s embedding", network), expected=expected, got=shape, hint=hint)
    return shape[0]
