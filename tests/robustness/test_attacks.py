"""Attacks on a network that has learnt something: within reach, within range, and worse with every step."""

import copy
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from distill_core.errors import InvalidSetting, Stopped
from distill_core.robustness import attacks
from distill_core.robustness.attacks import Attacked, scaled_loss_B
from distill_core.tasks import Split, Task, normalised
from tests.training.small import TASK, _split, config, plan, train

pytestmark = pytest.mark.anywhere

EPS = 6.0
SCALES = (1, 3, 10, 30, 100, 1000)


@pytest.fixture(scope="module")
def learnt() -> nn.Module:
    (one,) = train([config("labels", labelled=300)], plan(updates=60, learning_rate=0.1))
    return one.network.eval()


@pytest.fixture
def split() -> Split:
    return _split(40, 2)


def attacked(network: nn.Module, task: Task, split: Split, attack: str, eps: float, **more: Any) -> np.ndarray:
    return attacks.attacked(network, task, split, attack, eps, **more).images_NHWC


def louder(network: nn.Module, scale: float) -> nn.Module:
    """The same network with logits that are a multiple."""
    found = copy.deepcopy(network)
    with torch.no_grad():
        found.head.weight *= scale
        found.head.bias *= scale
    return found


def error(network: nn.Module, images_NHWC: np.ndarray, labels_N: np.ndarray) -> float:
    with torch.no_grad():
        logits = network(torch.from_numpy(normalised(TASK, images_NHWC)))
    return float((logits.argmax(1).numpy() != labels_N).mean())


@pytest.mark.parametrize("attack", ["fgsm", "pgd"])
def test_no_reach_changes_nothing(learnt: nn.Module, split: Split, attack: str) -> None:
    same = attacked(learnt, TASK, split, attack, 0)
    assert same.dtype == np.float32
    assert same == pytest.approx(split.images_NHWC.astype(np.float32), abs=1e-4)


@pytest.mark.parametrize("attack", ["fgsm", "pgd"])
@pytest.mark.parametrize("eps", [0.5, EPS, 100.0])
def test_pixels_stay_within_reach_and_within_range(learnt: nn.Module, split: Split, attack: str, eps: float) -> None:
    split.images_NHWC[0], split.images_NHWC[1] = 0, 255
    moved = attacked(learnt, TASK, split, attack, eps)
    assert moved.shape == split.images_NHWC.shape
    assert np.abs(moved - split.images_NHWC).max() <= eps + 1e-3
    assert moved.min() >= 0
    assert moved.max() <= 255 + 1e-4
    assert np.abs(moved - split.images_NHWC).max() > 0.9 * eps


def test_the_network_errs_more_and_most_after_ten_steps(learnt: nn.Module, split: Split) -> None:
    clean = error(learnt, split.images_NHWC, split.labels_N)
    errors = {
        (attack, eps): error(learnt, attacked(learnt, TASK, split, attack, eps), split.labels_N)
        for attack in ("fgsm", "pgd")
        for eps in (EPS, 4 * EPS)
    }
    assert clean < 0.2
    assert clean <= errors["fgsm", EPS] <= errors["pgd", EPS]
    assert errors["fgsm", 4 * EPS] <= errors["pgd", 4 * EPS]
    assert errors["pgd", 4 * EPS] > clean + 0.3


def test_fgsm_goes_with_the_sign_of_the_slope(learnt: nn.Module, split: Split) -> None:
    mean, std = torch.tensor(TASK.images.mean), torch.tensor(TASK.images.std)
    pixels = torch.from_numpy(split.images_NHWC).permute(0, 3, 1, 2).float().div(255).requires_grad_(True)
    logits = learnt((pixels - mean) / std).double()
    spread = (logits.max(1, keepdim=True).values - logits.min(1, keepdim=True).values).detach()
    loss = nn.functional.cross_entropy(12 * logits / spread, torch.from_numpy(split.labels_N))
    (slope,) = torch.autograd.grad(loss, pixels)
    expected = (pixels.detach() + EPS / 255 * slope.sign()).clamp(0, 1).permute(0, 2, 3, 1)
    assert attacked(learnt, TASK, split, "fgsm", EPS) == pytest.approx(255 * expected.numpy(), abs=1e-3)


@pytest.mark.parametrize("attack", ["fgsm", "pgd"])
def test_an_attacked_image_does_not_depend_on_the_others(learnt: nn.Module, split: Split, attack: str) -> None:
    together = attacked(learnt, TASK, split, attack, EPS)
    places = np.array([7, 30])
    part = Split(split.images_NHWC[places], split.labels_N[places])
    alone = attacked(learnt, TASK, part, attack, EPS, places_N=places)
    assert np.abs(alone - together[places]).mean() < 0.05
    assert (attacked(learnt, TASK, split, attack, EPS) == together).all()


