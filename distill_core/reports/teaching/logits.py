"""What methods on logits compare, image by image. Shapes: N images, C classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from distill_core.lazy_torch import F, Tensor, torch
from distill_core.methods import Method, non_target_class_kl, standardize, target_class_kl
from distill_core.methods.zoo.ctkd import starting_temperature
from distill_core.methods.zoo.labels import smoothed
from distill_core.methods.zoo.mlkd import TEMPERATURES
from distill_core.methods.zoo.nkd import other_shares
from distill_core.methods.zoo.ofa import strengthened
from distill_core.methods.zoo.tfkd import hand_made
from distill_core.methods.zoo.wsld import image_weights
from distill_core.reports.teaching.activations import PairActivations


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """The loss pulls ``student_NC`` towards ``target_NC``, which ``target`` names; NaN for a class that is left out.

    ``share``: values are probabilities. ``note_N``: the method's weight of each image, which ``note`` names; both are
    empty without weights.
    """

    what: str
    target: str
    share: bool
    student_NC: np.ndarray
    target_NC: np.ndarray
    note: str = ""
    note_N: np.ndarray | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Split:
    """T² · KL of each image in nats: labelled class against all others (``target_N``), and among the others
    (``others_N``); ``sure_N``: the teacher's probability of the labelled class at this temperature."""

    temperature: float
    target_weight: float
    other_weight: float
    target_N: np.ndarray
    others_N: np.ndarray
    sure_N: np.ndarray


def split(method: Method, looks: PairActivations) -> Split:
    """Both parts of the KD loss with DKD's weights."""
    temperature, numbers = _temperature(method), method.parameters
    student_NC, teacher_NC, labels_N = _looked(looks)
    rows = [(student_NC[[i]], teacher_NC[[i]], labels_N[[i]]) for i in range(len(labels_N))]
    target, others = (
        torch.stack([term(*row, temperature=temperature) for row in rows]).numpy()
        for term in (target_class_kl, non_target_class_kl)
    )
    sure = (teacher_NC / temperature).softmax(1).gather(1, labels_N[:, None])[:, 0]
    return Split(
        temperature=temperature,
        target_weight=numbers.get("target_weight", 1.0),
        other_weight=numbers.get("other_weight", 1.0),
        target_N=target,
        others_N=others,
        sure_N=sure.numpy(),
    )


def compared(method: Method, looks: PairActivations) -> Compared:
    """The method's own transformation of logits where it has one, else probabilities softened at its temperature."""
    own: Mapping[str, Callable[[Method, PairActivations], Compared]] = {
        "logit_regression": _raw,
        "standardized_kd": _standardised,
        "nkd": _others,
        "wsld": _weighed,
        "mlkd": _many_levels,
        "ofa": _strengthened,
        "teacher_free": _hand_made,
        "label_smoothing": _smoothed,
        "ctkd": _at_its_start,
        "mutual": _peers,
    }
    default = _softened if method.uses_teacher else _labels
    return own.get(method.name, default)(method, looks)


def _softened(method: Method, looks: PairActivations) -> Compared:
    temperature = _temperature(method)
    student, teacher = ((one / temperature).softmax(1) for one in _looked(looks)[:2])
    return _pair(f"probability at T = {temperature:g}", "teacher", student, teacher)


def _at_its_start(method: Method, looks: PairActivations) -> Compared:
    temperature = starting_temperature(method.parameters["start"], method.parameters["range"])
    student, teacher = ((one / temperature).softmax(1) for one in _looked(looks)[:2])
    return _pair(f"probability at T = {temperature:.1f}, where it starts to learn T", "teacher", student, teacher)


def _peers(method: Method, looks: PairActivations) -> Compared:
    temperature = _temperature(method)
    student, peer = ((one / temperature).softmax(1) for one in _looked(looks)[:2])
    return _pair(f"probability at T = {temperature:g}, the other network as its peer", "peer", student, peer)


def _labels(method: Method, looks: PairActivations) -> Compared:
    student, _, labels = _looked(looks)
    return _pair("probability", "label", student.softmax(1), _onehot(labels, student))


