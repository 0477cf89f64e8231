"""Losses: values that were computed elsewhere, and what must hold for any input.

Shapes: B batch, C classes.
"""

import math

import pytest
import torch
from torch.nn.functional import cross_entropy

from distill_core.errors import InvalidSetting
from distill_core.methods.losses import labelled_cross_entropy, soft_target_kl
from distill_core.tasks import IGNORE
from tests.methods.waves import LABELS, STUDENT, TEACHER, waves

NONE = torch.full((8,), IGNORE)


@pytest.mark.parametrize(("temperature", "nats"), [(4.0, 7.007415022874071), (1.0, 2.7382373522619794)])
def test_soft_targets_have_their_reference_values(temperature: float, nats: float) -> None:
    assert soft_target_kl(STUDENT, TEACHER, temperature=temperature).item() == pytest.approx(nats, rel=1e-12)


def test_two_classes_by_hand() -> None:
    # Teacher (3/4, 1/4), student (1/2, 1/2): KL is log 2 minus the entropy of the teacher.
    teacher, student = torch.tensor([[math.log(3.0), 0.0]], dtype=torch.float64), torch.zeros(1, 2).double()
    by_hand = 0.75 * math.log(1.5) + 0.25 * math.log(0.5)
    assert soft_target_kl(student, teacher, temperature=1.0).item() == pytest.approx(by_hand, rel=1e-12)
    # Logits twice as large at T 2 are the same distributions, times T².
    assert soft_target_kl(2 * student, 2 * teacher, temperature=2.0).item() == pytest.approx(4 * by_hand, rel=1e-12)


@pytest.mark.parametrize("temperature", [0.1, 1.0, 4.0, 100.0])
def test_it_is_nothing_where_they_agree_and_pulls_nowhere(temperature: float) -> None:
    student = TEACHER.clone().requires_grad_()
    loss = soft_target_kl(student, TEACHER, temperature=temperature)
    loss.backward()
    assert loss.item() == 0
    assert student.grad is not None
    torch.testing.assert_close(student.grad, torch.zeros(8, 10).double(), rtol=0, atol=1e-15)


def test_it_is_above_nothing_elsewhere_and_not_symmetric() -> None:
    there, back = (soft_target_kl(*pair, temperature=2.0) for pair in ((STUDENT, TEACHER), (TEACHER, STUDENT)))
    assert min(there.item(), back.item()) > 0
    assert abs(there.item() - back.item()) > 0.1


def test_a_constant_on_the_logits_of_an_image_changes_nothing() -> None:
    constant = waves((8, 1), 2.1, 0.3, 50)
    wanted = soft_target_kl(STUDENT, TEACHER, temperature=4.0)
    torch.testing.assert_close(soft_target_kl(STUDENT + constant, TEACHER, temperature=4.0), wanted)
    torch.testing.assert_close(soft_target_kl(STUDENT, TEACHER - constant, temperature=4.0), wanted)


def test_it_is_the_mean_over_the_images() -> None:
    single = [soft_target_kl(STUDENT[i : i + 1], TEACHER[i : i + 1], temperature=4.0) for i in range(8)]
    torch.testing.assert_close(torch.stack(single).mean(), soft_target_kl(STUDENT, TEACHER, temperature=4.0))


def test_a_high_temperature_tends_to_matching_centred_logits() -> None:
    centred = [logits - logits.mean(1, keepdim=True) for logits in (STUDENT, TEACHER)]
    matching = (centred[0] - centred[1]).square().sum(1).mean() / (2 * 10)
    torch.testing.assert_close(soft_target_kl(STUDENT, TEACHER, temperature=1e4), matching, rtol=1e-3, atol=0)


def test_the_gradient_keeps_its_size_as_the_temperature_grows() -> None:
    sizes = []
    for temperature in (20.0, 100.0):
        student = STUDENT.clone().requires_grad_()
        soft_target_kl(student, TEACHER, temperature=temperature).backward()
        assert student.grad is not None
        sizes.append(student.grad.norm().item())
    assert sizes[0] == pytest.approx(sizes[1], rel=0.1)


