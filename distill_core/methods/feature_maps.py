"""Which stages of two networks are held beside each other, and what brings the student's to the teacher's shape.

Shapes: B batch; a map is (B, channels, height, width), a sequence (B, tokens, features), an embedding (B, features).
"""

from __future__ import annotations

from distill_core.errors import InvalidSetting
from distill_core.lazy_torch import F, Tensor, nn
from distill_core.methods.base import FeatureShapes, StagePairs
from distill_core.networks.shapes import embedding_features, map_shape

__all__ = [
    "adapter",
    "as_map",
    "channels_last",
    "check_embedding",
    "check_maps",
    "embeddings",
    "last_maps",
    "map_shape",
    "matched",
    "paired_stages",
    "resized",
]


def paired_stages(pair: FeatureShapes) -> StagePairs:
    """Places of the student's and the teacher's maps that belong together, early to late; the last ones always do.

    The embedding is none of them. Where one network has more stages, evenly spaced ones are taken.
    """
    student, teacher = len(pair.student_taps) - 1, len(pair.teacher_taps) - 1
    count = min(student, teacher)
    return tuple((_spread(place, count, student), _spread(place, count, teacher)) for place in range(count))


def last_maps(pair: FeatureShapes) -> StagePairs:
    """The last maps of both networks."""
    return paired_stages(pair)[-1:]


def embeddings(pair: FeatureShapes) -> StagePairs:
    """The pooled embeddings of both networks."""
    return ((len(pair.student_taps) - 1, len(pair.teacher_taps) - 1),)


def check_maps(pair: FeatureShapes) -> None:
    """Raises InvalidSetting where a stage cannot be seen as a map, or the networks have no stages to compare."""
    if not paired_stages(pair):
        got, hint = "none", "choose networks with stages, or a method on logits"
        raise InvalidSetting("stages to compare", expected="one of each network", got=got, hint=hint)
    for taps in (pair.student_taps, pair.teacher_taps):
        for shape in taps[:-1]:
            map_shape(shape)


def check_embedding(pair: FeatureShapes) -> None:
    """Raises InvalidSetting where the teacher's head takes anything but one row an image."""
    if pair.teacher_taps:
        embedding_features(pair.teacher_taps[-1])


def as_map(tap: Tensor) -> Tensor:
    """A stage as a map (B, channels, height, width)."""
    channels, height, width = map_shape(tuple(tap.shape[1:]))
    return tap if tap.ndim == 4 else tap.transpose(1, 2).reshape(len(tap), channels, height, width)


def channels_last(maps: Tensor) -> Tensor:
    """(B, height, width, channels): the same memory, seen as networks here keep it.

    A loss on this view hands its gradient back in that order; else the norm before it takes three times as long.
    """
    return maps.movedim(1, -1)


def resized(maps: Tensor, height: int, width: int) -> Tensor:
    """Averaged where it becomes smaller, interpolated where it becomes larger."""
    if tuple(maps.shape[2:]) == (height, width):
        return maps
    if maps.shape[2] > height:
        return F.adaptive_avg_pool2d(maps, (height, width))
    return F.interpolate(maps, (height, width), mode="bilinear", align_corners=False)


def matched(through: nn.Module, maps: Tensor, height: int, width: int) -> Tensor:
    """The student's maps through their ``adapter`` at the teacher's size: as if they were resized first.

    Where they become larger, the convolution is done before: it looks at one place at a time, so it may, and there are
    fewer of them. The norm stays behind, since its statistics are those of the larger map.
    """
    if maps.shape[2] * maps.shape[3] < height * width:
        convolution, norm = through.children()
        return norm(resized(convolution(maps), height, width))  # type: ignore[no-any-return]
    return through(resized(maps, height, width))  # type: ignore[no-any-return]


def adapter(student: tuple[int, ...], teacher: tuple[int, ...]) -> nn.Module:
    """From a student's stage to the channels of its teacher's: a 1×1 convolution and a norm, or a linear layer between
    embeddings. Initialised from torch's default generator."""
    if len(student) == len(teacher) == 1:
        return nn.Linear(student[0], teacher[0])
    inside, outside = map_shape(student)[0], map_shape(teacher)[0]
    return nn.Sequential(nn.Conv2d(inside, outside, 1, bias=False), nn.BatchNorm2d(outside))


def _spread(place: int, count: int, stages: int) -> int:
    return stages - 1 if count == 1 else round(place * (stages - 1) / (count - 1))
