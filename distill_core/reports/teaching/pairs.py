"""Relations between images in two networks: matrices of all images, and graphs of a few.

Shapes: N images, K of them in a graph.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from distill_core.lazy_torch import Tensor, torch
from distill_core.methods.zoo.irg import edges
from distill_core.methods.zoo.rkd_pkt_sp import cosine_similarities, distances_BB, shares_BB
from distill_core.reports.teaching.activations import PairActivations, spread

FEW = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Matrices:
    """``student_NN`` and ``teacher_NN``: similarities of pairs of images; ``what`` describes the values."""

    what: str
    student_NN: np.ndarray
    teacher_NN: np.ndarray


@dataclass(frozen=True, kw_only=True, slots=True)
class Graphs:
    """``student_KK`` and ``teacher_KK``: distances of pairs of images; ``places_K``: their rows in the activations.

    ``what`` describes the values, ``unit`` follows a value in a sentence.
    """

    what: str
    unit: str
    student_KK: np.ndarray
    teacher_KK: np.ndarray
    places_K: np.ndarray


def similarities(looks: PairActivations) -> Matrices:
    """Similarities in the last stage, as similarity-preserving distillation compares them."""
    student, teacher = looks.inputs.student_taps[-2], looks.inputs.teacher_taps[-2]
    return Matrices(
        what="similarity in the last stage (rows have length 1)",
        student_NN=cosine_similarities(student).numpy(),
        teacher_NN=cosine_similarities(teacher).numpy(),
    )


def neighbourhoods(looks: PairActivations) -> Matrices:
    """Similarities of the embeddings, as probabilistic knowledge transfer compares them."""
    student, teacher = looks.inputs.student_taps[-1], looks.inputs.teacher_taps[-1]
    return Matrices(
        what="probability of being its neighbour (rows add up to 1)",
        student_NN=shares_BB(student).numpy(),
        teacher_NN=shares_BB(teacher).numpy(),
    )


def distance_graphs(looks: PairActivations) -> Graphs:
    """Distances of embeddings, divided by their mean, as relational distillation compares them."""
    return _graphs(looks, distances_BB, "distance, divided by the mean distance", "of the mean distance")


def scaled_graphs(looks: PairActivations) -> Graphs:
    """Squared distances of embeddings, divided by the largest, as the instance graph compares them."""
    return _graphs(looks, edges, "squared distance, divided by the largest", "of the largest")


def few(looks: PairActivations, count: int = FEW) -> np.ndarray:
    """Rows of a few images, spread over the classes."""
    return spread(looks.inputs.targets_B.numpy(), count)


def _graphs(looks: PairActivations, relation: Callable[[Tensor], Tensor], what: str, unit: str) -> Graphs:
    places_K = few(looks)
    rows = torch.from_numpy(places_K)
    student, teacher = (taps[-1][rows] for taps in (looks.inputs.student_taps, looks.inputs.teacher_taps))
    return Graphs(
        what=what,
        unit=unit,
        student_KK=relation(student).numpy(),
        teacher_KK=relation(teacher).numpy(),
        places_K=places_K,
    )
