"""What a method asks for is found by trying its loss, without touching torch's generator."""

import pytest
import torch
from torch import nn

from distill_core.errors import InvalidSetting
from distill_core.methods import FAMILIES, METHODS, FeatureShapes, LossInputsUsed, Method, StepLoss, probe_loss

PAIR = FeatureShapes(student_taps=((2, 4, 4), (3, 2, 2), (3,)), teacher_taps=((4, 4, 4), (5, 2, 2), (5,)))
NONE = (False, False, False)


def asked(name: str) -> LossInputsUsed:
    return probe_loss(METHODS.get(name), PAIR, 4)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_trying_a_method_draws_nothing_and_is_the_same_twice(method: Method) -> None:
    before = torch.get_rng_state()
    found = probe_loss(method, PAIR, 4)
    assert torch.equal(torch.get_rng_state(), before)
    assert probe_loss(method, PAIR, 4) == found


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_what_is_found_agrees_with_what_the_entry_declares(method: Method) -> None:
    found = probe_loss(method, PAIR, 4)
    assert (found.logits or any(found.teacher_taps) or found.head) == method.uses_teacher
    if not method.features:
        assert (found.student_taps, found.teacher_taps) == (NONE, NONE)


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


def test_a_loss_that_cannot_be_tried_is_told_by_its_entry() -> None:
    def build(settings: object, pair: object) -> object:
        raise InvalidSetting("it needs a second student")

    found = probe_loss(method(build, features=True), PAIR, 4)
    assert not found.probed
    assert found.teacher_taps == (True, True, True)


def test_a_loss_that_draws_is_not_tried() -> None:
    def build(settings: object, pair: object) -> object:
        return lambda inputs: StepLoss(parts={"soft": torch.rand(())})

    before = torch.get_rng_state()
    assert not probe_loss(method(build, uses_rng=True), PAIR, 4).probed
    assert torch.equal(torch.get_rng_state(), before)


def test_a_number_that_trains_along_is_counted() -> None:
    class Along(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.warmth = nn.Parameter(torch.zeros(1))

        def forward(self, inputs: object) -> StepLoss:
            total = (inputs.student_BC - inputs.teacher_BC).square().mean() * self.warmth.sum()  # type: ignore[attr-defined]
            return StepLoss(parts={"soft": total})

    assert probe_loss(method(lambda settings, pair: Along()), PAIR, 4).trainable == (("warmth", (1,)),)


@pytest.mark.parametrize(
    ("changes", "family"),
    [({}, "logits"), ({"features": True}, "features"), ({"uses_teacher": False}, "labels"), ({"family": "own"}, "own")],
)
def test_a_family_follows_from_what_a_method_looks_at(changes: dict[str, object], family: str) -> None:
    assert method(print, **changes).family == family


def test_every_method_has_a_known_family_and_a_source() -> None:
    assert {one.family for one in METHODS} <= set(FAMILIES)
    assert [one.name for one in METHODS if not one.paper and not one.source] == ["labels"]


@pytest.mark.parametrize("entry", [one for one in METHODS if not one.uses_rng], ids=lambda one: one.name)
def test_every_method_of_this_lab_can_be_tried(entry: Method) -> None:
    assert (
        probe_loss(entry, PAIR, 4).probed or entry.reuses_teacher_head
    )  # whose student is another network than this pair's
