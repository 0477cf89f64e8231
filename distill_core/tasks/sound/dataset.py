"""Recordings as MFCC, and their views: stretched and shifted in time, of another vocal tract, noisy, with gaps.

Shapes: N recordings, B batch, C coefficients, T frames.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from distill_core.lazy_torch import Tensor, torch
from distill_core.tasks.base import Task
from distill_core.tasks.draws import Draws, view_bits
from distill_core.tasks.in_memory import InMemory
from distill_core.tasks.sound import mfcc
from distill_core.tasks.splits import sha256_of

# Lengths of vocal tracts over that of the voice that is heard.
TRACTS = tuple(np.linspace(0.85, 1.18, 12))
# Of the band up to 4,000 Hz a warp moves so much in proportion, and what is above linearly to its end.
WARPED_SHARE = 0.9


@dataclass(frozen=True, kw_only=True, slots=True)
class Recordings:
    """One part of a task of sound. ``values_NTC``: uint8, without the mean of the recording, ``means_NC`` (both
    ``mfcc.to_bytes``); ``frames_N``: lengths, also beyond T; ``labels_N`` and ``speakers_N``: int64."""

    values_NTC: np.ndarray
    means_NC: np.ndarray
    frames_N: np.ndarray
    labels_N: np.ndarray
    speakers_N: np.ndarray

    def content_hash(self) -> str:
        return sha256_of(self.values_NTC, self.means_NC, self.frames_N, self.labels_N, self.speakers_N)


@dataclass(frozen=True, kw_only=True, slots=True)
class Views:
    """How far views go: ``stretch`` of the time around the middle, from and to; ``shift`` to either side (frames);
    ``tracts``: share of views with another vocal tract; the longest gaps in frames and in coefficients; the deviation
    of the noise, where the deviation of a coefficient over all recordings is 1."""

    stretch: tuple[float, float] = (1.0, 1.0)
    shift: float = 0.0
    tracts: float = 0.0
    gap_frames: int = 0
    gap_coefficients: int = 0
    noise: float = 0.0

    def of(self, values_BCT: np.ndarray, frames_B: np.ndarray, draws: Draws) -> np.ndarray:
        """A view of each recording; ``frames_B``: the lengths, around the middle.

        In numpy: a batch is small, and torch's threads would wait for each other at every sum.
        """
        chance_B9 = draws.uniform(9)
        low, high = self.stretch
        stretch_B = low + (high - low) * chance_B9[:, 0]
        shift_B = self.shift * (2 * chance_B9[:, 1] - 1)
        middle = (mfcc.FRAMES - 1) / 2
        times_BT = middle + (np.arange(mfcc.FRAMES) - middle - shift_B[:, None]) / stretch_B[:, None]
        warps_B = np.where(chance_B9[:, 2] < self.tracts, 1 + (len(TRACTS) * chance_B9[:, 3]).astype(np.int64), 0)
        seen = _warped(_at(values_BCT, times_BT), warps_B)
        first_B = (mfcc.FRAMES - frames_B) // 2
        inside_BT = (times_BT > first_B[:, None] - 1) & (times_BT < (first_B + frames_B)[:, None])
        noise_BCT = draws.normal(mfcc.COEFFICIENTS, mfcc.FRAMES)
        seen += np.float32(self.noise) * noise_BCT * inside_BT[:, None]
        seen *= ~_gaps(mfcc.FRAMES, self.gap_frames, chance_B9[:, 4:6])[:, None]
        seen *= ~_gaps(mfcc.COEFFICIENTS, self.gap_coefficients, chance_B9[:, 6:8])[:, :, None]
        return seen


def heard_NTC(task: Task, part: Recordings, which: slice = slice(None)) -> np.ndarray:
    """(N, T, C), float32, in deviations: some recordings as the networks of a task hear them, unaugmented."""
    values_NTC = mfcc.from_bytes(part.values_NTC[which])
    if task.features == "with_mean":
        frames_N1 = np.minimum(part.frames_N[which], mfcc.FRAMES)[:, None]
        first_N1, place_T = (mfcc.FRAMES - frames_N1) // 2, np.arange(mfcc.FRAMES)
        inside_NT = (place_T >= first_N1) & (place_T < first_N1 + frames_N1)
        values_NTC += mfcc.from_bytes(part.means_NC[which])[:, None] * inside_NT[..., None]
    return values_NTC


class Sounds(InMemory):
    """One part of a task of sound: a ``Dataset``."""

    def __init__(self, task: Task, part: Recordings, *, views: Views, data_seed: int = 0, scene: str = "") -> None:
        """``task.features`` tells whether each recording keeps its mean, which is the voice's and the room's more than
        the word's."""
        super().__init__(task, part, data_seed=data_seed, scene=scene)
        self._views = views
        self._frames_N = np.minimum(part.frames_N, mfcc.FRAMES)
        self._values_NCT = np.ascontiguousarray(heard_NTC(task, part).transpose(0, 2, 1))

    def batch(self, examples_B: np.ndarray, views_B: np.ndarray | None = None) -> Tensor:
        """View v of recording i, (B, C, T) float32, in deviations; without views the recordings unaugmented."""
        values_BCT = self._values_NCT[examples_B]
        if views_B is not None:
            draws = Draws(view_bits(self.data_seed, examples_B, views_B))
            values_BCT = self._views.of(values_BCT, self._frames_N[examples_B], draws)
        return torch.from_numpy(values_BCT)


