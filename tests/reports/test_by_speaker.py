"""Accuracy over the speakers of a test, worked out by hand."""

import numpy as np
import pytest

from distill_core.reports.by_speaker import over_speakers, shares

SPEAKERS_N = np.array([0, 0, 1, 1, 2, 2])


def right(*answers: int) -> np.ndarray:
    return np.array(answers, bool)


def test_each_voice_counts_once_and_runs_are_averaged() -> None:
    found = shares([right(1, 1, 1, 0, 0, 0), right(1, 1, 1, 1, 0, 0)], SPEAKERS_N)
    assert found == {0: 1.0, 1: 0.75, 2: 0.0}


def test_the_interval_is_students_t_over_voices() -> None:
    of, control = {0: 1.0, 1: 0.5, 2: 0.0}, {0: 0.5, 1: 0.5, 2: 0.5}
    report = over_speakers(of, control)
    assert report.accuracy.mean == 0.5
    assert report.accuracy.half_width == pytest.approx(4.302653 * 0.5 / 3**0.5)
    assert report.gain is not None
    assert (report.gain.mean, report.gain.seeds) == (0.0, 3)
    assert report.gain.half_width == pytest.approx(4.302653 * 0.5 / 3**0.5)


def test_two_voices_have_no_interval_and_the_teacher_no_gain() -> None:
    report = over_speakers({0: 1.0, 1: 0.5}, None)
    assert (report.accuracy.half_width, report.gain) == (None, None)
