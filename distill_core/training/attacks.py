"""Attacks: every pixel moves a little, in the direction in which a network's loss rises. N images, B of them at once,
C channels, H x W pixels.

Sources: Goodfellow, Shlens, Szegedy 2015 (arXiv:1412.6572), section 4; Madry et al. 2018
(arXiv:1706.06083), section 2.1.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from distill_core.errors import InvalidSetting, explain
from distill_core.evaluation.corruptions import Draws
from distill_core.specification import fingerprint
from distill_core.tasks import Split, Task

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

__all__ = ["ATTACKS", "LARGEST_EPS", "attack_version", "attacked"]

ATTACKS = ("fgsm", "pgd")
LARGEST_EPS = 255
STEPS = 10
STEP = 2.5  # times eps over the number of steps: PGD can cross its whole range
BATCH = 100
REVISION = 1  # kept by hand: one more wherever an attack moves pixels otherwise
Loss = Callable[["Tensor"], "Tensor"]


def attacked(
    network: "nn.Module",
    task: Task,
    split: Split,
    attack: str,
    eps: float,
    *,
    seed: int = 0,
    places_N: "np.ndarray | None" = None,
    gate: Callable[[], None] = lambda: None,
) -> "np.ndarray":
    """The images of a split against which ``network`` does worst: (N, H, W, C), float32, pixels from 0 to 255.

    No pixel is further than ``eps`` (in 1/255 of its range) from where it was, nor outside the range. The network is
    asked in eval mode in float32, and put back as it was; what an image draws follows from ``seed`` and its place
    alone. ``gate`` is called before each batch and step, and may raise Stopped.
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
                _batch(network, task, split, attack, eps / 255, seed, places_N, slice(start, start + BATCH), gate)
                for start in range(0, len(split), BATCH)
            ]
    finally:
        network.train(was_training)
    return 255 * torch.cat(batches).permute(0, 2, 3, 1).numpy()


def attack_version(attack: str, seed: int) -> str:
    """16 hex digits that change with what an attack does."""
    return fingerprint("attack", attack, STEPS, STEP, REVISION, seed)[:16]


def _batch(
    network: "nn.Module",
    task: Task,
    split: Split,
    attack: str,
    eps: float,
    seed: int,
    places_N: "np.ndarray",
    chosen: slice,
    gate: Callable[[], None],
) -> "Tensor":
    import torch

    pixels_BCHW = torch.from_numpy(split.images_NHWC[chosen]).permute(0, 3, 1, 2).float() / 255
    loss = partial(_loss, network, task, torch.from_numpy(split.labels_N[chosen]))
    if attack == "fgsm":
        gate()
        return _moved(pixels_BCHW, pixels_BCHW, loss, eps, eps)
    drawn = Draws("pgd", seed, places_N[chosen]).uniform(*pixels_BCHW.shape[1:])
    moved_BCHW = (pixels_BCHW + eps * (2 * torch.from_numpy(drawn) - 1)).clamp(0, 1)
    for _ in range(STEPS):
        gate()
        moved_BCHW = _moved(moved_BCHW, pixels_BCHW, loss, STEP * eps / STEPS, eps)
    return moved_BCHW


def _moved(moved_BCHW: "Tensor", pixels_BCHW: "Tensor", loss: Loss, step: float, eps: float) -> "Tensor":
    """A step up the loss, back into the reach of ``eps``, and back to pixels that exist."""
    import torch

    asked_BCHW = moved_BCHW.detach().requires_grad_(True)
    (slope_BCHW,) = torch.autograd.grad(loss(asked_BCHW), asked_BCHW)
    moved_BCHW = asked_BCHW.detach() + step * slope_BCHW.sign()
    reach_BCHW = moved_BCHW.clamp(pixels_BCHW - eps, pixels_BCHW + eps)
    return reach_BCHW.clamp(0, 1)


def _loss(network: "nn.Module", task: Task, labels_B: "Tensor", pixels_BCHW: "Tensor") -> "Tensor":
    import torch

    mean, std = (torch.tensor(values)[:, None, None] for values in (task.mean, task.std))
    # summed: an image's slope does not depend on how many stand beside it
    return torch.nn.functional.cross_entropy(network((pixels_BCHW - mean) / std), labels_B, reduction="sum")


def _check(attack: str, eps: float) -> None:
    if attack not in ATTACKS:
        raise InvalidSetting(explain("an attack", wanted=" or ".join(ATTACKS), came=repr(attack), do="choose one"))
    if not 0 <= eps <= LARGEST_EPS:
        do = "8 is much for small images"
        raise InvalidSetting(explain("eps", wanted=f"0 to {LARGEST_EPS}, in 1/255", came=eps, do=do))
