"""Pairs of stages of two networks, and the adapters from a student's stage to its teacher's shape.

Shapes: B batch; a map is (B, channels, height, width), a sequence (B, tokens, features), an embedding (B, features).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from distill_core.errors import InvalidSetting, said
from distill_core.lazy_torch import F, Tensor, nn
from distill_core.methods.base import FeatureShapes, StagePairs
from distill_core.networks.shapes import embedding_features, map_shape


def paired_stages(pair: FeatureShapes) -> StagePairs:
    """Pairs of the student's and the teacher's maps, early to late, without the embedding; the last pair has both last
    maps. Of the network with more stages, evenly spaced ones are taken.
    """
    student, teacher = len(pair.student_taps) - 1, len(pair.teacher_taps) - 1
    count = min(student, teacher)
    return tuple((_spread(place, count, student), _spread(place, count, teacher)) for place in range(count))


def last_maps(pair: FeatureShapes) -> StagePairs:
    """The last maps of both networks."""
    return paired_stages(pair)[-1:]


def deepest_maps(pair: FeatureShapes) -> StagePairs:
    """Of both networks the map with the fewest places, the later one where several have as few."""
    return ((_deepest(pair.student_taps), _deepest(pair.teacher_taps)),)


def _deepest(taps: tuple[tuple[int, ...], ...]) -> int:
    places = [math.prod(shape[1:]) if len(shape) == 3 else shape[0] for shape in taps[:-1]]
    return min(range(len(places)), key=lambda place: (places[place], -place), default=0)


def embeddings(pair: FeatureShapes) -> StagePairs:
    """The pooled embeddings of both networks."""
    return ((len(pair.student_taps) - 1, len(pair.teacher_taps) - 1),)


def check_maps(pair: FeatureShapes) -> None:
    """Raises InvalidSetting where a stage is no map, or the networks have no stages to compare."""
    if not paired_stages(pair):
        got, hint = "none", "choose networks with stages, or a method on logits"
        raise InvalidSetting("stages to compare", expected="one of each network", got=got, hint=hint)
    stages = (*pair.student_taps[:-1], *pair.teacher_taps[:-1])
    refuse_sequences(pair, stages)
    for shape in stages:
        map_shape(shape)


def refuse_sequences(pair: FeatureShapes, stages: Sequence[tuple[int, ...]]) -> None:
    """Raises InvalidSetting for a stage of two dimensions where the networks take no images: its tokens lie in no
    square, and its shape does not tell tokens from channels."""
    for shape in () if pair.images else stages:
        if len(shape) == 2:
            expected, hint = "a map; of height 1 for a sequence", "choose another network, or a method on logits"
            raise InvalidSetting("a stage", expected=expected, got=said("the shape {shape}", shape), hint=hint)


def check_embeddings(pair: FeatureShapes) -> None:
    """Raises InvalidSetting where the head of one of the networks takes anything but one row an example."""
    for name, taps in (("teacher", pair.teacher_taps), ("student", pair.student_taps)):
        if taps:
            embedding_features(taps[-1], name)


def as_map(tap: Tensor) -> Tensor:
    """A stage as a map (B, channels, height, width)."""
    channels, height, width = map_shape(tuple(tap.shape[1:]))
    return tap if tap.ndim == 4 else tap.transpose(1, 2).reshape(len(tap), channels, height, width)


def channels_last(maps: Tensor) -> Tensor:
    """(B, height, width, channels): a view of the same memory, which networks here keep channels last.

    The gradient of a loss on this view has that order; with the other, the norm before it takes three times as long.
    """
    return maps.movedim(1, -1)


def resized(maps: Tensor, height: int, width: int) -> Tensor:
    """Maps of another size: averaged to a smaller one, interpolated to a larger one."""
    if tuple(maps.shape[2:]) == (height, width):
        return maps
    if maps.shape[2] * maps.shape[3] > height * width:
        return F.adaptive_avg_pool2d(maps, (height, width))
    return F.interpolate(maps, (height, width), mode="bilinear", align_corners=False)


def matched(through: nn.Module, maps: Tensor, height: int, width: int) -> Tensor:
    """The student's maps, resized to the teacher's size and adapted by ``through``.

    Before enlarging, the 1×1 convolution comes first: the result is the same, with fewer pixels to convolve. The norm
    comes last, since its statistics are those of the larger map.
    """
    if maps.shape[2] * maps.shape[3] < height * width:
        convolution, norm = through.children()
        return norm(resized(convolution(maps), height, width))  # type: ignore[no-any-return]
    return through(resized(maps, height, width))  # type: ignore[no-any-return]


def adapter(student: tuple[int, ...], teacher: tuple[int, ...]) -> nn.Module:
    """A module from a student's stage to the channels of its teacher's: a 1×1 convolution and a norm, or a linear layer
    between embeddings. Initialised from torch's default generator."""
    if len(student) == len(teacher) == 1:
        return nn.Linear(student[0], teacher[0])
    inside, outside = map_shape(student)[0], map_shape(teacher)[0]
    return nn.Sequential(nn.Conv2d(inside, outside, 1, bias=False), nn.BatchNorm2d(outside))


def _spread(place: int, count: int, stages: int) -> int:
    return stages - 1 if count == 1 else round(place * (stages - 1) / (count - 1))
