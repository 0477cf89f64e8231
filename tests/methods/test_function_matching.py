"""A patient student's loss: the teacher's answers alone."""

import pytest
import torch

from distill_core.methods import METHODS, FeatureShapes, LossInputs, Settings
from distill_core.methods.losses import soft_target_kl
from distill_core.tasks import IGNORE
from tests.methods.waves import LABELS, STUDENT, TEACHER


@pytest.mark.parametrize(("temperature", "nats"), [(1.0, 2.7382373522619794), (4.0, 7.007415022874071)])
@pytest.mark.parametrize("labelled", [True, False])
def test_it_is_the_divergence_alone_whatever_the_labels(temperature: float, nats: float, labelled: bool) -> None:
    inputs = LossInputs(
        student_BC=STUDENT,
        teacher_BC=TEACHER,
        targets_B=LABELS if labelled else torch.full((8,), IGNORE),
        progress=0.5,
    )
    step = METHODS.get("patient").build(Settings(temperature=temperature), FeatureShapes())(inputs)
    assert step.total.item() == pytest.approx(nats, rel=1e-12)
    assert step.parts == {"soft": soft_target_kl(STUDENT, TEACHER, temperature=temperature)}


def test_at_temperature_1_by_default() -> None:
    assert METHODS.get("patient").temperature == 1.0
