"""Every method at the edge: logits that overflow a careless softmax, coarse numbers, a batch of one, two classes."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from distill_core.methods import FeatureShapes, LossInputs, Method, resolve_settings
from distill_core.networks import build, forward_features
from distill_core.spec import Student
from distill_core.training.precision import autocast
from tests.methods.pairs import WHOLE, blueprint, look, pair

EVERY = pytest.mark.parametrize("method", WHOLE, ids=lambda method: method.name)
STUDENT, TEACHER = blueprint("resnet8"), blueprint("resnet20")
GENERATOR = torch.Generator().manual_seed(2)
IMAGES = torch.randn(6, 1, 16, 16, generator=GENERATOR)
LABELS = torch.tensor([0, 1, 2, 3, 0, 1])


def pulled(method: Method, inputs: LossInputs, beside: FeatureShapes | None = None) -> list[Tensor]:
    """The loss, then the gradients on everything of the student's that it looks at."""
    settings = resolve_settings(method, Student(name="a", architecture="resnet8", method=method.name))
    torch.manual_seed(0)
    total = method.build(settings, beside or pair(STUDENT, TEACHER))(inputs).total
    seen = [inputs.student_BC, *inputs.student_taps]
    return [total, *torch.autograd.grad(total, seen, allow_unused=True, materialize_grads=True)]


def extreme(inputs: LossInputs, size: float) -> LossInputs:
    signs = torch.where(torch.rand(inputs.student_BC.shape, generator=GENERATOR) > 0.5, 1.0, -1.0)
    return replace(
        inputs,
        student_BC=(signs * size).requires_grad_(),
        teacher_BC=-signs * size,
        student_taps=tuple((tap.detach() * 100).requires_grad_() for tap in inputs.student_taps),
        teacher_taps=tuple(tap * 100 for tap in inputs.teacher_taps),
    )


@EVERY
@pytest.mark.parametrize("size", [0.0, 1000.0])
def test_logits_of_1000_and_of_nothing_stay_finite(method: Method, size: float) -> None:
    found = pulled(method, extreme(look(STUDENT, TEACHER, IMAGES, LABELS), size))
    assert all(bool(one.isfinite().all()) for one in found)


@EVERY
def test_coarse_numbers_of_autocast_stay_finite(method: Method) -> None:
    torch.manual_seed(0)
    with autocast("bfloat16"):
        student_BC, student_taps = forward_features(build(STUDENT).train(), IMAGES)
        with torch.no_grad():
            teacher_BC, teacher_taps = forward_features(build(TEACHER).eval(), IMAGES)
    inputs = replace(
        look(STUDENT, TEACHER, IMAGES, LABELS),
        student_BC=student_BC.float(),
        teacher_BC=teacher_BC.float(),
        student_taps=tuple(tap.float() for tap in student_taps.values()),
        teacher_taps=tuple(tap.float() for tap in teacher_taps.values()),
    )
    assert all(bool(one.isfinite().all()) for one in pulled(method, inputs))


@EVERY
def test_a_batch_of_one_works(method: Method) -> None:
    inputs = look(STUDENT, TEACHER, IMAGES, LABELS)
    alone = replace(
        inputs,
        student_BC=inputs.student_BC[:1],
        teacher_BC=None if inputs.teacher_BC is None else inputs.teacher_BC[:1],
        targets_B=LABELS[:1],
        student_taps=tuple(tap[:1] for tap in inputs.student_taps),
        teacher_taps=tuple(tap[:1] for tap in inputs.teacher_taps),
        peers=tuple(peer[:1] for peer in inputs.peers),
    )
    assert all(bool(one.isfinite().all()) for one in pulled(method, alone))


@EVERY
def test_two_classes_work(method: Method) -> None:
    student, teacher = replace(STUDENT, classes=2), replace(TEACHER, classes=2)
    found = pulled(method, look(student, teacher, IMAGES, LABELS % 2), pair(student, teacher))
    assert all(bool(one.isfinite().all()) for one in found)
