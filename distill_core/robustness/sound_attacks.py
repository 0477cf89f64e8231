"""Attacks on recordings: where there is sound, each feature moves by at most eps deviations and stays in 8 bits.

Whether a wave has such features is not asked. N recordings, B a batch, C coefficients, T frames.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from distill_core.errors import said
from distill_core.lazy_torch import Tensor, nn, torch
from distill_core.robustness.attacks import Reach, check_attack, climb, in_batches, scaled_loss_B
from distill_core.robustness.corruptions import PerImageRandom
from distill_core.robustness.corruptions.cepstra import cepstra_of
from distill_core.tasks import Task
from distill_core.tasks.sound import mfcc
from distill_core.tasks.sound.dataset import Recordings

REACH = Reach(largest=8, usual=(0.05, 0.1, 0.2, 0.4), unit=said("in standard deviations"), sign=" deviations")
LOWEST, HIGHEST = (float(mfcc.from_bytes(np.array(byte, np.uint8))) for byte in (0, 255))


def attacked_recordings(
    network: nn.Module,
    task: Task,
    part: Recordings,
    attack: str,
    eps: float,
    *,
    seed: int = 0,
    places_N: np.ndarray | None = None,
    checkpoint: Callable[[], None] = lambda: None,
) -> tuple[np.ndarray, np.ndarray]:
    """Features as networks take them, (N, C, T) float32, and which recordings never had a gradient (N,).

    As ``attacks.attacked`` otherwise. Silence outside of a recording stays. Raises InvalidSetting.
    """
    check_attack(attack)
    REACH.check([eps])
    places_N = np.arange(len(part.labels_N)) if places_N is None else places_N
    values_NCT = task.dataset(task, part).batch(np.arange(len(part.labels_N)))
    lowest_NCT, highest_NCT = _bounds(task, part, values_NCT)
    labels_N = torch.from_numpy(part.labels_N)

    def batch(chosen: slice) -> tuple[Tensor, Tensor]:
        draws = PerImageRandom("pgd", seed, places_N[chosen])
        bounds = lowest_NCT[chosen], highest_NCT[chosen]
        return climb(
            attack, values_NCT[chosen], partial(_loss, network, labels_N[chosen]), eps, draws, bounds, checkpoint
        )

    moved_NCT, unmoved_N = in_batches(network, len(part.labels_N), batch)
    return moved_NCT.numpy(), unmoved_N.numpy()


def _bounds(task: Task, part: Recordings, values_NCT: Tensor) -> tuple[Tensor, Tensor]:
    """The least and the most of each number: around a recording's mean where its features keep that."""
    kept_N = mfcc.from_bytes(part.means_NC) if task.features == "with_mean" else np.zeros(part.means_NC.shape)
    means_NC1 = torch.from_numpy(kept_N.astype(np.float32))[..., None]
    inside_N1T = torch.from_numpy(cepstra_of(part).inside_NT)[:, None]
    lowest, highest = (torch.where(inside_N1T, means_NC1 + end, values_NCT) for end in (LOWEST, HIGHEST))
    return lowest, highest


def _loss(network: nn.Module, labels_B: Tensor, values_BCT: Tensor) -> Tensor:
    return scaled_loss_B(network(values_BCT), labels_B).sum()
