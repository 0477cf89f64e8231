"""Corruptions of recordings: of the shipped ones in 8 bits, and of made-up waves, whose truth is known."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from distill_core.deployment.sound_features import features
from distill_core.errors import InvalidSetting
from distill_core.robustness.corruptions import CORRUPTIONS, SEVERITIES, corrupted_recordings, corruptions_of
from distill_core.robustness.corruptions.cepstra import bands_FM, cepstra_of, recordings_of
from distill_core.robustness.corruptions.parts import taken
from distill_core.tasks import TASKS, null_sink
from distill_core.tasks.sound import mfcc
from distill_core.tasks.sound.dataset import Recordings

DIGITS, SPEAKERS = TASKS.get("spoken_digits"), TASKS.get("speakers")
NAMES = tuple(one.name for one in CORRUPTIONS if one.kind == "sound")


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Recordings:
    """Recordings of all speakers, a long one among them."""
    whole = DIGITS.load(tmp_path_factory.mktemp("home"), null_sink).train
    places = np.concatenate([np.arange(0, len(whole.labels_N), 200), [int(whole.frames_N.argmax())]])
    return taken(whole, places)


def heard(part: Recordings, task: str = "speakers") -> np.ndarray:
    """What networks take."""
    known = TASKS.get(task)
    return np.asarray(known.dataset(known, part).batch(np.arange(len(part.labels_N))).numpy())


def test_without_a_change_the_bytes_stay(spoken: Recordings) -> None:
    assert spoken.frames_N.max() > mfcc.FRAMES
    assert recordings_of(cepstra_of(spoken), spoken).content_hash() == spoken.content_hash()


def test_level_and_microphone_are_for_tasks_that_keep_the_mean() -> None:
    alone = {one.name for one in corruptions_of(SPEAKERS)} - {one.name for one in corruptions_of(DIGITS)}
    assert alone == {"loudness", "microphone"}
    assert len(corruptions_of(DIGITS)) == 7


@pytest.mark.parametrize("name", NAMES)
def test_each_severity_is_further_away_in_8_bits_and_labels_stay(name: str, spoken: Recordings) -> None:
    before, clean = spoken.content_hash(), heard(spoken)
    distances = []
    for severity in SEVERITIES:
        changed = corrupted_recordings(spoken, name, severity, seed=0)
        assert {changed.values_NTC.dtype, changed.means_NC.dtype} == {np.dtype(np.uint8)}
        assert changed.values_NTC.shape == spoken.values_NTC.shape
        assert changed.labels_N is not None
        assert (changed.labels_N == spoken.labels_N).all()
        assert np.isfinite(heard(changed)).all()
        outside_NT = ~cepstra_of(changed).inside_NT
        assert (changed.values_NTC[outside_NT] == mfcc.ZERO).all()
        distances.append(float(np.abs(heard(changed) - clean).mean()))
    assert distances[0] > 0
    assert all(low < high for low, high in pairwise(distances)), distances
    assert spoken.content_hash() == before


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_does_not_depend_on_the_others_but_on_seed_and_place(name: str, spoken: Recordings) -> None:
    together = corrupted_recordings(spoken, name, 3, seed=2)
    places = np.array([4, 9])
    alone = corrupted_recordings(taken(spoken, places), name, 3, seed=2, places_N=places)
    assert alone.content_hash() == taken(together, places).content_hash()
    assert corrupted_recordings(spoken, name, 3, seed=2).content_hash() == together.content_hash()
    drawn = name not in ("reverberation", "clipping")
    assert (corrupted_recordings(spoken, name, 3, seed=3).content_hash() != together.content_hash()) == drawn


def test_a_gain_moves_the_first_coefficient_of_the_mean_alone(spoken: Recordings) -> None:
    changed = corrupted_recordings(spoken, "loudness", 2, seed=0)
    assert (changed.values_NTC == spoken.values_NTC).all()
    moved_NC = changed.means_NC.astype(int) - spoken.means_NC
    # 6 dB in each of 128 bands, in 32 steps a deviation.
    assert (moved_NC[:, 1:] == 0).all()
    assert np.abs(np.abs(moved_NC[:, 0]) - 6 * 128**0.5 / mfcc.STD[0] * 32).max() <= 1


def test_a_pace_changes_the_length_by_the_factor(spoken: Recordings) -> None:
    frames_N = corrupted_recordings(spoken, "tempo", 5, seed=0).frames_N
    factors_N = frames_N / spoken.frames_N
    assert (np.minimum(np.abs(factors_N - 1.8), np.abs(factors_N - 1 / 1.8)) < 0.06).all()
    assert {True, False} == set((factors_N > 1).tolist())


def test_a_recording_of_one_frame_and_none_at_all_are_no_error(spoken: Recordings) -> None:
    short = replace(taken(spoken, np.array([0])), frames_N=np.array([1]))
    for name in NAMES:
        assert corrupted_recordings(short, name, 5, seed=0).frames_N >= 1
        assert len(corrupted_recordings(taken(spoken, np.zeros(0, int)), name, 5, seed=0).labels_N) == 0


def test_what_is_for_others_is_refused(spoken: Recordings) -> None:
    with pytest.raises(InvalidSetting, match="a corruption: expected one of kind sound, got fog, of image"):
        corrupted_recordings(spoken, "fog", 1, seed=0)
    with pytest.raises(InvalidSetting, match="severity: expected 1 to 5"):
        corrupted_recordings(spoken, "tempo", 6, seed=0)


def wave(count: int = 4000) -> np.ndarray:
    """A buzz that glides and swells, a little noisy: what a vowel looks like from afar."""
    seconds = np.arange(count) / mfcc.RATE_HZ
    draws = np.random.default_rng(0)
    tones = sum(np.sin(2 * np.pi * (110 * order * seconds + 30 * order * seconds**2)) / order for order in range(1, 16))
    swell = np.sin(np.pi * np.arange(count) / count) * (1 + 0.8 * np.sin(2 * np.pi * 5 * seconds))
    return 0.2 * tones * swell + 1e-3 * draws.standard_normal(count)


def shipped(samples: np.ndarray) -> Recordings:
    """A recording as the data ship."""
    deviations_TC = features(samples)["with_mean"][0].T
    frames = 1 + len(samples) // mfcc.HOP
    first = (mfcc.FRAMES - frames) // 2
    inside = slice(first, first + frames)
    mean_C = deviations_TC[inside].mean(0)
    values_TC = np.zeros_like(deviations_TC)
    values_TC[inside] = deviations_TC[inside] - mean_C
    one = np.array([0])
    return Recordings(
        values_NTC=mfcc.to_bytes(values_TC)[None],
        means_NC=mfcc.to_bytes(mean_C)[None],
        frames_N=np.array([frames]),
        labels_N=one,
        speakers_N=one,
    )


def disturbed_waves() -> dict[str, np.ndarray]:
    """At severity 4 what each means for samples, where nothing but chance is unlike."""
    clean, draws = wave(), np.random.default_rng(1)
    noise = draws.standard_normal(len(clean))
    length = int(0.8 * mfcc.RATE_HZ)
    echo = draws.standard_normal(length) * 10 ** (-3 * np.arange(length) / length)
    echo[0] = 0
    echo /= np.linalg.norm(echo)
    limit = 0.08 * np.abs(clean).max()
    return {
        "white_noise": clean + noise * clean.std() / noise.std() * 10 ** (-4 / 20),
        "reverberation": clean + np.convolve(clean, echo)[: len(clean)],
        "clipping": np.clip(clean, -limit, limit),
    }


@pytest.mark.parametrize("name", ["white_noise", "reverberation", "clipping"])
def test_features_move_as_those_of_a_disturbed_wave(name: str) -> None:
    part = shipped(wave())
    truth = heard(shipped(disturbed_waves()[name])) - heard(part)
    made = heard(corrupted_recordings(part, name, 4, seed=0)) - heard(part)
    inside_T = cepstra_of(part).inside_NT[0]
    assert np.corrcoef(truth[0][:, inside_T].ravel(), made[0][:, inside_T].ravel())[0, 1] > 0.5


def test_mel_bands_are_those_of_the_features() -> None:
    assert bands_FM().shape == (201, 128)
    assert bands_FM().max() <= 1
    assert (bands_FM().sum(0) > 0).all()
