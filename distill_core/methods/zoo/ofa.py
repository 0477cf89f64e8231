"""OFA, the loss of the one-for-all head: the target class gets more weight where the teacher is unsure.

Shapes: B batch, C classes.
"""

from __future__ import annotations

from distill_core.lazy_torch import F, Tensor
from distill_core.methods.base import Method, Settings
from distill_core.methods.checks import check_labelled_logits
from distill_core.methods.logit_terms import on_logits, weights
from distill_core.methods.pictures import Compared, PairActivations, compared
from distill_core.spec.parameters import Parameter


def ofa_loss(student_BC: Tensor, teacher_BC: Tensor, labels_B: Tensor, *, epsilon: float, temperature: float) -> Tensor:
    """−mean over the batch of Σ ((p_t + onehot)^ε − onehot)·log p_s; with ε 1 it is the cross-entropy to the teacher.

    Shapes: (batch, classes) twice, (batch,) int64. Returns: a scalar in nats.
    Raises: InvalidSetting for a temperature, shapes or labels that cannot be.
    Source: Hao et al. 2023 (arXiv:2310.19444), equation 7.
    """
    check_labelled_logits(student_BC, teacher_BC, labels_B, temperature)
    wanted_BC = strengthened(teacher_BC.detach(), labels_B, epsilon=epsilon, temperature=temperature)
    return -(wanted_BC * (student_BC / temperature).log_softmax(1)).sum(1).mean()


def strengthened(teacher_BC: Tensor, labels_B: Tensor, *, epsilon: float, temperature: float) -> Tensor:
    """(B, C): (p_t + onehot)^ε − onehot, the weight that each class has in the loss."""
    target_BC = F.one_hot(labels_B, teacher_BC.shape[1]).to(teacher_BC.dtype)
    return ((teacher_BC / temperature).softmax(1) + target_BC) ** epsilon - target_BC


def _picture(settings: Settings, activations: PairActivations) -> Compared:
    (student_NC, teacher_NC), numbers = activations.logits, settings.numbers
    temperature, epsilon = numbers["temperature"], numbers["epsilon"]
    weights_NC = strengthened(teacher_NC, activations.labels_N, epsilon=epsilon, temperature=temperature)
    what = f"weight that the loss gives a class (ε = {epsilon:g}), and the student's probability"
    return compared(what, "weight from the teacher", (student_NC / temperature).softmax(1), weights_NC)


ENTRIES = (
    Method(
        name="ofa",
        title="One-for-all head",
        paper="2310.19444",
        year=2023,
        teaches="Made for pairs of unlike kind: the right class counts more, since two kinds of network err "
        "differently on the others.",
        formula=r"\mathcal{L} = w_h\,\mathrm{CE} - w\,\overline{\textstyle\sum_i \big((p_t^i + y_i)^{\varepsilon} - "
        r"y_i\big) \log p_s^i}",
        symbols={
            r"\varepsilon": "epsilon, the power that strengthens the label's class",
        },
        uses_teacher=True,
        temperature=1.0,
        parameters={**weights(1.0, 1.0), "epsilon": Parameter(1.5, 0.5, 4.0)},
        standardizes=True,
        needs_classes=True,
        units={"hard": "nats", "soft": "nats"},
        picture=_picture,
        build=on_logits(ofa_loss),
    ),
)
