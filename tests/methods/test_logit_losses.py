"""Losses on logits: reference values that were computed elsewhere, and what must hold for any input.

Shapes: B batch, C classes.
"""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from distill_core.errors import InvalidSetting
from distill_core.methods.losses import soft_target_kl
from distill_core.methods.standardization import standardize
from distill_core.methods.zoo.dist import dist_loss
from distill_core.methods.zoo.dkd import non_target_class_kl, target_class_kl
from distill_core.methods.zoo.logit_regression import logit_mse
from distill_core.methods.zoo.mlkd import batch_correlation, class_correlation
from distill_core.methods.zoo.nkd import nkd_loss
from distill_core.methods.zoo.ofa import ofa_loss
from distill_core.methods.zoo.tfkd import hand_made_kl
from distill_core.methods.zoo.wsld import wsld_loss
from tests.methods.waves import LABELS, STUDENT, TEACHER, waves

Loss = Callable[[Tensor, Tensor, Tensor], Tensor]

# What a loss answers for the reference inputs: STUDENT, TEACHER and LABELS.
VALUES: dict[str, tuple[Loss, float]] = {
    "logit_mse": (lambda s, t, y: logit_mse(s, t), 17.34203081663057),
    "target_class_kl": (lambda s, t, y: target_class_kl(s, t, y, temperature=4), 0.7992356347934244),
    "non_target_class_kl": (lambda s, t, y: non_target_class_kl(s, t, y, temperature=4), 7.03553834611626),
    "dist": (lambda s, t, y: dist_loss(s, t, beta=1, gamma=1, temperature=4), 31.814458153797933),
    "nkd": (lambda s, t, y: nkd_loss(s, t, y, gamma=1.5, temperature=1), 6.597690649363098),
    "wsld": (lambda s, t, y: wsld_loss(s, t, y, alpha=2.5, temperature=2), 16.54720789506115),
    "ofa": (lambda s, t, y: ofa_loss(s, t, y, epsilon=1.5, temperature=1), 2.723370800801527),
    "class_correlation": (lambda s, t, y: class_correlation(s, t, temperature=4), 0.03357242299535511),
    "batch_correlation": (lambda s, t, y: batch_correlation(s, t, temperature=4), 0.006655773594404112),
    "standardised KD": (
        lambda s, t, y: soft_target_kl(standardize(s), standardize(t), temperature=2),
        0.8682334170252128,
    ),
    "teacher-free": (
        lambda s, t, y: 0.9 * cross_entropy(s, y) + 0.1 * hand_made_kl(s, y, temperature=20),
        3.338017202013196,
    ),
}
LOSSES = {name: loss for name, (loss, _) in VALUES.items()}
NOTHING_AT_EQUALITY = ("logit_mse", "target_class_kl", "non_target_class_kl", "dist", "class_correlation",
                       "batch_correlation", "standardised KD")  # fmt: skip
# A constant on the logits of an image means nothing to a softmax.
CONSTANT_MATTERS = ("logit_mse",)
every = pytest.mark.parametrize("name", LOSSES)


@every
def test_a_loss_has_its_reference_value(name: str) -> None:
    loss, value = VALUES[name]
    assert loss(STUDENT, TEACHER, LABELS).item() == pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize("name", NOTHING_AT_EQUALITY)
def test_it_is_nothing_where_they_agree_and_pulls_nowhere(name: str) -> None:
    student = TEACHER.clone().requires_grad_()
    loss = LOSSES[name](student, TEACHER, LABELS)
    loss.backward()
    assert loss.item() == pytest.approx(0, abs=1e-6)
    assert student.grad is not None
    torch.testing.assert_close(student.grad, torch.zeros_like(student), rtol=0, atol=1e-7)


@pytest.mark.parametrize("name", [name for name in LOSSES if name not in CONSTANT_MATTERS])
def test_a_constant_on_the_logits_of_an_image_changes_nothing(name: str) -> None:
    constant = waves((8, 1), 2.1, 0.3, 50)
    wanted = LOSSES[name](STUDENT, TEACHER, LABELS)
    torch.testing.assert_close(LOSSES[name](STUDENT + constant, TEACHER - constant, LABELS), wanted)


@every
def test_no_gradient_reaches_the_teacher(name: str) -> None:
    student, teacher = STUDENT.clone().requires_grad_(), TEACHER.clone().requires_grad_()
    LOSSES[name](student, teacher, LABELS).backward()
    assert teacher.grad is None
    assert student.grad is not None
    assert bool((student.grad != 0).any())


