"""The graph of sound features against torchaudio's definition, written down once more with a Fourier transform."""

import numpy as np
import onnx
import pytest
from scipy.fft import dct

from distill_core.deployment.sound_features import FEWEST, OUTPUTS, feature_graph, features
from distill_core.errors import InvalidSetting
from distill_core.tasks.sound import mfcc

pytestmark = pytest.mark.anywhere

RATE = mfcc.RATE_HZ


def tone(seconds: float, hz: float = 440.0, level: float = 0.5) -> np.ndarray:
    return level * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)


def chirp(seconds: float) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    return 0.3 * np.sin(2 * np.pi * (100 * time + 3_500 / seconds * time**2 / 2)) * np.hanning(len(time))


def noise(seconds: float, level: float = 0.1) -> np.ndarray:
    return level * np.random.default_rng(0).standard_normal(round(seconds * RATE))


SOUNDS = {
    "a tone": tone(0.5),
    "a short chirp": chirp(0.3),
    "noise": noise(0.7),
    "as long as the frames": noise(39 * 200 / RATE),
    "one frame more": noise(40 * 200 / RATE),
    "two frames more": chirp(41 * 200 / RATE),
    "long": np.concatenate([tone(1.0), noise(1.0, 0.001), chirp(1.0)]),
    "a click in silence": np.eye(1, 4_000, 2_000)[0],
    "silence": np.zeros(2_000),
    "the fewest": noise(FEWEST / RATE),
    "loud": np.sign(tone(0.4)),
}


def reference(samples: np.ndarray) -> np.ndarray:
    """(T, C): torchaudio's MFCC in float64. Source: torchaudio.transforms.MFCC, its defaults at 8 kHz."""
    padded = np.pad(samples, 200, mode="reflect")
    frames_TK = np.lib.stride_tricks.sliding_window_view(padded, 400)[::200]
    hann_K = np.hanning(401)[:-1]
    power_TF = np.abs(np.fft.rfft(frames_TK * hann_K)) ** 2
    hz_F, mels = np.linspace(0, 4_000, 201), np.linspace(0, 2595 * np.log10(1 + 4_000 / 700), 130)
    edges = 700 * (10 ** (mels / 2595) - 1)
    rising_FM = (hz_F[:, None] - edges[:-2]) / np.diff(edges)[:-1]
    falling_FM = (edges[2:] - hz_F[:, None]) / np.diff(edges)[1:]
    mel_TM = power_TF @ np.maximum(0, np.minimum(rising_FM, falling_FM))
    decibels_TM = 10 * np.log10(np.maximum(mel_TM, 1e-10))
    decibels_TM = np.maximum(decibels_TM, decibels_TM.max() - 80)
    return dct(decibels_TM, norm="ortho")[:, :13]


@pytest.mark.parametrize("name", SOUNDS)
def test_it_is_the_mfcc_that_data_have(name: str) -> None:
    samples = SOUNDS[name].astype(np.float32)
    coefficients_TC = reference(samples.astype(np.float64))
    assert len(coefficients_TC) == 1 + len(samples) // 200
    wanted = mfcc.without_mean(coefficients_TC), mfcc.with_mean(coefficients_TC)
    given = features(samples)
    assert tuple(given) == OUTPUTS
    for output, wanted_TC in zip(given.values(), wanted, strict=True):
        assert output.shape == (1, *mfcc.INPUT.shape)
        assert output.dtype == np.float32
        np.testing.assert_allclose(output[0].T, wanted_TC, atol=1e-3)


def test_it_has_standard_operators_alone_and_stays_small() -> None:
    data = feature_graph()
    made = onnx.load_model_from_string(data)
    assert [(one.domain, one.version) for one in made.opset_import] == [("", 17)]
    assert {node.domain for node in made.graph.node} == {""}
    assert len(data) < 800_000


def test_too_few_samples_are_refused_in_words() -> None:
    with pytest.raises(InvalidSetting, match=r"the samples of a recording: expected at least 201, got 200; record one"):
        features(np.zeros(FEWEST - 1))
