"""Recordings that visitors bring, as samples of one channel at 8 kHz without what is quiet at both ends."""

from __future__ import annotations

import io
import math

import numpy as np

from distill_core.errors import InvalidSetting, said
from distill_core.tasks.sound.mfcc import RATE_HZ

MOST_BYTES, MOST_CHANNELS = 20 * 2**20, 8
RATES_HZ = (4_000, 192_000)
SHORTEST_SECONDS, LONGEST_SECONDS = 0.1, 10
FORMATS = "wav, flac, ogg or mp3"
# As libsndfile calls them; it knows twenty more, whose parts nobody has asked for.
TAKEN = {"WAV", "WAVEX", "FLAC", "OGG", "MP3"}
# Below -60 dB of full scale in its loudest hundredth of a second a recording is silent.
SILENT = 1e-3
WINDOW, MARGIN = RATE_HZ // 100, 400  # samples
LOUD_DB = 30


def read_recording(data: bytes) -> np.ndarray:
    """The samples of a file (wav, flac, ogg, mp3), float32: the mean of its channels, at 8 kHz, trimmed.

    Raises: InvalidSetting for another format, a broken file, silence, what is too long, too short or too large, and
    where nothing can decode it.
    """
    if len(data) > MOST_BYTES:
        raise _refused(
            said("at most {most} MB", MOST_BYTES // 2**20), said("{size:.1f} MB", len(data) / 2**20), "cut it shorter"
        )
    mono, rate_hz = _decoded(data)
    if not np.isfinite(mono).all():
        raise _refused("finite samples", "some that are none", "save it again as 16-bit wav")
    return trimmed(_at_8_khz(mono, rate_hz))


def trimmed(samples: np.ndarray) -> np.ndarray:
    """Samples from the first to the last hundredth of a second that is within 30 dB of the loudest one, with a
    twentieth of a second at each side. Browsers do the same (``ui/browser/js/recording.js``).

    Raises: InvalidSetting for silence and for less than ``SHORTEST_SECONDS``.
    """
    if len(samples) < SHORTEST_SECONDS * RATE_HZ:
        got = said("{value:.2f} s", len(samples) / RATE_HZ)
        raise _refused(said("at least {seconds:g} s", SHORTEST_SECONDS), got, "record one word")
    whole = len(samples) // WINDOW
    power = np.square(samples[: whole * WINDOW].astype(np.float64)).reshape(whole, WINDOW).mean(1)
    if math.sqrt(power.max()) < SILENT:
        raise _refused("a voice", "silence", "speak nearer to the microphone, or choose another one")
    (loud,) = np.nonzero(power >= power.max() * 10 ** (-LOUD_DB / 10))
    return samples[max(0, loud[0] * WINDOW - MARGIN) : (loud[-1] + 1) * WINDOW + MARGIN]


def _decoded(data: bytes) -> tuple[np.ndarray, int]:
    """(samples,), float32: the mean of all channels; and the rate in Hz."""
    try:
        import soundfile
    except (ImportError, OSError) as error:  # the package, or the library that it loads
        hint = "record with the microphone, or install soundfile again"
        raise _refused("the library libsndfile beside the lab", "none", hint) from error
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            if file.format not in TAKEN:
                raise _refused(FORMATS, said("a file of the kind {kind}", file.format), "save it as wav")
            rate_hz, channels = file.samplerate, file.channels
            if not RATES_HZ[0] <= rate_hz <= RATES_HZ[1]:
                low, high = (rate // 1000 for rate in RATES_HZ)
                raise _refused(
                    said("{low} to {high} kHz", low, high), said("{rate_hz} Hz", rate_hz), "save it at 16 kHz"
                )
            if channels > MOST_CHANNELS:
                raise _refused(said("at most {count} channels", MOST_CHANNELS), channels, "save it with one")
            # A header may lie about its length, so no more is read than may be.
            most = LONGEST_SECONDS * rate_hz
            samples = file.read(most + 1, dtype="float32", always_2d=True)
            if len(samples) > most:
                raise _refused(
                    said("at most {seconds} s", LONGEST_SECONDS), _length(file.frames, most, rate_hz), "record one word"
                )
    except soundfile.SoundFileError as error:
        raise _refused(FORMATS, "a file of another kind, or a broken one", "save it as wav") from error
    return samples.mean(1), rate_hz


def _length(frames: int, most: int, rate_hz: int) -> str:
    return f"{frames / rate_hz:.0f} s" if most < frames < 2**40 else "more"


def _at_8_khz(samples: np.ndarray, rate_hz: int) -> np.ndarray:
    from scipy.signal import resample_poly

    shared = math.gcd(rate_hz, RATE_HZ)
    if rate_hz == RATE_HZ or not len(samples):
        return samples
    return np.asarray(resample_poly(samples, RATE_HZ // shared, rate_hz // shared), np.float32)


def _refused(expected: str, got: object, hint: str) -> InvalidSetting:
    return InvalidSetting("a recording", expected=expected, got=got, hint=hint)
