"""Effects of the temperature on probabilities, losses and gradients. N images, C classes; float64 throughout."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from distill_core.errors import InvalidSetting, said
from distill_core.evaluation.calibration import log_softmax_NC
from distill_core.evaluation.inputs import checked_labels, checked_matrix, checked_probabilities

Floats = NDArray[np.float64]
COLDEST, WARMEST = 0.05, 50.0
ROUNDING = 1e-12  # of the largest logits; smaller differences count as none


@dataclass(frozen=True, kw_only=True, slots=True)
class Gradient:
    """The two parts of a loss gradient with respect to the student's logits, each (N, C), weights included."""

    hard_NC: Floats
    soft_NC: Floats

    @property
    def total_NC(self) -> Floats:
        """The gradient of the whole loss."""
        return self.hard_NC + self.soft_NC


@dataclass(frozen=True, kw_only=True, slots=True)
class GradientScaling:
    """The length of the soft term's gradient at one temperature, and its distance from logit matching.

    ``plain`` (without T²) and ``scaled`` (with it) are mean L2 norms over images; ``distance`` is relative: 0 is equal.
    """

    temperature: float
    plain: float
    scaled: float
    distance: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """Both terms of the loss for each image, in nats and without alpha; the soft term includes T²."""

    hard_N: Floats
    soft_N: Floats


def soften_NC(logits_NC: NDArray[Any], temperature: float) -> Floats:
    """Class probabilities softmax(z / T), shape (N, C).

    Raises: InvalidSetting if temperature <= 0 or infinite, or the logits are no finite (N, C).
    Source: Hinton, Vinyals, Dean 2015 (arXiv:1503.02531), section 2.
    """
    return np.exp(_log_soften_NC(logits_NC, temperature))


def entropy_bits_N(probabilities_NC: NDArray[Any]) -> Floats:
    """Entropy of each row in bits, shape (N,): 0 for a certain class, log2 C for equal probabilities.

    Raises: InvalidSetting if rows are no distributions.
    """
    checked_NC = checked_probabilities(probabilities_NC)
    bits_NC = np.log2(checked_NC, out=np.zeros_like(checked_NC), where=checked_NC > 0)
    return np.asarray(0.0 - (checked_NC * bits_NC).sum(axis=1), dtype=np.float64)


def dark_knowledge_NC(logits_NC: NDArray[Any], labels_N: NDArray[Any], temperature: float) -> Floats:
    """Softened probabilities of the wrong classes: the true class is 0, and rows sum to 1.

    Shapes: logits (N, C), labels (N,) integers. Finite also where the true class has all the mass.
    Raises: as ``soften_NC``, and if the labels are invalid.
    Source: Hinton, Vinyals, Dean 2015 (arXiv:1503.02531), section 1.
    """
    others_NC = checked_matrix("logits", logits_NC) / _checked_temperature(temperature)
    labels_N = checked_labels(labels_N, others_NC.shape)
    others_NC[np.arange(labels_N.size), labels_N] = -np.inf
    weights_NC = np.exp(others_NC - others_NC.max(axis=1, keepdims=True))
    return np.asarray(weights_NC / weights_NC.sum(axis=1, keepdims=True), dtype=np.float64)