def _at(values_BCT: np.ndarray, times_BT: np.ndarray) -> np.ndarray:
    """The values between frames, linearly; silence, which is 0, before the first and after the last frame."""
    before_BT = np.clip(np.floor(times_BT), -1, mfcc.FRAMES)
    share_B1T = (times_BT - before_BT).clip(0, 1).astype(np.float32)[:, None]
    place_B1T = before_BT.astype(np.int64)[:, None]
    padded = np.pad(values_BCT, ((0, 0), (0, 0), (1, 2)))
    before, after = (np.take_along_axis(padded, place_B1T + step, 2) for step in (1, 2))
    return np.asarray(before * (1 - share_B1T) + after * share_B1T)


def _warped(values_BCT: np.ndarray, warps_B: np.ndarray) -> np.ndarray:
    """Each recording with its warp, counted as ``_warps`` has them. Summed coefficient by coefficient: a product of
    matrices would round by the size of the batch."""
    matrices_BCC = _warps()[warps_B]
    total = np.zeros_like(values_BCT)
    for place in range(mfcc.COEFFICIENTS):
        total += matrices_BCC[:, :, place, None] * values_BCT[:, None, place]
    return total


@cache
def _warps() -> np.ndarray:
    """(1 + TRACTS, C, C), float32, for values in deviations: none, then each vocal tract."""
    deviations_C = np.array(mfcc.STD)
    moved = [warp_CC(tract) * deviations_C / deviations_C[:, None] for tract in TRACTS]
    return np.stack([np.eye(mfcc.COEFFICIENTS), *moved]).astype(np.float32)


def warp_CC(tract: float) -> np.ndarray:
    """(C, C): cepstra of a voice whose vocal tract is ``tract`` times as long, so that its formants lie lower by that.

    The spectrum that 13 coefficients tell of is read at ``tract`` times the frequency of each mel band, up to a knee.
    """
    edge_hz = mfcc.RATE_HZ / 2
    knee_hz = WARPED_SHARE * edge_hz / max(tract, 1.0)
    centres_M = mfcc.band_edges_hz()[1:-1]
    read_M = np.where(
        centres_M <= knee_hz,
        tract * centres_M,
        edge_hz - (edge_hz - tract * knee_hz) * (edge_hz - centres_M) / (edge_hz - knee_hz),
    )
    step_mel = mfcc.mel_of_hz(np.array(edge_hz)) / (mfcc.MELS + 1)
    bands_M = np.clip(mfcc.mel_of_hz(read_M) / step_mel - 1, 0, mfcc.MELS - 1)
    below_M = np.minimum(bands_M.astype(np.int64), mfcc.MELS - 2)
    places_M = np.arange(mfcc.MELS)
    reading_MM = np.zeros((mfcc.MELS, mfcc.MELS))
    reading_MM[places_M, below_M] = 1 - (bands_M - below_M)
    reading_MM[places_M, below_M + 1] = bands_M - below_M
    return np.asarray(mfcc.dct_CM() @ reading_MM @ mfcc.dct_CM().T)


def _gaps(length: int, longest: int, chance_B2: np.ndarray) -> np.ndarray:
    """(B, length): a run of up to ``longest`` places somewhere in each row."""
    gap_B1 = (chance_B2[:, :1] * (longest + 1)).astype(np.int64)
    start_B1 = (chance_B2[:, 1:] * (length - gap_B1 + 1)).astype(np.int64)
    place_L = np.arange(length)
    return np.asarray((place_L >= start_B1) & (place_L < start_B1 + gap_B1))
