"""Networks that answer as one: the mean of their probabilities, worked out in logarithms."""

import copy

import numpy as np
import pytest
import torch

from distill_core.deployment.float16 import to_float16
from distill_core.deployment.onnx_export import export_onnx
from distill_core.errors import UnknownName
from distill_core.networks import Blueprint, build, check, profile
from distill_core.networks.ensemble import ENSEMBLE, ensemble_of, mean_logits
from distill_core.networks.fold import fold_batch_norm

MEMBERS = tuple(
    Blueprint.for_images(architecture=name, classes=10, size_px=8, width=width)
    for name, width in (("plain_cnn", 0.5), ("resnet8", 1.0), ("depthwise_cnn", 1.0))
)
WHOLE = Blueprint.for_images(architecture=ENSEMBLE.name, classes=10, size_px=8, members=MEMBERS)


def softmax(logits: np.ndarray) -> np.ndarray:
    exponents = np.exp(logits.astype(np.float64) - logits.max(-1, keepdims=True))
    return exponents / exponents.sum(-1, keepdims=True)


def images() -> torch.Tensor:
    return torch.randn(7, 1, 8, 8, generator=torch.Generator().manual_seed(0))


def test_it_is_the_mean_of_the_probabilities_worked_out_by_numpy() -> None:
    logits_MBC = 8 * torch.randn(3, 50, 10, generator=torch.Generator().manual_seed(1))
    wanted = softmax(logits_MBC.numpy()).mean(0)
    assert np.abs(softmax(mean_logits(list(logits_MBC)).numpy()) - wanted).max() < 1e-6
    assert np.abs(np.exp(mean_logits(list(logits_MBC)).numpy()) - wanted).max() < 1e-6


def test_two_answers_by_hand() -> None:
    """90 % and 50 % are 70 %, whatever was added to the logits."""
    logits_MBC = torch.tensor([[[0.9, 0.1]], [[0.5, 0.5]]]).log() + torch.tensor([[[3.0]], [[-40.0]]])
    torch.testing.assert_close(mean_logits(list(logits_MBC)).exp(), torch.tensor([[0.7, 0.3]]))


def test_a_probability_near_zero_is_no_infinity() -> None:
    logits_MBC = torch.tensor([[[0.0, -2e4]], [[0.0, -1e4]]])
    assert torch.isfinite(mean_logits(list(logits_MBC))).all()


def test_the_members_stay_as_they_were_and_folding_keeps_the_answers() -> None:
    members = [build(one).eval() for one in MEMBERS]
    before = [copy.deepcopy(one.state_dict()) for one in members]
    whole = ensemble_of(members).eval()
    with torch.no_grad():
        said = whole(images())
        each = np.stack([one(images()).numpy() for one in members])
        torch.testing.assert_close(fold_batch_norm(whole)(images()), said, rtol=1e-4, atol=1e-5)
    assert np.abs(softmax(said.numpy()) - softmax(each).mean(0)).max() < 1e-6
    for one, state in zip(members, before, strict=True):
        assert all(torch.equal(one.state_dict()[name], tensor) for name, tensor in state.items())


def test_parameters_and_macs_are_sums_and_it_has_no_stages() -> None:
    each = [profile(one) for one in MEMBERS]
    whole = profile(WHOLE)
    assert whole.parameters == sum(one.parameters for one in each)
    assert whole.macs == sum(one.macs for one in each)
    assert whole.taps == ()


def test_it_can_be_exported_also_with_half_the_digits() -> None:
    found = export_onnx(build(WHOLE).eval(), WHOLE)
    assert found.largest_difference < 1e-4
    assert len(to_float16(found.data).data) < 0.7 * len(found.data)


def test_a_blueprint_comes_back_from_plain_values() -> None:
    assert Blueprint.of(WHOLE.to_dict()) == WHOLE
    assert check(WHOLE) is ENSEMBLE


def test_it_is_no_choice_for_a_student() -> None:
    with pytest.raises(UnknownName, match="no architecture named 'ensemble'"):
        check(Blueprint.for_images(architecture="ensemble", classes=10, size_px=8))