def loss_gradient(
    student_NC: NDArray[Any],
    teacher_NC: NDArray[Any],
    labels_N: NDArray[Any],
    *,
    temperature: float,
    alpha: float,
    with_t_squared: bool = True,
) -> Gradient:
    """Gradient of (1 − α)·CE + α·T²·KL(teacher ‖ student) of each image with respect to the student's logits.

    hard = (1 − α)·(ps(1) − onehot); soft = α·T·(ps(T) − pt(T)), or α/T·(...) without T².
    Shapes: logits (N, C), labels (N,) integers. Each image's own loss: a mean over a batch of B divides it by B.
    Raises: as ``soften_NC``, and if alpha is not in 0 to 1, the shapes differ, or the labels are invalid.
    Source: Hinton, Vinyals, Dean 2015 (arXiv:1503.02531), section 2.
    """
    _checked_pair(student_NC, teacher_NC)
    if not 0 <= alpha <= 1:
        raise InvalidSetting("alpha", expected="0 to 1", got=alpha, hint="0 is labels only, 1 the teacher only")
    hard_NC = soften_NC(student_NC, 1.0)
    labels_N = checked_labels(labels_N, hard_NC.shape)
    hard_NC[np.arange(labels_N.size), labels_N] -= 1
    weight = alpha * temperature if with_t_squared else alpha / temperature
    return Gradient(
        hard_NC=(1 - alpha) * hard_NC,
        soft_NC=weight * (soften_NC(student_NC, temperature) - soften_NC(teacher_NC, temperature)),
    )


def matching_NC(student_NC: NDArray[Any], teacher_NC: NDArray[Any]) -> Floats:
    """The limit of T·(ps(T) − pt(T)) for large T: the difference of the centred logits, divided by C; shape (N, C).

    Raises: InvalidSetting if the shapes differ or the logits are no finite (N, C).
    Source: Hinton, Vinyals, Dean 2015 (arXiv:1503.02531), section 2.1.
    """
    student_NC, teacher_NC = _checked_pair(student_NC, teacher_NC)
    apart_NC = student_NC - teacher_NC
    return np.asarray((apart_NC - apart_NC.mean(axis=1, keepdims=True)) / apart_NC.shape[1], dtype=np.float64)


def gradient_scaling(
    student_NC: NDArray[Any], teacher_NC: NDArray[Any], temperatures: Sequence[float]
) -> tuple[GradientScaling, ...]:
    """The soft term's gradient (alpha 1) at each temperature: without T² it decreases as 1/T², with T² it does not.

    Raises: as ``soften_NC``, and if the shapes differ.
    Source: Hinton, Vinyals, Dean 2015 (arXiv:1503.02531), sections 2 and 2.1.
    """
    student_NC, teacher_NC = _checked_pair(student_NC, teacher_NC)
    limit_NC = matching_NC(student_NC, teacher_NC)
    if _length(limit_NC) <= ROUNDING * max(_length(student_NC), _length(teacher_NC)):
        return tuple(
            GradientScaling(temperature=_checked_temperature(temperature), plain=0.0, scaled=0.0, distance=0.0)
            for temperature in temperatures
        )
    # classes first, and the shift once: half the time of a softmax for each temperature
    shifted_CM = np.ascontiguousarray(np.concatenate([student_NC, teacher_NC]).T)
    shifted_CM -= shifted_CM.max(axis=0)
    return tuple(_scaling_at(shifted_CM, np.ascontiguousarray(limit_NC.T), temperature) for temperature in temperatures)


def loss_terms(
    student_NC: NDArray[Any], teacher_NC: NDArray[Any], labels_N: NDArray[Any], *, temperature: float
) -> Terms:
    """Cross-entropy at T 1 and T² · KL(teacher ‖ student) of each image, in nats.

    Shapes: logits (N, C), labels (N,) integers. The soft term is 0 where the two agree.
    Raises: as ``soften_NC``, and if the shapes differ or the labels are invalid.
    Source: Hinton, Vinyals, Dean 2015 (arXiv:1503.02531), section 2.
    """
    _checked_pair(student_NC, teacher_NC)
    logs_NC = log_softmax_NC(student_NC)
    labels_N = checked_labels(labels_N, logs_NC.shape)
    student_logs_NC, teacher_logs_NC = _log_soften_NC(student_NC, temperature), _log_soften_NC(teacher_NC, temperature)
    kl_N = (np.exp(teacher_logs_NC) * (teacher_logs_NC - student_logs_NC)).sum(axis=1)
    return Terms(
        hard_N=0.0 - logs_NC[np.arange(labels_N.size), labels_N],
        # rounding can put the KL of near equals below 0
        soft_N=temperature**2 * np.maximum(kl_N, 0.0),
    )


