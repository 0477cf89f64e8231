"""Accuracy by speaker: how far voices lie apart is the honest uncertainty where no voice of the test was heard before.

N test examples.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from distill_core.evaluation.statistics import Difference, Interval, compare, interval

Shares = Mapping[int, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class OverSpeakers:
    """The accuracy of a network (0 to 1) by speaker and over speakers, and what it gains on another one, speaker by
    speaker; ``count`` and ``seeds`` of both count speakers."""

    by_speaker: Shares
    accuracy: Interval
    gain: Difference | None


def shares(right_RN: Sequence[np.ndarray], speakers_N: np.ndarray) -> dict[int, float]:
    """The share of right answers for each speaker, the mean over R runs. ``right_RN``: bool."""
    mean_N = np.mean(np.stack(list(right_RN)), 0)
    return {int(speaker): float(mean_N[speakers_N == speaker].mean()) for speaker in np.unique(speakers_N)}


def over_speakers(of: Shares, control: Shares | None) -> OverSpeakers:
    """The report of a network; ``control``: what it is held against."""
    gain = compare(of, control) if control is not None else None
    return OverSpeakers(by_speaker=of, accuracy=interval(list(of.values())), gain=gain)
