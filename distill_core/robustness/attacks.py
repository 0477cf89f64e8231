"""Attacks (FGSM, PGD): move each pixel by at most eps in the direction in which the loss rises. N images, B a batch, C
channels (of logits: classes), H x W pixels.

Sources: Goodfellow, Shlens, Szegedy 2015 (arXiv:1412.6572), section 4; Madry et al. 2018
(arXiv:1706.06083), section 2.1; Carlini, Wagner 2016 (arXiv:1607.04311) for logits that are divided before the loss.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from distill_core.errors import InvalidSetting, said
from distill_core.lazy_torch import F, Tensor, nn, torch
from distill_core.robustness.corruptions import PerImageRandom
from distill_core.spec import fingerprint
from distill_core.tasks import Split, Task

LARGEST_EPS = 255
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
    """Attack the images of a split; the scale of the network's logits has no effect.

    Each pixel moves by at most ``eps`` (in 1/255 of its range) and stays in the range. The network runs in eval mode
    in float32, and its mode is restored; an image's random numbers follow from ``seed`` and its place alone.
    ``checkpoint`` is called before each batch and step, and may raise Stopped.
    Raises: InvalidSetting for another attack than fgsm and pgd, or an eps outside 0 to 255.
    """
    _check(attack, eps)
    places_N = np.arange(len(split)) if places_N is None else places_N
    was_training = network.training
    network.eval()
    try:
        with torch.inference_mode(False), torch.enable_grad():
            batches = [
                _batch(network, task, split, attack, eps / 255, seed, places_N, slice(start, start + BATCH), checkpoint)
                for start in range(0, len(split), BATCH)
            ]
    finally:
        network.train(was_training)
    images, unmoved = zip(*batches, strict=True)
    return Attacked(
        images_NHWC=255 * torch.cat(images).permute(0, 2, 3, 1).numpy(), unmoved_N=torch.cat(unmoved).numpy()
    )


def attack_version(attack: str, seed: int) -> str:
    """16 hex digits that change with what an attack does."""
    return fingerprint("attack", attack, STEPS, STEP, LOGIT_RANGE, REVISION, seed)[:16]


def scaled_loss_B(logits_BC: Tensor, labels_B: Tensor) -> Tensor:
    """Cross-entropy (B,) in nats, in float64, of logits that are scaled to a range of ``LOGIT_RANGE``.

    Its gradient's direction is invariant to scale and offset of the logits; that of the plain cross-entropy is exactly
    zero in float32 for very confident networks. The range counts as a constant.
    """
    precise_BC = logits_BC.double()
    low_B, high_B = precise_BC.detach().aminmax(dim=1)
    scale_B = LOGIT_RANGE / (high_B - low_B).clamp_min(LEAST_RANGE)
    return F.cross_entropy(scale_B[:, None] * precise_BC, labels_B, reduction="none")


def _batch(
    network: nn.Module,
    task: Task,
    split: Split,
    attack: str,
    eps: float,
    seed: int,
    places_N: np.ndarray,
    chosen: slice,
    checkpoint: Callable[[], None],
) -> tuple[Tensor, Tensor]:
    """The moved pixels (B, C, H, W), from 0 to 1, and which images never had a gradient (B,)."""
    pixels_BCHW = torch.from_numpy(split.images_NHWC[chosen]).permute(0, 3, 1, 2).float() / 255
    loss = partial(_loss, network, task, torch.from_numpy(split.labels_N[chosen]))
    if attack == "fgsm":
        checkpoint()
        return _moved(pixels_BCHW, pixels_BCHW, loss, eps, eps)
    drawn = PerImageRandom("pgd", seed, places_N[chosen]).uniform(*pixels_BCHW.shape[1:])
    moved_BCHW = (pixels_BCHW + eps * (2 * torch.from_numpy(drawn) - 1)).clamp(0, 1)
    unmoved_B = torch.ones(len(pixels_BCHW), dtype=torch.bool)
    for _ in range(STEPS):
        checkpoint()
        moved_BCHW, stands_B = _moved(moved_BCHW, pixels_BCHW, loss, STEP * eps / STEPS, eps)
        unmoved_B &= stands_B
    return moved_BCHW, unmoved_B


def _moved(moved_BCHW: Tensor, pixels_BCHW: Tensor, loss: Loss, step: float, eps: float) -> tuple[Tensor, Tensor]:
    """Pixels after a step up the loss, clamped to ``eps`` and to the range; and which images have a zero gradient."""
    input_BCHW = moved_BCHW.detach().requires_grad_(True)
    (gradient_BCHW,) = torch.autograd.grad(loss(input_BCHW), input_BCHW)
    moved_BCHW = input_BCHW.detach() + step * gradient_BCHW.sign()
    reach_BCHW = moved_BCHW.clamp(pixels_BCHW - eps, pixels_BCHW + eps)
    return reach_BCHW.clamp(0, 1), (gradient_BCHW == 0).flatten(1).all(1)


def _loss(network: nn.Module, task: Task, labels_B: Tensor, pixels_BCHW: Tensor) -> Tensor:
    mean, std = (torch.tensor(values)[:, None, None] for values in (task.images.mean, task.images.std))
    # summed: an image's slope does not depend on how many stand beside it
    return scaled_loss_B(network((pixels_BCHW - mean) / std), labels_B).sum()


def _check(attack: str, eps: float) -> None:
    if attack not in ATTACKS:
        raise InvalidSetting("an attack", expected=" or ".join(ATTACKS), got=repr(attack), hint="choose one")
    if not 0 <= eps <= LARGEST_EPS:
        hint = "8 is much for small images"
        raise InvalidSetting("eps", expected=said("0 to {most}, in 1/255", LARGEST_EPS), got=eps, hint=hint)