def class_similarity_CC(logits_NC: NDArray[Any], labels_N: NDArray[Any], temperature: float) -> Floats:
    """Mean softened probabilities of the images of each class, shape (C, C); the row is the true class.

    A class without images has a row of NaN.
    Raises: as ``soften_NC``, and if the labels are invalid.
    """
    soft_NC = soften_NC(logits_NC, temperature)
    labels_N = checked_labels(labels_N, soft_NC.shape)
    onehot_NC = np.eye(soft_NC.shape[1])[labels_N]
    counts_C = onehot_NC.sum(axis=0)
    counts_C[counts_C == 0] = np.nan
    return np.asarray(np.einsum("nk,nc->kc", onehot_NC, soft_NC) / counts_C[:, None], dtype=np.float64)


def fit_temperature(logits_NC: NDArray[Any], labels_N: NDArray[Any]) -> float:
    """The temperature, 0.05 to 50, at which softmax(z / T) has the lowest mean NLL on these (validation) images.

    1 where no other is better. Above 1 the network is overconfident, below 1 underconfident.
    Raises: InvalidSetting if the logits are no finite (N, C) or the labels are invalid.
    Source: Guo, Pleiss, Sun, Weinberger 2017 (arXiv:1706.04599), section 4.2.
    """
    from scipy.optimize import minimize_scalar

    checked_NC = checked_matrix("logits", logits_NC)
    labels_N = checked_labels(labels_N, checked_NC.shape)
    rows_N = np.arange(labels_N.size)

    def nll(temperature: float) -> float:
        return float(-_log_soften_NC(checked_NC, temperature)[rows_N, labels_N].mean())

    minimum = minimize_scalar(
        lambda log_t: nll(math.exp(log_t)),
        bounds=(math.log(COLDEST), math.log(WARMEST)),
        method="bounded",
        options={"xatol": 1e-8},
    )
    return min(1.0, math.exp(minimum.x), key=nll)


def _scaling_at(shifted_CM: Floats, limit_CN: Floats, temperature: float) -> GradientScaling:
    soft_CM = np.exp(shifted_CM / _checked_temperature(temperature))
    soft_CM /= soft_CM.sum(axis=0)
    images = limit_CN.shape[1]
    difference_CN = soft_CM[:, :images] - soft_CM[:, images:]
    length = float(np.sqrt(np.einsum("cn,cn->n", difference_CN, difference_CN)).mean())
    return GradientScaling(
        temperature=float(temperature),
        plain=length / temperature,
        scaled=length * temperature,
        distance=_length(temperature * difference_CN - limit_CN) / _length(limit_CN),
    )


def _length(values: Floats) -> float:
    # not linalg.norm: while a network trains, its threads wait 10 ms for each other
    return math.sqrt(float((values * values).sum()))


def _log_soften_NC(logits_NC: NDArray[Any], temperature: float) -> Floats:
    return log_softmax_NC(checked_matrix("logits", logits_NC) / _checked_temperature(temperature))


def _checked_temperature(temperature: float) -> float:
    if not 0 < temperature < math.inf:
        raise InvalidSetting(
            "temperature", expected="finite, above 0", got=temperature, hint="4 is a good start for small images"
        )
    return float(temperature)


def _checked_pair(student_NC: NDArray[Any], teacher_NC: NDArray[Any]) -> tuple[Floats, Floats]:
    student_NC, teacher_NC = checked_matrix("logits", student_NC), checked_matrix("logits", teacher_NC)
    if student_NC.shape != teacher_NC.shape:
        raise InvalidSetting(
            "logits",
            expected="two arrays of the same shape (images, classes)",
            got=said("{student} and {teacher}", student_NC.shape, teacher_NC.shape),
            hint="choose a teacher and a student of the same task",
        )
    return student_NC, teacher_NC
