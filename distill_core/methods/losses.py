"""Loss functions of several methods: tensors in, a scalar out.

Shapes: B batch, C classes.
"""

from __future__ import annotations

from distill_core.lazy_torch import F, Tensor
from distill_core.methods.checks import check_labels, check_logits, check_temperature
from distill_core.tasks import IGNORE


def labelled_cross_entropy(student_BC: Tensor, targets_B: Tensor, *, smoothing: float = 0.0) -> Tensor:
    """Cross-entropy over the rows with a target, divided by their number; 0 where there is none.

    Shapes: (batch, classes), (batch,) int64, ``IGNORE`` where there is no target. Returns: a scalar in nats.
    Raises: InvalidSetting unless there is a target, or none, for each row.
    ``smoothing`` ε mixes the target: (1 − ε)·onehot + ε/C (Szegedy et al. 2016, arXiv:1512.00567).
    """
    check_labels(student_BC, targets_B)
    labelled_B = targets_B != IGNORE
    if not bool(labelled_B.any()):
        return student_BC.sum() * 0.0
    return F.cross_entropy(student_BC[labelled_B], targets_B[labelled_B], label_smoothing=smoothing)


def soft_target_kl(student_BC: Tensor, teacher_BC: Tensor, *, temperature: float) -> Tensor:
    """T² · KL(teacher ‖ student) between softened class distributions.

    Shapes: both (batch, classes). Returns: a scalar in nats, mean over the batch; 0 where they agree.
    No gradient reaches the teacher.
    Raises: InvalidSetting if temperature <= 0 or infinite, or the shapes differ.
    Source: Hinton, Vinyals, Dean 2015 (arXiv:1503.02531), section 2.
    """
    check_temperature(temperature)
    return softened_kl(student_BC, teacher_BC, temperature=temperature)


def softened_kl(student_BC: Tensor, teacher_BC: Tensor, *, temperature: float | Tensor) -> Tensor:
    """``soft_target_kl`` for a temperature that may be learnt: not checked, with a gradient through T² too.

    Raises: InvalidSetting if the shapes differ.
    """
    check_logits(student_BC, teacher_BC)
    student = F.log_softmax(student_BC / temperature, dim=1)
    teacher = F.log_softmax(teacher_BC.detach() / temperature, dim=1)
    return F.kl_div(student, teacher, reduction="batchmean", log_target=True) * temperature**2
