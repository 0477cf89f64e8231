"""MFCC as networks take them: the matrices' literal numbers, centring, and what 8 bits keep."""

import numpy as np
import pytest

from distill_core.tasks.sound import mfcc
from distill_core.tasks.sound.dataset import TRACTS, warp_CC
from distill_core.tasks.sound.fsdd import spoken_digits

pytestmark = pytest.mark.anywhere


def test_the_rows_of_the_dct_are_orthonormal() -> None:
    matrix_CM = mfcc.dct_CM()
    np.testing.assert_allclose(matrix_CM @ matrix_CM.T, np.eye(13), atol=1e-12)
    assert matrix_CM[0] == pytest.approx(128**-0.5)
    assert matrix_CM[1, 0] == pytest.approx(0.125 * np.cos(np.pi / 256))


def test_mel_bands_end_at_half_the_rate() -> None:
    edges_hz = mfcc.band_edges_hz()
    assert edges_hz.shape == (130,)
    assert (edges_hz[0], edges_hz[-1]) == (0, pytest.approx(4_000))
    assert mfcc.mel_of_hz(np.array([0.0, 700.0])) == pytest.approx([0, 2595 * np.log10(2)])
    assert (np.diff(edges_hz) > 0).all()


@pytest.mark.parametrize(("frames", "first", "kept"), [(3, 18, (0, 3)), (40, 0, (0, 40)), (43, 0, (1, 41))])
def test_a_recording_stands_in_the_middle(frames: int, first: int, kept: tuple[int, int]) -> None:
    frames_TC = 1 + np.arange(frames)[:, None] * np.ones(13)
    seen_TC = mfcc.centred(frames_TC)
    assert seen_TC.shape == (40, 13)
    count = kept[1] - kept[0]
    np.testing.assert_array_equal(seen_TC[first : first + count], frames_TC[slice(*kept)])
    assert not seen_TC[:first].any()
    assert not seen_TC[first + count :].any()


def test_deviations_in_8_bits_are_32_steps_around_128() -> None:
    assert mfcc.to_bytes(np.array([0, 1, -1, 0.016, 9, -9], np.float32)).tolist() == [128, 160, 96, 129, 255, 0]
    assert mfcc.from_bytes(np.array([128, 160, 0], np.uint8)).tolist() == [0, 1, -4]


def test_with_and_without_mean_are_one_recording() -> None:
    mfcc_TC = np.random.default_rng(0).normal(mfcc.MEAN, mfcc.STD, (20, 13)).astype(np.float32)
    apart_TC = mfcc.with_mean(mfcc_TC) - mfcc.without_mean(mfcc_TC)
    np.testing.assert_allclose(apart_TC[10:30], np.tile(mfcc.scaled(mfcc_TC.mean(0)), (20, 1)), atol=1e-5)
    assert not apart_TC[:10].any()


def test_a_vocal_tract_of_the_same_length_changes_nothing() -> None:
    np.testing.assert_allclose(warp_CC(1.0), np.eye(13), atol=1e-9)


@pytest.mark.parametrize("tract", TRACTS)
def test_a_warp_keeps_a_flat_spectrum(tract: float) -> None:
    flat_C = mfcc.dct_CM() @ np.ones(128)
    np.testing.assert_allclose(warp_CC(tract) @ flat_C, flat_C, atol=1e-9)


def test_a_warp_moves_a_peak_as_far_as_it_says() -> None:
    centres_hz = mfcc.band_edges_hz()[1:-1]
    heard_hz = {}
    for tract in (0.85, 1.0, 1.18):
        bump_M = np.exp(-(((centres_hz - 1_000) / 400) ** 2))
        spectrum_M = mfcc.dct_CM().T @ warp_CC(tract) @ mfcc.dct_CM() @ bump_M
        heard_hz[tract] = centres_hz[spectrum_M.argmax()]
    # A band is read at ``tract`` times its frequency, so the peak stands at its frequency over ``tract``.
    assert heard_hz[0.85] / heard_hz[1.0] == pytest.approx(1 / 0.85, rel=0.06)
    assert heard_hz[1.18] / heard_hz[1.0] == pytest.approx(1 / 1.18, rel=0.06)


def test_what_ships_is_the_whole_dataset() -> None:
    found = spoken_digits()
    assert (found.values_NTC.shape, found.values_NTC.dtype) == ((3_000, 40, 13), np.uint8)
    groups = {(*row,) for row in np.stack([found.digits_N, found.speakers_N, found.takes_N], 1).tolist()}
    assert groups == {(digit, speaker, take) for digit in range(10) for speaker in range(6) for take in range(50)}
    # Their mean over all frames of all recordings is 0, since the recordings' means were taken away.
    assert mfcc.from_bytes(found.values_NTC).mean((0, 1)) == pytest.approx(np.zeros(13), abs=0.02)
    assert (int(found.frames_N.min()), int(found.frames_N.max()), int((found.frames_N > 40).sum())) == (6, 92, 20)
