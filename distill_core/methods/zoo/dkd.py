"""DKD, decoupled distillation: the target class and the other classes apart. Shapes: B batch, C classes."""

from __future__ import annotations

from distill_core.lazy_torch import F, Tensor, torch
from distill_core.methods.base import DistillLoss, FeatureShapes, LossInputs, Method, Settings, StepLoss
from distill_core.methods.checks import check_labelled_logits
from distill_core.methods.logit_terms import labels_or_pseudo_labels, linear_warmup, weight
from distill_core.methods.losses import labelled_cross_entropy
from distill_core.methods.pictures import DecoupledTerms, PairActivations
from distill_core.methods.standardization import compared_logits
from distill_core.spec.parameters import Parameter


def target_class_kl(student_BC: Tensor, teacher_BC: Tensor, labels_B: Tensor, *, temperature: float) -> Tensor:
    """T² · KL(teacher ‖ student) of "the labelled class or another", in the log domain.

    Shapes: (batch, classes) twice, (batch,) int64. Returns: a scalar in nats, mean over the batch.
    Raises: InvalidSetting for a temperature, shapes or labels that cannot be.
    Source: Zhao et al. 2022 (arXiv:2203.08679), equation 5.
    """
    check_labelled_logits(student_BC, teacher_BC, labels_B, temperature)
    student_B2 = _target_or_other(student_BC / temperature, labels_B)
    teacher_B2 = _target_or_other(teacher_BC.detach() / temperature, labels_B)
    return F.kl_div(student_B2, teacher_B2, reduction="batchmean", log_target=True) * temperature**2


def non_target_class_kl(student_BC: Tensor, teacher_BC: Tensor, labels_B: Tensor, *, temperature: float) -> Tensor:
    """T² · KL(teacher ‖ student) among the classes that are not the labelled one; 0 with two classes.

    Shapes: (batch, classes) twice, (batch,) int64. Returns: a scalar in nats, mean over the batch.
    Raises: InvalidSetting for a temperature, shapes or labels that cannot be.
    Source: Zhao et al. 2022 (arXiv:2203.08679), equation 6.
    """
    check_labelled_logits(student_BC, teacher_BC, labels_B, temperature)
    student = F.log_softmax(other_classes(student_BC, labels_B) / temperature, dim=1)
    teacher = F.log_softmax(other_classes(teacher_BC.detach(), labels_B) / temperature, dim=1)
    return F.kl_div(student, teacher, reduction="batchmean", log_target=True) * temperature**2


def other_classes(logits_BC: Tensor, labels_B: Tensor) -> Tensor:
    """(B, C − 1): the logits without the labelled class, the others in their order."""
    classes = logits_BC.shape[1]
    others = torch.arange(classes, device=logits_BC.device) != labels_B[:, None]
    return logits_BC[others].reshape(len(logits_BC), classes - 1)


def _target_or_other(logits_BC: Tensor, labels_B: Tensor) -> Tensor:
    log_p_BC = torch.log_softmax(logits_BC, dim=1)
    target_B = log_p_BC.gather(1, labels_B[:, None])[:, 0]
    return torch.stack([target_B, other_classes(log_p_BC, labels_B).logsumexp(dim=1)], dim=1)


def _dkd(settings: Settings, pair: FeatureShapes) -> DistillLoss:
    numbers = settings.numbers
    temperature = numbers["temperature"]

    def loss(inputs: LossInputs) -> StepLoss:
        labels_B = labels_or_pseudo_labels(inputs)
        pair = compared_logits(inputs, settings)
        hard = labelled_cross_entropy(inputs.student_BC, inputs.targets_B)
        target = target_class_kl(*pair, labels_B, temperature=temperature)
        others = non_target_class_kl(*pair, labels_B, temperature=temperature)
        share = linear_warmup(inputs.progress) if numbers["warmup"] else 1.0
        weights = {
            "hard": numbers["hard_weight"],
            "target class": share * numbers["target_weight"],
            "other classes": share * numbers["other_weight"],
        }
        return StepLoss(parts={"hard": hard, "target class": target, "other classes": others}, weights=weights)

    return loss


def _picture(settings: Settings, activations: PairActivations) -> DecoupledTerms:
    """Both parts of the KD loss with DKD's weights."""
    numbers, labels_N, (student_NC, teacher_NC) = settings.numbers, activations.labels_N, activations.logits
    temperature = numbers["temperature"]
    rows = [(student_NC[[i]], teacher_NC[[i]], labels_N[[i]]) for i in range(len(labels_N))]
    target_N, others_N = (
        torch.stack([term(*row, temperature=temperature) for row in rows]).numpy()
        for term in (target_class_kl, non_target_class_kl)
    )
    return DecoupledTerms(
        temperature=temperature,
        target_weight=numbers["target_weight"],
        other_weight=numbers["other_weight"],
        target_N=target_N,
        others_N=others_N,
        sure_N=(teacher_NC / temperature).softmax(1).gather(1, labels_N[:, None])[:, 0].numpy(),
    )


ENTRIES = (
    Method(
        name="dkd",
        title="Decoupled distillation",
        paper="2203.08679",
        year=2022,
        teaches="What the teacher says about the wrong classes gets a weight of its own, however sure it is of the "
        "right one.",
        formula=r"\mathcal{L} = w_h\,\mathrm{CE} + w\,T^2\,(\alpha\,\mathrm{TCKD} + \beta\,\mathrm{NCKD})",
        symbols={
            r"\alpha": "target weight",
            r"\beta": "other weight",
            r"\mathrm{TCKD}": "divergence of the label's class from all others together",
            r"\mathrm{NCKD}": "divergence among the other classes",
        },
        uses_teacher=True,
        temperature=4.0,
        parameters={
            **{"hard_weight": weight(1.0), "target_weight": weight(1.0), "other_weight": weight(8.0)},
            "warmup": Parameter(1.0, 0.0, 1.0),
        },
        standardizes=True,
        needs_classes=True,
        units=dict.fromkeys(("hard", "target class", "other classes"), "nats"),
        picture=_picture,
        build=_dkd,
    ),
)