def test_no_gradient_reaches_the_teacher() -> None:
    student, teacher = STUDENT.clone().requires_grad_(), TEACHER.clone().requires_grad_()
    soft_target_kl(student, teacher, temperature=4.0).backward()
    assert teacher.grad is None
    assert student.grad is not None


@pytest.mark.parametrize("temperature", [0.1, 1.0, 4.0])
def test_it_stays_finite_at_the_ends_of_float32(temperature: float) -> None:
    student = torch.tensor([[1000.0, -1000.0, 0.0], [-1000.0, 1000.0, 1000.0]]).requires_grad_()
    teacher = torch.tensor([[-1000.0, 1000.0, 0.0], [-1000.0, -1000.0, -1000.0]])
    loss = soft_target_kl(student, teacher, temperature=temperature)
    loss.backward()
    assert loss.isfinite()
    assert student.grad is not None
    assert student.grad.isfinite().all()


@pytest.mark.parametrize("temperature", [0.0, -1.0, math.nan, math.inf])
def test_a_temperature_that_means_nothing_is_refused(temperature: float) -> None:
    with pytest.raises(InvalidSetting, match=f"temperature: expected finite, above 0, got {temperature}; 4 is a good"):
        soft_target_kl(STUDENT, TEACHER, temperature=temperature)


@pytest.mark.parametrize(("shapes", "came"), [
    (((8, 10), (8, 9)), r"\(8, 10\) and \(8, 9\)"),
    (((8, 10), (1, 10)), r"\(8, 10\) and \(1, 10\)"),
    (((10,), (10,)), r"\(10,\) and \(10,\)"),
])  # fmt: skip
def test_shapes_that_do_not_match_are_refused(shapes: tuple[tuple[int, ...], ...], came: str) -> None:
    # Broadcasting would answer with a number that means nothing.
    with pytest.raises(InvalidSetting, match=f"logits: expected .* got {came}; choose a teacher"):
        soft_target_kl(torch.zeros(shapes[0]), torch.zeros(shapes[1]), temperature=1.0)


def test_the_hard_term_is_cross_entropy_where_all_is_labelled() -> None:
    assert labelled_cross_entropy(STUDENT, LABELS) == cross_entropy(STUDENT, LABELS)


def test_the_hard_term_is_divided_by_the_number_of_labelled_images() -> None:
    labelled = torch.tensor([True, False, False, True, False, False, False, True])
    each = cross_entropy(STUDENT, LABELS, reduction="none")
    wanted = (each[0] + each[3] + each[7]) / 3
    torch.testing.assert_close(labelled_cross_entropy(STUDENT, torch.where(labelled, LABELS, IGNORE)), wanted)


def test_a_target_that_is_missing_is_refused() -> None:
    with pytest.raises(InvalidSetting, match=r"labels: expected a class a row, got \(7,\) for 8 rows"):
        labelled_cross_entropy(STUDENT, LABELS[:7])


def test_without_a_labelled_image_the_hard_term_is_nothing_and_pulls_nowhere() -> None:
    student = STUDENT.clone().requires_grad_()
    loss = labelled_cross_entropy(student, NONE)
    loss.backward()
    assert loss.item() == 0
    assert student.grad is not None
    assert (student.grad == 0).all()


def test_without_a_labelled_image_a_broken_network_is_still_seen() -> None:
    assert labelled_cross_entropy(STUDENT / 0, NONE).isnan()


def test_one_image_is_a_batch() -> None:
    assert labelled_cross_entropy(STUDENT[:1], LABELS[:1]).isfinite()
    assert soft_target_kl(STUDENT[:1], TEACHER[:1], temperature=4.0).isfinite()


@pytest.mark.parametrize("epsilon", [0.0, 0.1, 0.9])
def test_smoothing_mixes_the_target_as_its_formula_says(epsilon: float) -> None:
    target = (1 - epsilon) * torch.nn.functional.one_hot(LABELS, 10) + epsilon / 10
    by_hand = -(target * STUDENT.log_softmax(1)).sum(1).mean()
    torch.testing.assert_close(labelled_cross_entropy(STUDENT, LABELS, smoothing=epsilon), by_hand)