def _smoothed(method: Method, looks: PairActivations) -> Compared:
    student, _, labels = _looked(looks)
    epsilon = method.parameters["epsilon"]
    target = smoothed(labels, student.shape[1], epsilon=epsilon)
    return _pair(f"probability, label smoothed by {epsilon:g}", "smoothed label", student.softmax(1), target)


def _hand_made(method: Method, looks: PairActivations) -> Compared:
    student, _, labels = _looked(looks)
    made = hand_made(student, labels, temperature=_temperature(method)).exp()
    return _pair(
        f"probability, hand-made teacher at T = {_temperature(method):g}", "hand-made teacher", student.softmax(1), made
    )


def _raw(method: Method, looks: PairActivations) -> Compared:
    student, teacher, _ = _looked(looks)
    return _pair("logit", "teacher", student, teacher, share=False)


def _standardised(method: Method, looks: PairActivations) -> Compared:
    student, teacher = (standardize(one) for one in _looked(looks)[:2])
    return _pair("standardised logit (mean 0, deviation 1)", "teacher", student, teacher, share=False)


def _others(method: Method, looks: PairActivations) -> Compared:
    temperature = _temperature(method)
    student, teacher, labels = _looked(looks)
    left_out = [_all_classes(other_shares(one, labels, temperature=temperature), labels) for one in (student, teacher)]
    sure = teacher.softmax(1).gather(1, labels[:, None])[:, 0]
    what = f"share among the wrong classes at T = {temperature:g}"
    return _pair(what, "teacher", *left_out, note="weight of the right class: the teacher's probability", note_N=sure)


def _weighed(method: Method, looks: PairActivations) -> Compared:
    temperature = _temperature(method)
    student, teacher, labels = _looked(looks)
    soft = [(one / temperature).softmax(1) for one in (student, teacher)]
    weights = image_weights(student, teacher, labels)
    return _pair(f"probability at T = {temperature:g}", "teacher", *soft, note="weight of this image", note_N=weights)


def _many_levels(method: Method, looks: PairActivations) -> Compared:
    student, teacher = (torch.stack([(one / T).softmax(1) for T in TEMPERATURES]).mean(0) for one in _looked(looks)[:2])
    what = f"probability, mean of T = {TEMPERATURES[0]:g} to {TEMPERATURES[-1]:g}"
    return _pair(what, "teacher", student, teacher)


def _strengthened(method: Method, looks: PairActivations) -> Compared:
    temperature, epsilon = _temperature(method), method.parameters["epsilon"]
    student, teacher, labels = _looked(looks)
    weights = strengthened(teacher, labels, epsilon=epsilon, temperature=temperature)
    what = f"weight that the loss gives a class (ε = {epsilon:g}), and the student's probability"
    return _pair(what, "weight from the teacher", (student / temperature).softmax(1), weights)


def _pair(
    what: str,
    target: str,
    student: Tensor,
    target_NC: Tensor,
    *,
    share: bool = True,
    note: str = "",
    note_N: Tensor | None = None,
) -> Compared:
    return Compared(
        what=what,
        target=target,
        share=share,
        student_NC=student.numpy(),
        target_NC=target_NC.numpy(),
        note=note,
        note_N=None if note_N is None else note_N.numpy(),
    )


def _looked(looks: PairActivations) -> tuple[Tensor, Tensor, Tensor]:
    assert looks.inputs.teacher_BC is not None
    return looks.inputs.student_BC, looks.inputs.teacher_BC, looks.inputs.targets_B


def _onehot(labels: Tensor, like: Tensor) -> Tensor:
    return F.one_hot(labels, like.shape[1]).to(like.dtype)


def _all_classes(others: Tensor, labels: Tensor) -> Tensor:
    """Probabilities of the wrong classes in their columns; NaN in the right class's."""
    wrong = ~_onehot(labels, others.new_empty(0, others.shape[1] + 1)).bool()
    return others.new_full(wrong.shape, float("nan")).masked_scatter(wrong, others)


def _temperature(method: Method) -> float:
    return 1.0 if method.temperature is None else method.temperature
