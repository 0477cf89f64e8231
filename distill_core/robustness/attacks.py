"""Attacks (FGSM, PGD): move each number of an input by at most eps in the direction in which the loss rises. N images,
B a batch, C channels (of logits: classes), H x W pixels; X the shape of an example.

Sources: Goodfellow, Shlens, Szegedy 2015 (arXiv:1412.6572), section 4; Madry et al. 2018
(arXiv:1706.06083), section 2.1; Carlini, Wagner 2016 (arXiv:1607.04311) for logits that are divided before the loss.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from distill_core.errors import InvalidSetting, Names, said
from distill_core.lazy_torch import F, Tensor, nn, torch
from distill_core.robustness.corruptions import PerImageRandom
from distill_core.spec import fingerprint
from distill_core.tasks import Split, Task

STEPS = 10
# The number of gradient steps of each.
ATTACKS = {"fgsm": 1, "pgd": STEPS}
STEP = 2.5  # times eps over the number of steps: PGD can cross its whole range
BATCH = 100
REVISION = 2  # raise it by hand with every change of what an attack does to pixels
# From the lowest logit to the highest: about that of the shipped networks, so that attacks on them are as strong as
# with their own logits; float64 is saturated from 37 on.
LOGIT_RANGE = 12.0
LEAST_RANGE = 1e-30  # of logits that are all equal
Loss = Callable[["Tensor"], "Tensor"]
Bound = Any  # of a number: a float, or a tensor (B, *X)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """How far attacks on the examples of a kind may go: eps from 0 to ``largest``, ``usual`` ones, and their ``unit``
    (in words, and as a sign after the number)."""

    largest: float
    usual: tuple[float, ...]
    unit: str
    sign: str

    def check(self, eps: Sequence[float]) -> None:
        """Raises InvalidSetting for no eps and for one that is out of reach."""
        if not eps or not all(0 <= one <= self.largest for one in eps):
            usual = [f"{one:g}" for one in self.usual]
            hint = said("choose {some} or {last}", Names(usual[:-1]), usual[-1])
            expected = said("numbers from 0 to {most}, {unit}", self.largest, self.unit)
            raise InvalidSetting("eps", expected=expected, got=Names(map(str, eps)) or "none", hint=hint)


REACH = Reach(largest=255, usual=(1, 2, 4, 8), unit=said("in 1/255"), sign="/255")


@dataclass(frozen=True, kw_only=True, slots=True)
class Attacked:
    """``images_NHWC``: float32, pixels from 0 to 255. ``unmoved_N``: whether the gradient was exactly zero at each
    step, so that the attack had no direction."""

    images_NHWC: np.ndarray
    unmoved_N: np.ndarray


def attacked(
    network: nn.Module,
    task: Task,
    split: Split,
    attack: str,
    eps: float,
    *,
    seed: int = 0,
    places_N: np.ndarray | None = None,
    checkpoint: Callable[[], None] = lambda: None,
) -> Attacked:
    """Attack the images of a split; the scale of the network's logits has no effect. With a label a pixel the loss is
    the sum over all pixels of an image (Arnab et al. 2018, arXiv:1711.09856).

    Each pixel moves by at most ``eps`` (in 1/255 of its range) and stays in the range. The network runs in eval mode
    in float32, and its mode is restored; an image's random numbers follow from ``seed`` and its place alone.
    ``checkpoint`` is called before each batch and step, and may raise Stopped.
    Raises: InvalidSetting for another attack than fgsm and pgd, or an eps outside 0 to 255.
    """
    check_attack(attack)
    REACH.check([eps])
    places_N = np.arange(len(split)) if places_N is None else places_N
    batch = partial(_batch, network, task, split, attack, eps / 255, seed, places_N, checkpoint)
    images, unmoved = in_batches(network, len(split), batch)
    return Attacked(images_NHWC=255 * images.permute(0, 2, 3, 1).numpy(), unmoved_N=unmoved.numpy())


def in_batches(
    network: nn.Module, count: int, batch: Callable[[slice], tuple[Tensor, Tensor]]
) -> tuple[Tensor, Tensor]:
    """What ``batch`` makes of each ``BATCH`` of the examples, joined: inputs (N, *X), and which never moved (N,). The
    network is in eval mode meanwhile, and gradients are on."""
    was_training = network.training
    network.eval()
    try:
        with torch.inference_mode(False), torch.enable_grad():
            batches = [batch(slice(start, start + BATCH)) for start in range(0, count, BATCH)]
    finally:
        network.train(was_training)
    moved, unmoved = zip(*batches, strict=True)
    return torch.cat(moved), torch.cat(unmoved)


def climb(
    attack: str,
    start_BX: Tensor,
    loss: Loss,
    eps: float,
    draws: PerImageRandom,
    bounds: tuple[Bound, Bound],
    checkpoint: Callable[[], None],
) -> tuple[Tensor, Tensor]:
    """Inputs up the loss, (B, *X), within ``eps`` and ``bounds``; and which never had a gradient, (B,)."""
    if attack == "fgsm":
        checkpoint()
        return _moved(start_BX, start_BX, loss, eps, eps, bounds)
    drawn_BX = torch.from_numpy(draws.uniform(*start_BX.shape[1:]))
    moved_BX = (start_BX + eps * (2 * drawn_BX - 1)).clamp(*bounds)
    unmoved_B = torch.ones(len(start_BX), dtype=torch.bool)
    for _ in range(STEPS):
        checkpoint()
        moved_BX, stands_B = _moved(moved_BX, start_BX, loss, STEP * eps / STEPS, eps, bounds)
        unmoved_B &= stands_B
    return moved_BX, unmoved_B


def attack_version(attack: str, seed: int) -> str:
    """16 hex digits that change with what an attack does."""
    return fingerprint("attack", attack, STEPS, STEP, LOGIT_RANGE, REVISION, seed)[:16]


def scaled_loss_B(logits_BC: Tensor, labels_B: Tensor) -> Tensor:
    """Cross-entropy (B,), or (B, *positions), in nats, in float64, of logits that are scaled to a range of
    ``LOGIT_RANGE``; 0 where there is no target.

    Its gradient's direction is invariant to scale and offset of the logits; that of the plain cross-entropy is exactly
    zero in float32 for very confident networks. The range counts as a constant.
    """
    precise_BC = logits_BC.double()
    low_B, high_B = precise_BC.detach().aminmax(dim=1)
    scale_B = LOGIT_RANGE / (high_B - low_B).clamp_min(LEAST_RANGE)
    return F.cross_entropy(scale_B[:, None] * precise_BC, labels_B, reduction="none")


def check_attack(attack: str) -> None:
    """Raises InvalidSetting for what is none."""
    if attack not in ATTACKS:
        raise InvalidSetting(
            "an attack", expected=said("{names: or }", Names(ATTACKS)), got=repr(attack), hint="choose one"
        )


def _batch(
    network: nn.Module,
    task: Task,
    split: Split,
    attack: str,
    eps: float,
    seed: int,
    places_N: np.ndarray,
    checkpoint: Callable[[], None],
    chosen: slice,
) -> tuple[Tensor, Tensor]:
    """The moved pixels (B, C, H, W), from 0 to 1, and which images never had a gradient (B,)."""
    pixels_BCHW = torch.from_numpy(split.images_NHWC[chosen]).permute(0, 3, 1, 2).float() / 255
    loss = partial(_loss, network, task, torch.from_numpy(split.labels_N[chosen]))
    return climb(attack, pixels_BCHW, loss, eps, PerImageRandom("pgd", seed, places_N[chosen]), (0, 1), checkpoint)


def _moved(
    moved_BX: Tensor, start_BX: Tensor, loss: Loss, step: float, eps: float, bounds: tuple[Bound, Bound]
) -> tuple[Tensor, Tensor]:
    """Inputs after a step up the loss, clamped to ``eps`` and to the bounds; and which have a zero gradient."""
    input_BX = moved_BX.detach().requires_grad_(True)
    (gradient_BX,) = torch.autograd.grad(loss(input_BX), input_BX)
    moved_BX = input_BX.detach() + step * gradient_BX.sign()
    reach_BX = moved_BX.clamp(start_BX - eps, start_BX + eps)
    return reach_BX.clamp(*bounds), (gradient_BX == 0).flatten(1).all(1)


def _loss(network: nn.Module, task: Task, labels_B: Tensor, pixels_BCHW: Tensor) -> Tensor:
    mean, std = (torch.tensor(values)[:, None, None] for values in (task.images.mean, task.images.std))
    # summed: an image's slope does not depend on how many stand beside it
    return scaled_loss_B(network((pixels_BCHW - mean) / std), labels_B).sum()
