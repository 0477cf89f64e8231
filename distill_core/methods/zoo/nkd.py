"""NKD, normalised distillation: the labelled class weighed by the teacher, the others after normalising them.

Shapes: B batch, C classes.
"""

from __future__ import annotations

from distill_core.lazy_torch import Tensor, torch
from distill_core.methods.base import Method, Settings
from distill_core.methods.checks import check_labelled_logits
from distill_core.methods.logit_terms import on_logits, weight, weights
from distill_core.methods.pictures import Compared, PairActivations, compared, onehot
from distill_core.methods.zoo.dkd import other_classes


def nkd_loss(student_BC: Tensor, teacher_BC: Tensor, labels_B: Tensor, *, gamma: float, temperature: float) -> Tensor:
    """−p_t(y)·log p_s(y) − γ·T²·Σ over the other classes of p̂_t·log p̂_s, where p̂ is normalised without y.

    A cross-entropy, so not 0 where they agree. Shapes: (batch, classes) twice, (batch,) int64.
    Returns: a scalar in nats, mean over the batch.
    Raises: InvalidSetting for a temperature, shapes or labels that cannot be.
    Source: Yang et al. 2023 (arXiv:2303.13005), equation 9; its first term comes on top of cross-entropy.
    """
    check_labelled_logits(student_BC, teacher_BC, labels_B, temperature)
    teacher_BC, target_B1 = teacher_BC.detach(), labels_B[:, None]
    target_B = -teacher_BC.softmax(1).gather(1, target_B1) * student_BC.log_softmax(1).gather(1, target_B1)
    student = (other_classes(student_BC, labels_B) / temperature).log_softmax(1)
    teacher = other_shares(teacher_BC, labels_B, temperature=temperature)
    return target_B.mean() - gamma * temperature**2 * (teacher * student).sum(1).mean()


def other_shares(logits_BC: Tensor, labels_B: Tensor, *, temperature: float) -> Tensor:
    """(B, C − 1): the probabilities of the classes that are not the labelled one, normalised to add up to one."""
    return (other_classes(logits_BC, labels_B) / temperature).softmax(1)


def _picture(settings: Settings, activations: PairActivations) -> Compared:
    temperature, labels_N = settings.numbers["temperature"], activations.labels_N
    student_NC, teacher_NC = (_with_gaps(logits, labels_N, temperature) for logits in activations.logits)
    sure_N = activations.logits[1].softmax(1).gather(1, labels_N[:, None])[:, 0]
    what = f"share among the wrong classes at T = {temperature:g}"
    note = "weight of the right class: the teacher's probability"
    return compared(what, "teacher", student_NC, teacher_NC, note=note, note_N=sure_N)


def _with_gaps(logits_NC: Tensor, labels_N: Tensor, temperature: float) -> Tensor:
    """Shares of the wrong classes in their columns; NaN in the right class's."""
    shares = other_shares(logits_NC, labels_N, temperature=temperature)
    return torch.full_like(logits_NC, float("nan")).masked_scatter(~onehot(labels_N, logits_NC).bool(), shares)


ENTRIES = (
    Method(
        name="nkd",
        title="Normalised distillation",
        paper="2303.13005",
        year=2023,
        teaches="The wrong classes are compared after they were made to add up to one, so a sure teacher still tells "
        "how they differ.",
        formula=r"\mathcal{L} = w_h\,\mathrm{CE} - w\,\big[p_t^y \log p_s^y + \gamma T^2 \textstyle\sum_{i \neq y} "
        r"\hat p_t^i \log \hat p_s^i\big]",
        symbols={
            r"\gamma": "gamma, the weight of the other classes",
            "p": r"probabilities of student ($p_s$) and teacher ($p_t$), $y$ the label's; $\hat p$: among the others",
        },
        uses_teacher=True,
        temperature=1.0,
        parameters={**weights(1.0, 1.0), "gamma": weight(1.5)},
        standardizes=True,
        needs_classes=True,
        units={"hard": "nats", "soft": "nats"},
        picture=_picture,
        build=on_logits(nkd_loss),
    ),
)