@every
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_it_stays_finite_at_the_ends(name: str, dtype: torch.dtype) -> None:
    ends = [[1000.0, -1000.0, 0.0], [-1000.0, 1000.0, 1000.0], [0.0, 0.0, 0.0]]
    student = torch.tensor(ends, dtype=dtype).requires_grad_()
    teacher = torch.tensor([[-1000.0, 1000.0, 0.0], [-1000.0, -1000.0, -1000.0], ends[0]], dtype=dtype)
    loss = LOSSES[name](student, teacher, torch.tensor([0, 1, 2]))
    loss.backward()
    assert loss.isfinite()
    assert student.grad is not None
    assert student.grad.isfinite().all()


@every
def test_one_image_and_two_classes_work(name: str) -> None:
    for images, classes in ((1, 10), (4, 2), (1, 2)):
        student = STUDENT[:images, :classes].clone().requires_grad_()
        loss = LOSSES[name](student, TEACHER[:images, :classes], LABELS[:images] % classes)
        loss.backward()
        assert loss.isfinite()
        assert student.grad is not None
        assert student.grad.isfinite().all()


@pytest.mark.parametrize("name", [name for name in LOSSES if name != "teacher-free"])
def test_shapes_that_do_not_match_are_refused(name: str) -> None:
    with pytest.raises(InvalidSetting, match="logits: expected two tensors of the same shape"):
        LOSSES[name](STUDENT, TEACHER[:1], LABELS)


def test_kd_is_its_two_parts_image_by_image() -> None:
    for image in range(8):
        one = slice(image, image + 1)
        pair = STUDENT[one], TEACHER[one]
        sure = (TEACHER[one] / 4).softmax(1)[0, LABELS[image]]
        target = target_class_kl(*pair, LABELS[one], temperature=4)
        others = non_target_class_kl(*pair, LABELS[one], temperature=4)
        torch.testing.assert_close(target + (1 - sure) * others, soft_target_kl(*pair, temperature=4))


def test_with_two_classes_there_is_nothing_to_say_about_the_others() -> None:
    pair = STUDENT[:, :2], TEACHER[:, :2]
    assert non_target_class_kl(*pair, LABELS % 2, temperature=4).item() == 0
    torch.testing.assert_close(target_class_kl(*pair, LABELS % 2, temperature=4), soft_target_kl(*pair, temperature=4))


def test_standardised_logits_have_no_size_and_no_offset() -> None:
    made = standardize(STUDENT)
    torch.testing.assert_close(made.mean(1), torch.zeros(8).double(), rtol=0, atol=1e-12)
    torch.testing.assert_close(made.std(1), torch.ones(8).double())
    torch.testing.assert_close(standardize(7 * STUDENT + 3), made)
    assert standardize(torch.ones(2, 3)).isfinite().all()
    with pytest.raises(InvalidSetting, match="two classes or more"):
        standardize(torch.zeros(4, 1))


def test_dist_asks_for_proportions_alone() -> None:
    probabilities = (TEACHER / 4).softmax(1)
    # Probabilities drawn half-way to equal ones keep every correlation.
    student = (0.5 * probabilities + 0.05).log() * 4
    assert dist_loss(student, TEACHER, beta=1, gamma=1, temperature=4).item() == pytest.approx(0, abs=1e-6)


def test_an_image_that_the_student_knows_better_counts_less() -> None:
    teacher = torch.zeros(1, 10).double()
    label = torch.tensor([0])
    good, bad = torch.zeros(1, 10).double(), torch.zeros(1, 10).double()
    good[0, 0], bad[0, 0] = 8, -8
    weights = [
        (wsld_loss(one, teacher, label, alpha=1, temperature=1) / cross_entropy(one, teacher.softmax(1))).item()
        for one in (good, bad)
    ]
    assert weights[0] == pytest.approx(1 - math.exp(-cross_entropy(good, label).item() / math.log(10)), rel=1e-5)
    assert weights[0] < 0.01 < 0.9 < weights[1]


def test_ofa_with_epsilon_1_is_the_cross_entropy_to_the_teacher() -> None:
    wanted = cross_entropy(STUDENT, TEACHER.softmax(1))
    torch.testing.assert_close(ofa_loss(STUDENT, TEACHER, LABELS, epsilon=1, temperature=1), wanted)


@pytest.mark.parametrize("name", ["target_class_kl", "nkd", "wsld", "ofa"])
def test_a_class_too_few_is_refused(name: str) -> None:
    with pytest.raises(InvalidSetting, match="labels: expected a class a row"):
        LOSSES[name](STUDENT, TEACHER, LABELS[:3])
