"""RKD, PKT and SP: distances, angles and similarities of pairs of images, which need no adapter.

Shapes: B batch, D features of a student, E of its teacher (any numbers).
"""

from __future__ import annotations

from distill_core.lazy_torch import F, Tensor, torch
from distill_core.methods.base import Method
from distill_core.methods.checks import check_batches
from distill_core.methods.feature_maps import check_embeddings, check_maps, embeddings, last_maps
from distill_core.methods.feature_terms import on_embeddings, on_features
from distill_core.methods.logit_terms import LARGE_WEIGHT, weight, weights
from distill_core.methods.pictures import graphs, matrices
from distill_core.methods.rkd_angles import angles

# As in the references: below, a distance counts as none; PKT's norms and ratios.
LEAST_SQUARE, LEAST_SHARE = 1e-12, 1e-7
LEAST_DISTANCE = LEAST_SQUARE**0.5


def relational(student: Tensor, teacher: Tensor, *, distance_weight: float, angle_weight: float) -> Tensor:
    """Smooth L1 between distances of pairs, each divided by their mean, and between cosines of triplets' angles.

    Shapes: (batch, features), (batch, other features). Returns: a scalar; 0 where one set of points is the other one
    rotated, moved and scaled. 0 for one image. Means over B² pairs and B³ triplets.
    Raises: InvalidSetting if the batches differ.
    Source: Park et al. 2019 (arXiv:1904.05068), equations 5 and 8.
    """
    check_batches(student, teacher)
    teacher = teacher.detach()
    distance = F.smooth_l1_loss(distances_BB(student), distances_BB(teacher))
    return distance_weight * distance + angle_weight * angles(student, teacher)


def probabilistic_transfer(student: Tensor, teacher: Tensor) -> Tensor:
    """KL between rows of cosine similarities that are normalised to add up to one; mean over all B² entries.

    Shapes: (batch, features), (batch, other features). Returns: a scalar in nats an entry; 0 where they agree.
    Raises: InvalidSetting if the batches differ.
    Source: Passalis, Tefas 2018 (arXiv:1803.10837), equations 3 to 6.
    """
    check_batches(student, teacher)
    of_student, of_teacher = shares_BB(student), shares_BB(teacher.detach())
    return (of_teacher * ((of_teacher + LEAST_SHARE) / (of_student + LEAST_SHARE)).log()).mean()


def similarity_preserving(student: Tensor, teacher: Tensor) -> Tensor:
    """‖difference of the similarity matrices‖² / B², each the rows of F·Fᵀ with length 1.

    Shapes: (batch, ...) each, flattened to features. Returns: a scalar; 0 where they agree.
    Raises: InvalidSetting if the batches differ.
    Source: Tung, Mori 2019 (arXiv:1907.09682), equations 2 to 4.
    """
    check_batches(student, teacher)
    difference = cosine_similarities(student) - cosine_similarities(teacher.detach())
    return difference.square().sum() / len(student) ** 2


def cosine_similarities(features: Tensor) -> Tensor:
    """(B, B): the products of all pairs of images, each row with length 1."""
    flat = features.flatten(1)
    return F.normalize(flat @ flat.T, dim=1)


def distances_BB(features: Tensor) -> Tensor:
    """Euclidean distances, divided by the mean of those above 0."""
    # Summed difference by difference: products would lose the digits of near points, a table would take B² D numbers.
    distances: Tensor = torch.cdist(features, features, compute_mode="donot_use_mm_for_euclid_dist")
    apart = distances > LEAST_DISTANCE
    distances = torch.where(apart, distances, 0.0)
    mean: Tensor = distances.sum() / apart.sum().clamp(min=1)
    return distances / mean.clamp(min=LEAST_SQUARE)


def shares_BB(features: Tensor) -> Tensor:
    """Similarities (cosine + 1) / 2, each row normalised to add up to one."""
    unit = features / (features.norm(dim=1, keepdim=True) + LEAST_SHARE)
    similar: Tensor = (unit @ unit.T + 1) / 2
    return similar / similar.sum(1, keepdim=True)


ENTRIES = (
    Method(
        name="rkd",
        title="Relational distillation",
        paper="1904.05068",
        year=2019,
        teaches="Not where the teacher puts an example, but how far apart it puts two, and at which angle three.",
        formula=r"\mathcal{L} = w_h\,\mathrm{CE} + w\,\big[w_d\,\ell_1(\psi_D^s, \psi_D^t) + "
        r"w_a\,\ell_1(\psi_A^s, \psi_A^t)\big]",
        symbols={
            "w_d": "distance weight",
            "w_a": "angle weight",
            r"\ell": "smooth absolute difference",
            r"\psi": r"distances between two embeddings ($\psi_D$), angles among three ($\psi_A$)",
        },
        uses_teacher=True,
        stages=embeddings,
        family="relations",
        per_example=True,
        reads_embedding=True,
        parameters={**weights(1.0, 1.0, LARGE_WEIGHT), "distance_weight": weight(25.0), "angle_weight": weight(50.0)},
        picture=graphs(distances_BB, "distance, divided by the mean distance", "of the mean distance"),
        build=on_embeddings(relational, "relations"),
        fits=check_embeddings,
    ),
    Method(
        name="pkt",
        title="Probabilistic transfer",
        paper="1803.10837",
        year=2018,
        teaches="Whom each example resembles, as probabilities: the student keeps the teacher's neighbourhoods.",
        formula=r"\mathcal{L} = w_h\,\mathrm{CE} + w\,\overline{p_t \log (p_t / p_s)}, \quad "
        r"p^{ij} \propto \tfrac12 (\cos(e_i, e_j) + 1)",
        symbols={
            "p": "probability that two examples are neighbours, from the cosine of their embeddings",
        },
        uses_teacher=True,
        stages=embeddings,
        family="relations",
        per_example=True,
        reads_embedding=True,
        parameters=weights(1.0, 30_000.0, LARGE_WEIGHT),
        units={"hard": "nats", "neighbours": "nats an entry"},
        picture=matrices(shares_BB, -1, "probability of being its neighbour (rows add up to 1)"),
        build=on_embeddings(probabilistic_transfer, "neighbours"),
        fits=check_embeddings,
    ),
    Method(
        name="sp",
        title="Similarity-preserving",
        paper="1907.09682",
        year=2019,
        teaches="Two examples that excite the teacher alike should excite the student alike.",
        formula=r"\mathcal{L} = w_h\,\mathrm{CE} + \tfrac{w}{B^2} \lVert \tilde G_s - \tilde G_t \rVert_F^2, \quad "
        r"G = F F^\top",
        symbols={
            "G": r"similarities of all pairs of examples; $\tilde G$: each row with length 1",
            "F": "feature maps of a batch, a row an example",
        },
        uses_teacher=True,
        stages=last_maps,
        family="relations",
        per_example=True,
        parameters=weights(1.0, 3000.0, LARGE_WEIGHT),
        picture=matrices(cosine_similarities, -2, "similarity in the last stage (rows have length 1)"),
        build=on_features(
            lambda _pair, _: lambda inputs: similarity_preserving(inputs.student_taps[-2], inputs.teacher_taps[-2]),
            "similarity",
        ),
        reads_maps=True,
        fits=check_maps,
    ),
)
