"""A temperature that is learnt against the student: its value, its gradient, and how it grows strong."""

from typing import Any

import pytest
import torch
from torch import Tensor

from distill_core.methods import METHODS, FeatureShapes, LossInputs, Settings
from distill_core.methods.losses import labelled_cross_entropy, soft_target_kl
from distill_core.methods.zoo.ctkd import SHARE, reversal, reversed_gradient
from distill_core.spec import Optimiser
from distill_core.training.student import StudentTrainer
from tests.methods.waves import LABELS, STUDENT, TEACHER
from tests.training import small

METHOD = METHODS.get("ctkd")


def built(**parameters: float) -> Any:
    return METHOD.build(Settings(parameters={**METHOD.defaults, **parameters}), FeatureShapes()).double()  # type: ignore[attr-defined]


def inputs(student_BC: Tensor, progress: float, teacher_BC: Tensor = TEACHER) -> LossInputs:
    targets_B = LABELS[: len(student_BC)] % student_BC.shape[1]
    return LossInputs(
        student_BC=student_BC,
        teacher_BC=teacher_BC,
        targets_B=targets_B,
        progress=progress,
    )


def true_gradient(theta: float) -> float:
    """Of the soft term, where nobody turns it round."""
    learnt = torch.tensor(theta, dtype=torch.float64, requires_grad=True)
    temperature = 1 + 20 * torch.sigmoid(learnt)
    teacher, student = ((logits / temperature).log_softmax(1) for logits in (TEACHER, STUDENT))
    (temperature**2 * (teacher.exp() * (teacher - student)).sum(1).mean()).backward()
    assert learnt.grad is not None
    return learnt.grad.item()


@pytest.mark.parametrize("theta", [-2.0, 1.0, 3.0])
def test_the_value_is_that_of_kd_at_the_temperature_as_it_stands(theta: float) -> None:
    loss = built(start=theta)
    step = loss(inputs(STUDENT, 0.5))
    soft = soft_target_kl(STUDENT, TEACHER, temperature=loss.temperature)
    hard = labelled_cross_entropy(STUDENT, LABELS)
    torch.testing.assert_close(step.parts["soft"], soft)
    torch.testing.assert_close(step.total, 0.1 * hard + 0.9 * soft)
    assert loss.temperature == pytest.approx(1 + 20 * torch.sigmoid(torch.tensor(theta)).item())


def test_it_starts_at_a_temperature_between_15_and_16() -> None:
    assert built().temperature == pytest.approx(15.6211715726)


STRENGTHS = [(0.0, 0.0), (SHARE / 4, 0.14644660940672624), (SHARE / 2, 0.5), (SHARE, 1.0), (0.5, 1.0), (1.0, 1.0)]


@pytest.mark.parametrize(("progress", "strength"), STRENGTHS)
def test_the_strength_rises_by_a_cosine_over_10_of_240_epochs(progress: float, strength: float) -> None:
    assert reversal(progress) == pytest.approx(strength, abs=1e-15)


@pytest.mark.parametrize(("progress", "strength"), STRENGTHS)
@pytest.mark.parametrize("theta", [-2.0, 1.0])
def test_the_gradient_of_the_temperature_is_reversed(theta: float, progress: float, strength: float) -> None:
    loss = built(start=theta, hard_weight=0.0, weight=1.0)
    loss(inputs(STUDENT, progress)).total.backward()
    assert loss.theta.grad.item() == pytest.approx(-strength * true_gradient(theta), rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("progress", [0.0, SHARE / 2, 1.0])
def test_the_gradient_of_the_student_is_that_of_kd(progress: float) -> None:
    student, other = (STUDENT.clone().requires_grad_() for _ in range(2))
    loss = built()
    loss(inputs(student, progress)).total.backward()
    hard = labelled_cross_entropy(other, LABELS)
    (0.1 * hard + 0.9 * soft_target_kl(other, TEACHER, temperature=loss.temperature)).backward()
    torch.testing.assert_close(student.grad, other.grad)


def test_a_reversed_value_is_the_value() -> None:
    value = torch.tensor([0.1, 1 / 3, -7e30])
    assert torch.equal(reversed_gradient(value, 0.7), value)


@pytest.mark.parametrize(("theta", "temperature"), [(-1e9, 1.0), (1e9, 21.0), (0.0, 11.0)])
def test_the_temperature_stays_between_1_and_21(theta: float, temperature: float) -> None:
    loss = built()
    with torch.no_grad():
        loss.theta.fill_(theta)
    assert loss.temperature == temperature
    step = loss(inputs(STUDENT, 1.0))
    step.total.backward()
    assert step.total.isfinite()
    assert loss.theta.grad.isfinite()


@pytest.mark.parametrize("theta", [-30.0, 1.0, 30.0])
def test_it_stays_finite_at_the_ends_of_float32(theta: float) -> None:
    student = torch.tensor([[1000.0, -1000.0, 0.0], [-1000.0, 1000.0, 1000.0]]).requires_grad_()
    teacher = torch.tensor([[-1000.0, 1000.0, 0.0], [-1000.0, -1000.0, -1000.0]])
    loss = built().float()
    with torch.no_grad():
        loss.theta.fill_(theta)
    step = loss(inputs(student, 1.0, teacher))
    step.total.backward()
    assert step.total.isfinite()
    assert student.grad is not None
    assert student.grad.isfinite().all()
    assert loss.theta.grad.isfinite()


def test_a_temperature_that_is_no_number_makes_a_loss_that_is_none() -> None:
    # An error here would end the whole cohort; a loss that is no number ends this member alone.
    loss = built()
    with torch.no_grad():
        loss.theta.fill_(float("nan"))
    assert loss(inputs(STUDENT, 1.0)).total.isnan()


def test_it_trains_along_without_decay_and_only_where_it_is_strong() -> None:
    loss = METHOD.build(Settings(parameters=METHOD.defaults), FeatureShapes())
    one = StudentTrainer(small.config(loss=loss), Optimiser(), updates=240, batch_size=16, precision="float32")
    decayed, free = ({id(weight) for weight in group["params"]} for group in one._torch_optimiser.param_groups[2:])
    assert (decayed, free) == (set(), {id(loss.theta)})  # type: ignore[attr-defined]
    assert [group["weight_decay"] for group in one._torch_optimiser.param_groups] == [5e-3, 0.0, 5e-3, 0.0]
    seen = []
    for update in (0, 120):
        images = small.dataset().unaugmented(one.config.visible_M[:16])
        one.step(update, images, small.teacher()(images), torch.arange(16) % 4)
        seen.append(loss.temperature)  # type: ignore[attr-defined]
    assert seen[0] == pytest.approx(15.62117)
    assert seen[1] != seen[0]
    assert 1 <= seen[1] <= 21
