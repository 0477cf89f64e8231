"""Attacks: every pixel moves a little, in the direction in which a network's loss rises. N images, B of them at once,
C channels (of logits: classes), H x W pixels.

Sources: Goodfellow, Shlens, Szegedy 2015 (arXiv:1412.6572), section 4; Madry et al. 2018
(arXiv:1706.06083), section 2.1; Carlini, Wagner 2016 (arXiv:1607.04311) for logits that are divided before the loss.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from distill_core.errors import InvalidSetting
from distill_core.robustness.corruptions import PerImageRandom
from distill_core.specification import fingerprint
from distill_core.tasks import Split, Task

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

__all__ = ["ATTACKS", "LARGEST_EPS", "Attacked", "attack_version", "attacked", "scaled_loss_B"]

ATTACKS = ("fgsm", "pgd")
LARGEST_EPS = 255
STEPS = 10
STEP = 2.5  # times eps over the number of steps: PGD can cross its whole range
BATCH = 100
REVISION = 2  # kept by hand: one more wherever an attack moves pixels otherwise
# From the lowest logit to the highest one: about that of the shipped networks, on which attacks are then as strong as
# with their own logits; float64 is saturated from 37 on.
LOGIT_RANGE = 12.0
LEAST_RANGE = 1e-30  # of logits that are all equal
Loss = Callable[["Tensor"], "Tensor"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Attacked:
    """``images_NHWC``: float32, pixels from 0 to 255. ``unmoved_N``: where the gradient was exactly zero at each step,
    so that the attack had no direction in which to move the image."""

    images_NHWC: "np.ndarray"
    unmoved_N: "np.ndarray"


def attacked(
    network: "nn.Module",
    task: Task,
    split: Split,
    attack: str,
    eps: float,
    *,
    seed: int = 0,
    places_N: "np.ndarray | None" = None,
    checkpoint: Callable[[], None] = lambda: None,
) -> Attacked:
    """The images of a split against which ``network`` does worst, however large its logits are.

    No pixel is further than ``eps`` (in 1/255 of its range) from where it was, nor outside the range. The network is
    asked in eval mode in float32, and put back as it was; what an image draws follows from ``seed`` and its place
    alone. ``checkpoint`` is called before each batch and step, and may raise Stopped.
    Raises: InvalidSetting for another attack than fgsm and pgd, or an eps outside 0 to 255.
    """
    import numpy as np
    import torch

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


def scaled_loss_B(logits_BC: "Tensor", labels_B: "Tensor") -> "Tensor":
    """Cross-entropy (B,) in nats, in float64, of logits that are stretched to a range of ``LOGIT_RANGE``.

    Its gradient has the same direction for logits that are a multiple, plus any number; that of the plain
    cross-entropy is exactly zero in float32 where a network is sure enough. The range itself counts as a constant.
    """
    from torch.nn.functional import cross_entropy

    precise_BC = logits_BC.double()
    low_B, high_B = precise_BC.detach().aminmax(dim=1)
    scale_B = LOGIT_RANGE / (high_B - low_B).clamp_min(LEAST_RANGE)
    return cross_entropy(scale_B[:, None] * precise_BC, labels_B, reduction="none")


def _batch(
    network: "nn.Module",
    task: Task,
    split: Split,
    attack: str,
    eps: float,
    seed: int,
    places_N: "np.ndarray",
    chosen: slice,
    checkpoint: Callable[[], None],
) -> "tuple[Tensor, Tensor]":
    """The moved pixels (B, C, H, W), from 0 to 1, and which images never had a slope (B,)."""
    import torch

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


def _moved(moved_BCHW: "Tensor", pixels_BCHW: "Tensor", loss: Loss, step: float, eps: float) -> "tuple[Tensor, Tensor]":
    """A step up the loss, back into the reach of ``eps``, and back to pixels that exist; and which images have no
    slope at all."""
    import torch

    asked_BCHW = moved_BCHW.detach().requires_grad_(True)
    (slope_BCHW,) = torch.autograd.grad(loss(asked_BCHW), asked_BCHW)
    moved_BCHW = asked_BCHW.detach() + step * slope_BCHW.sign()
    reach_BCHW = moved_BCHW.clamp(pixels_BCHW - eps, pixels_BCHW + eps)
    return reach_BCHW.clamp(0, 1), (slope_BCHW == 0).flatten(1).all(1)


def _loss(network: "nn.Module", task: Task, labels_B: "Tensor", pixels_BCHW: "Tensor") -> "Tensor":
    import torch

    mean, std = (torch.tensor(values)[:, None, None] for values in (task.images.mean, task.images.std))
    # summed: an image's slope does not depend on how many stand beside it
    return scaled_loss_B(network((pixels_BCHW - mean) / std), labels_B).sum()


def _check(attack: str, eps: float) -> None:
    if attack not in ATTACKS:
        raise InvalidSetting("an attack", expected=" or ".join(ATTACKS), got=repr(attack), hint="choose one")
    if not 0 <= eps <= LARGEST_EPS:
        hint = "8 is much for small images"
        raise InvalidSetting("eps", expected=f"0 to {LARGEST_EPS}, in 1/255", got=eps, hint=hint)
