"""What the entry of a method says that its loss reads is what noise finds."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from distill_core.methods import FAMILIES, METHODS, FeatureShapes, LossInputsUsed, Method, StepLoss, loss_inputs_used
from distill_core.methods.feature_maps import embeddings
from tests.methods.probe import probe

PAIR = FeatureShapes(student_taps=((2, 4, 4), (3, 2, 2), (3,)), teacher_taps=((4, 4, 4), (5, 2, 2), (5,)))
# More stages than its teacher, and an end that the teacher's head can take.
LONGER = FeatureShapes(
    student_taps=((2, 8, 8), (2, 4, 4), (3, 4, 4), (5, 2, 2), (5,)), teacher_taps=((4, 4, 4), (5, 2, 2), (5,))
)
NONE = (False, False, False)


def asked(name: str) -> LossInputsUsed:
    return loss_inputs_used(METHODS.get(name), replace(PAIR, teacher_head=nn.Linear(5, 4)))


@pytest.mark.parametrize(
    ("method", "pair"),
    [
        *(pytest.param(method, LONGER, id=f"{method.name}, more stages") for method in METHODS),
        *(pytest.param(method, PAIR, id=method.name) for method in METHODS if not method.reuses_teacher_head),
    ],
)
def test_a_loss_reads_what_its_entry_says(method: Method, pair: FeatureShapes) -> None:
    pair = replace(pair, teacher_head=nn.Linear(5, 4))
    before = torch.get_rng_state()
    declared = loss_inputs_used(method, pair)
    assert torch.equal(torch.get_rng_state(), before)
    assert declared == probe(method, pair, 4)


def test_kd_looks_at_logits_alone() -> None:
    assert asked("kd") == LossInputsUsed(logits=True, student_taps=NONE, teacher_taps=NONE, unlabelled=True)


def test_labels_teach_nothing_without_a_label() -> None:
    assert asked("labels") == LossInputsUsed(logits=False, student_taps=NONE, teacher_taps=NONE)


def test_dkd_needs_the_class_of_each_image() -> None:
    assert asked("dkd").own_labels
    assert not asked("dist").own_labels


def test_fitnet_looks_at_one_pair_of_stages_through_an_adapter() -> None:
    found = asked("fitnet")
    assert (found.student_taps, found.teacher_taps) == ((False, True, False), (False, True, False))
    # a 1×1 convolution from 3 to 5 channels, and the norm's weight and bias
    assert sorted(shape for _, shape in found.trainable) == [(5,), (5,), (5, 3, 1, 1)]
    assert found.trainable_parameters == 25


def test_srrl_looks_through_the_teacher_s_head() -> None:
    found = asked("srrl")
    assert (found.head, found.logits, found.teacher_taps) == (True, True, (False, False, True))


def method(build: object, **more: object) -> Method:
    plain = {"name": "x", "title": "X", "paper": "", "teaches": "", "formula": "", "uses_teacher": True}
    return Method(**{**plain, "build": build, **more})


def test_a_number_that_trains_along_is_counted() -> None:
    class Along(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.warmth = nn.Parameter(torch.zeros(1))

        def forward(self, inputs: object) -> StepLoss:
            total = (inputs.student_BC - inputs.teacher_BC).square().mean() * self.warmth.sum()  # type: ignore[attr-defined]
            return StepLoss(parts={"soft": total})

    assert loss_inputs_used(method(lambda settings, pair: Along()), PAIR).trainable == (("warmth", (1,)),)


@pytest.mark.parametrize(
    ("changes", "family"),
    [
        ({}, "logits"),
        ({"stages": embeddings}, "features"),
        ({"uses_teacher": False}, "labels"),
        ({"family": "own"}, "own"),
    ],
)
def test_a_family_follows_from_what_a_method_looks_at(changes: dict[str, object], family: str) -> None:
    assert method(print, **changes).family == family


def test_every_method_has_a_known_family_and_a_source() -> None:
    assert {one.family for one in METHODS} <= set(FAMILIES)
    assert [one.name for one in METHODS if not one.paper and not one.source] == ["labels"]
