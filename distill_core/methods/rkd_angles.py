"""The angles of all triplets of a batch, a slice of them at a time: there are B³.

Shapes: B batch, D features of a student, E of its teacher (any numbers), S images of a slice.
"""

from __future__ import annotations

from collections.abc import Iterator

from distill_core.lazy_torch import Tensor, torch

# A slice's numbers in each table: three of them stay in the cache of a core, and a batch of any size in memory.
SLICE_NUMBERS = 2**17
# As in the reference: below, two images have no direction.
LEAST = 1e-12


def angles(student_BD: Tensor, teacher_BE: Tensor) -> Tensor:
    """Smooth L1 between the cosines of the angles at each image between every two others, mean over B³ triplets.

    Returns: a scalar; 0 where all angles agree. Memory grows with B, not with B³, so the gradient is worked out on the
    way; images that coincide have no direction and no gradient. No gradient reaches the teacher.
    Source: Park et al. 2019 (arXiv:1904.05068), equation 8.
    """
    with torch.no_grad(), torch.autocast(student_BD.device.type, enabled=False):
        value, pull_BD = _value_and_pull(student_BD.detach(), teacher_BE.detach())
    # The value to the last bit, with this gradient.
    return value + (pull_BD * (student_BD - student_BD.detach())).sum()


def _value_and_pull(student_BD: Tensor, teacher_BE: Tensor) -> tuple[Tensor, Tensor]:
    triplets = len(student_BD) ** 3
    value, pull_BD = student_BD.new_zeros(()), torch.zeros_like(student_BD)
    for images in _slices(len(student_BD), max(len(student_BD), student_BD.shape[1], teacher_BE.shape[1])):
        directions_SBD, lengths_SB1 = _directions(student_BD, images)
        cosines_SBB = directions_SBD @ directions_SBD.mT
        others_SBE, _ = _directions(teacher_BE, images)
        errors_SBB = torch.baddbmm(cosines_SBB, others_SBE, others_SBE.mT, alpha=-1)
        slopes_SBB = errors_SBB.clamp(-1, 1)
        # Smooth L1 of d is c (d - c / 2), c its slope.
        value += errors_SBB.sub_(slopes_SBB, alpha=0.5).mul_(slopes_SBB).sum()
        # Each cosine stands in the table twice.
        turns_SBD = slopes_SBB @ directions_SBD * 2
        turns_SBD -= directions_SBD * (directions_SBD * turns_SBD).sum(2, keepdim=True)
        turns_SBD *= torch.where(lengths_SB1 > LEAST, 1 / lengths_SB1, 0.0)
        pull_BD += turns_SBD.sum(0)
        pull_BD[images] -= turns_SBD.sum(1)
    return value / triplets, pull_BD / triplets


def _slices(count: int, row: int) -> Iterator[slice]:
    """All images, in slices whose tables of (slice, batch, ``row``) numbers are small."""
    size = max(1, SLICE_NUMBERS // (count * row))
    return (slice(first, first + size) for first in range(0, count, size))


def _directions(features_BD: Tensor, images: slice) -> tuple[Tensor, Tensor]:
    """(S, B, D) of length 1, from each image of the slice to every one; (S, B, 1) how far it is."""
    differences_SBD = features_BD[None] - features_BD[images, None]
    lengths_SB1 = differences_SBD.norm(dim=2, keepdim=True)
    return differences_SBD / lengths_SB1.clamp(min=LEAST), lengths_SB1
