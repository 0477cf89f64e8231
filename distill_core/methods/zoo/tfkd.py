"""Tf-KD: a hand-made teacher, sure of the label, uniform over the other classes. Shapes: B batch, C classes."""

from __future__ import annotations

from distill_core.lazy_torch import F, Tensor, torch
from distill_core.methods.base import LossInputs, Method, Settings
from distill_core.methods.logit_terms import weighted, weights
from distill_core.methods.pictures import Compared, PairActivations, compared
from distill_core.tasks import IGNORE

SURE = 0.99


def hand_made_kl(student_BC: Tensor, labels_B: Tensor, *, temperature: float) -> Tensor:
    """KL from a teacher that gives the label 0.99, softened at T, to the student at T 1; mean over images and classes.

    Without T², and divided by B·C, as in the reference. Shapes: (batch, classes), (batch,) int64.
    Returns: a scalar in nats a class.
    Source: Yuan et al. 2020 (arXiv:1909.11723), section 4.2.
    """
    made_BC = hand_made(student_BC, labels_B, temperature=temperature)
    return F.kl_div(student_BC.log_softmax(1), made_BC, reduction="sum", log_target=True) / student_BC.numel()


def hand_made(like_BC: Tensor, labels_B: Tensor, *, temperature: float) -> Tensor:
    """(B, C): the hand-made teacher's log-probabilities at T."""
    classes = like_BC.shape[1]
    made_BC = torch.full_like(like_BC, (1 - SURE) / (classes - 1)).scatter(1, labels_B[:, None], SURE)
    return (made_BC / temperature).log_softmax(1)


def _term(inputs: LossInputs, settings: Settings) -> Tensor:
    labelled_B = inputs.targets_B != IGNORE
    if not bool(labelled_B.any()):
        return inputs.student_BC.sum() * 0.0
    return hand_made_kl(
        inputs.student_BC[labelled_B], inputs.targets_B[labelled_B], temperature=settings.numbers["temperature"]
    )


def _picture(settings: Settings, activations: PairActivations) -> Compared:
    temperature, student_NC = settings.numbers["temperature"], activations.logits[0]
    made_NC = hand_made(student_NC, activations.labels_N, temperature=temperature).exp()
    what = f"probability, hand-made teacher at T = {temperature:g}"
    return compared(what, "hand-made teacher", student_NC.softmax(1), made_NC)


ENTRIES = (
    Method(
        name="teacher_free",
        title="Teacher-free",
        paper="1909.11723",
        year=2020,
        teaches="Part of what soft targets do needs no teacher: a hand-made one, always right, also regularises.",
        formula=r"\mathcal{L} = w_h\,\mathrm{CE} + w\,\tfrac{1}{BC}\,\mathrm{KL}(\sigma(p_{made}/T) \| p_s)",
        symbols={
            r"\sigma": "softmax",
            "p": "probabilities of the student ($p_s$), and of a hand-made teacher ($p_{made}$): 0.99 for the label",
        },
        uses_teacher=False,
        needs_classes=True,
        temperature=20.0,
        parameters=weights(0.9, 0.1),
        units={"hard": "nats", "soft": "nats a class"},
        picture=_picture,
        build=weighted(_term),
    ),
)