def test_the_loss_is_worked_out_by_hand() -> None:
    logits = torch.tensor([[3.0, 1.0, -1.0]], requires_grad=True)
    loss = scaled_loss_B(logits, torch.tensor([1]))
    shares = np.exp([12.0, 6.0, 0.0]) / np.exp([12.0, 6.0, 0.0]).sum()
    assert loss.tolist() == pytest.approx([-np.log(shares[1])])
    loss.sum().backward()
    assert logits.grad is not None
    assert logits.grad[0].tolist() == pytest.approx(12 / 4 * (shares - [0, 1, 0]), rel=1e-6)
    same = scaled_loss_B(1000 * logits.detach() + 7, torch.tensor([1]))
    assert same.tolist() == pytest.approx(loss.tolist(), rel=1e-5)


def test_equal_logits_have_the_loss_of_a_guess_and_a_slope() -> None:
    logits = torch.full((1, 4), 5.0, requires_grad=True)
    loss = scaled_loss_B(logits, torch.tensor([2]))
    loss.sum().backward()
    assert loss.item() == pytest.approx(np.log(4))
    assert logits.grad is not None
    assert logits.grad.sign().tolist() == [[1, 1, -1, 1]]
    assert logits.grad.isfinite().all()


@pytest.mark.parametrize("attack", ["fgsm", "pgd"])
def test_large_logits_are_no_defence(learnt: nn.Module, split: Split, attack: str) -> None:
    """In float32 the gradient of a plain cross-entropy is exactly zero where a network is sure enough."""
    first = attacked(learnt, TASK, split, attack, EPS)
    wrong = error(learnt, first, split.labels_N)
    for scale in SCALES:
        loud = louder(learnt, scale)
        found = attacks.attacked(loud, TASK, split, attack, EPS)
        assert not found.unmoved_N.any()
        assert (found.images_NHWC != split.images_NHWC).reshape(len(split), -1).any(1).all()
        # rounding alone turns a sign where the slope is next to nothing
        assert np.abs(found.images_NHWC - first).mean() < 0.01 * EPS
        assert abs(error(loud, found.images_NHWC, split.labels_N) - wrong) <= 2 / len(split)


@pytest.mark.parametrize("attack", ["fgsm", "pgd"])
def test_images_without_a_slope_are_counted(learnt: nn.Module, split: Split, attack: str) -> None:
    none = attacks.attacked(louder(learnt, 0), TASK, split, attack, EPS)
    assert isinstance(none, Attacked)
    assert none.unmoved_N.all()
    assert (none.images_NHWC == split.images_NHWC).all() == (attack == "fgsm")  # PGD starts somewhere by chance
    # What is too small to be moved far has a slope all the same.
    assert not attacks.attacked(learnt, TASK, split, attack, 0).unmoved_N.any()


def test_another_seed_starts_elsewhere(learnt: nn.Module, split: Split) -> None:
    assert (attacked(learnt, TASK, split, "pgd", EPS, seed=1) != attacked(learnt, TASK, split, "pgd", EPS)).any()


def test_the_network_stays_as_it_was_and_gradients_are_not_kept(learnt: nn.Module, split: Split) -> None:
    learnt.train()
    learnt.zero_grad()
    before = {name: value.clone() for name, value in learnt.state_dict().items()}
    with torch.no_grad():
        attacked(learnt, TASK, split, "pgd", EPS)
    assert learnt.training
    assert all(torch.equal(value, before[name]) for name, value in learnt.state_dict().items())
    assert all(weight.grad is None for weight in learnt.parameters())
    learnt.eval()


def test_it_ends_at_the_next_step_when_it_should(learnt: nn.Module, split: Split) -> None:
    asked = []

    def checkpoint() -> None:
        asked.append(1)
        if len(asked) == 3:
            raise Stopped("enough")

    learnt.train()
    with pytest.raises(Stopped):
        attacked(learnt, TASK, split, "pgd", EPS, checkpoint=checkpoint)
    assert len(asked) == 3
    assert learnt.training
    learnt.eval()


@pytest.mark.parametrize(("attack", "eps"), [("cw", 1), ("fgsm", -1), ("pgd", 256), ("pgd", float("nan"))])
def test_what_is_no_attack_is_refused(learnt: nn.Module, split: Split, attack: str, eps: float) -> None:
    with pytest.raises(
        InvalidSetting, match="an attack: expected fgsm or pgd" if attack == "cw" else "eps: expected numbers from 0"
    ):
        attacked(learnt, TASK, split, attack, eps)
