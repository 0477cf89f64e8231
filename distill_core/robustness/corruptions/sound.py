"""What happens to a recording: noise, the room, the microphone, another pace, an overdriven or a lossy line.

Level and microphone are exact. Noise, echoes and distortion add power to the smooth mel bands that 13 coefficients tell
of; phases are not known, so what cancels is left out. Sources: Bussgang 1952 for the clipping of a Gaussian signal (a
scaled signal plus distortion); Polack 1988 for a room whose echoes decay exponentially. Shapes: N recordings, T frames,
C coefficients, M mel bands, F frequencies.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from distill_core.robustness.corruptions.base import Corruption
from distill_core.robustness.corruptions.cepstra import Cepstra, bands_FM, frequencies_hz
from distill_core.robustness.corruptions.random import PerImageRandom
from distill_core.tasks.sound import mfcc
from distill_core.tasks.sound.dataset import warp_CC

FRAME_SECONDS = mfcc.HOP / mfcc.RATE_HZ
CREST = 3.0  # of the loudest frame: peaks of a voice over its root mean square
LOST_FRAMES = 2  # a twentieth of a second
RESPONSE = slice(1, 5)  # coefficients that a microphone's smooth response moves


def _noise(sound: Cepstra, snr_db: float, draws: PerImageRandom, *, falling: float) -> Cepstra:
    """Noise whose power falls by frequency to the power of ``falling``; each frequency of a frame has its own chance,
    exponential as that of Gaussian noise."""
    hz_F = np.maximum(frequencies_hz(), mfcc.RATE_HZ / mfcc.WINDOW)
    chance_NTF = -np.log1p(-draws.uniform(mfcc.FRAMES, len(hz_F)).astype(np.float64))
    noise_NTM = (chance_NTF * hz_F**-falling) @ bands_FM()
    power_NTM = sound.power_NTM()
    loud_N = power_NTM.sum((1, 2)) / sound.seen_N / (bands_FM().T @ hz_F**-falling).sum()
    return sound.of_power(power_NTM + noise_NTM * (loud_N * 10 ** (-snr_db / 10))[:, None, None])


def _reverberation(sound: Cepstra, decay_seconds: float, draws: PerImageRandom) -> Cepstra:
    """Echoes as loud in sum as what is heard directly, that lose 60 dB in ``decay_seconds``."""
    kept = 10 ** (-6 * FRAME_SECONDS / decay_seconds)
    power_NTM = sound.power_NTM()
    heard_NTM, echo_NM = power_NTM.copy(), np.zeros_like(power_NTM[:, 0])
    for frame in range(1, mfcc.FRAMES):
        echo_NM = kept * (echo_NM + power_NTM[:, frame - 1])
        heard_NTM[:, frame] += echo_NM * (1 - kept) / kept
    return sound.of_power(heard_NTM)


def _clipping(sound: Cepstra, share: float, draws: PerImageRandom) -> Cepstra:
    """Peaks above ``share`` of the largest are cut off: each frame is scaled, and what is lost comes back as distortion
    that is spread evenly over the frequencies."""
    from scipy.special import ndtr

    power_NTM = sound.power_NTM()
    frame_NT = power_NTM.sum(2)
    relative_NT = np.sqrt(frame_NT / frame_NT.max(1, keepdims=True))
    limit_NT = share * CREST / np.maximum(relative_NT, 1e-4)  # in deviations of the frame
    below_NT = 2 * ndtr(limit_NT) - 1
    density_NT = np.exp(-(limit_NT**2) / 2) / np.sqrt(2 * np.pi)
    left_NT = below_NT - 2 * limit_NT * density_NT + limit_NT**2 * (1 - below_NT)
    distortion_NT = np.maximum(left_NT - below_NT**2, 0) * frame_NT
    even_M = bands_FM().sum(0) / bands_FM().sum()
    return sound.of_power(below_NT[..., None] ** 2 * power_NTM + distortion_NT[..., None] * even_M)


def _dropouts(sound: Cepstra, share: float, draws: PerImageRandom) -> Cepstra:
    """Runs of frames are silent, 80 dB below the loudest band."""
    runs = -(-mfcc.FRAMES // LOST_FRAMES)
    lost_NT = np.repeat(draws.uniform(runs) < share, LOST_FRAMES, axis=1)[:, : mfcc.FRAMES]
    loudest_N = sound.power_NTM().max((1, 2))
    silence_N = 10 * np.log10(loudest_N) - mfcc.RANGE_DB
    silent_NC = silence_N[:, None] * mfcc.dct_CM().sum(1)
    return replace(sound, values_NTC=np.where(lost_NT[..., None], silent_NC[:, None], sound.values_NTC))


def _tempo(sound: Cepstra, change: float, draws: PerImageRandom) -> Cepstra:
    """Faster or slower by chance, with the same voice."""
    return _at_pace(sound, _pace(change, draws))


def _speed(sound: Cepstra, change: float, draws: PerImageRandom) -> Cepstra:
    """Played faster or slower by chance: all frequencies are higher or lower by the same factor."""
    pace_N = _pace(change, draws)
    played = _at_pace(sound, pace_N)
    # A voice that is played faster is one of a vocal tract that is shorter by the factor.
    faster, slower = (played.values_NTC @ warp_CC(tract).T for tract in (1 / (1 + change), 1 + change))
    return replace(played, values_NTC=np.where((pace_N > 1)[:, None, None], faster, slower))


def _level(sound: Cepstra, gain_db: float, draws: PerImageRandom) -> Cepstra:
    """Louder or quieter by chance."""
    signed_N = np.where(draws.uniform(1)[:, 0] < 0.5, gain_db, -gain_db)
    return replace(sound, values_NTC=sound.values_NTC + (signed_N[:, None] * mfcc.dct_CM().sum(1))[:, None])


def _microphone(sound: Cepstra, deviation_db: float, draws: PerImageRandom) -> Cepstra:
    """A response that is smooth over the mel bands: in cepstra a sum, the same for all frames."""
    drawn_NR = draws.normal(RESPONSE.stop - RESPONSE.start).astype(np.float64)
    drawn_NR *= deviation_db * np.sqrt(mfcc.MELS) / np.linalg.norm(drawn_NR, axis=1, keepdims=True)
    values_NTC = sound.values_NTC.copy()
    values_NTC[..., RESPONSE] += drawn_NR[:, None]
    return replace(sound, values_NTC=values_NTC)


def _pace(change: float, draws: PerImageRandom) -> np.ndarray:
    return np.where(draws.uniform(1)[:, 0] < 0.5, 1 + change, 1 / (1 + change))


def _at_pace(sound: Cepstra, pace_N: np.ndarray) -> Cepstra:
    """Frames read between frames, linearly; a recording that is longer than T afterwards loses both ends."""
    frames_N = np.maximum(1, np.round(sound.frames_N / pace_N)).astype(np.int64)
    changed = replace(sound, frames_N=frames_N)
    middle_N, moved_N = sound.first_N + (sound.seen_N - 1) / 2, changed.first_N + (changed.seen_N - 1) / 2
    times_NT = middle_N[:, None] + (np.arange(mfcc.FRAMES) - moved_N[:, None]) * pace_N[:, None]
    last_N = sound.first_N + sound.seen_N - 1
    times_NT = np.clip(times_NT, sound.first_N[:, None], last_N[:, None])
    below_NT = np.floor(times_NT).astype(np.int64)
    share_NT1 = (times_NT - below_NT)[..., None]
    above_NT = np.minimum(below_NT + 1, last_N[:, None])
    low, high = (np.take_along_axis(sound.values_NTC, place[..., None], 1) for place in (below_NT, above_NT))
    return replace(changed, values_NTC=low + share_NT1 * (high - low))


def _of_sound(**described: object) -> Corruption:
    return Corruption(kind="sound", **described)  # type: ignore[arg-type]


ENTRIES = (
    _of_sound(
        name="white_noise",
        title="White noise",
        family="noise",
        teaches="A hiss that is equally strong at all frequencies, at 30 to -4 decibels of signal to noise; "
        "added to the power of the mel bands.",
        levels=(30.0, 21.0, 12.0, 4.0, -4.0),  # dB
        apply=partial(_noise, falling=0.0),
    ),
    _of_sound(
        name="pink_noise",
        title="Pink noise",
        family="noise",
        teaches="A rumble that is stronger the lower it is, as of traffic and fans; added to the power of the mel "
        "bands.",
        levels=(30.0, 21.0, 12.0, 4.0, -4.0),
        apply=partial(_noise, falling=1.0),
    ),
    _of_sound(
        name="reverberation",
        title="Reverberation",
        family="room",
        teaches="A hall: what was said a moment ago is still heard. Power decays from frame to frame; echoes that "
        "cancel each other are left out.",
        levels=(0.1, 0.2, 0.4, 0.8, 1.6),  # seconds until 60 dB are lost
        apply=_reverberation,
    ),
    _of_sound(
        name="loudness",
        title="Level",
        family="room",
        teaches="Nearer to the microphone or further away: all is louder or quieter, exactly.",
        levels=(3.0, 6.0, 10.0, 15.0, 21.0),  # dB
        apply=_level,
        features="with_mean",
    ),
    _of_sound(
        name="microphone",
        title="Microphone",
        family="room",
        teaches="Another microphone lets some frequencies through better than others: in cepstra an exact sum.",
        levels=(1.5, 3.0, 5.0, 8.0, 12.0),  # dB, root mean square over the mel bands
        apply=_microphone,
        features="with_mean",
    ),
    _of_sound(
        name="tempo",
        title="Tempo",
        family="voice",
        teaches="Said faster or slower by the same voice: frames are read between frames.",
        levels=(0.1, 0.2, 0.35, 0.55, 0.8),
        apply=_tempo,
    ),
    _of_sound(
        name="speed",
        title="Speed",
        family="voice",
        teaches="Played faster or slower, so that the voice is higher or lower too: another tempo and another vocal "
        "tract.",
        levels=(0.08, 0.16, 0.26, 0.38, 0.52),
        apply=_speed,
    ),
    _of_sound(
        name="clipping",
        title="Clipping",
        family="transmission",
        teaches="Too loud for the line: peaks are cut off. The distortion is that of a Gaussian signal, spread evenly "
        "over the frequencies; a true wave would have overtones.",
        levels=(0.4, 0.25, 0.15, 0.08, 0.03),  # of the largest peak
        apply=_clipping,
    ),
    _of_sound(
        name="dropouts",
        title="Dropouts",
        family="transmission",
        teaches="Packets of a twentieth of a second are lost on the way, and silence takes their place.",
        levels=(0.05, 0.1, 0.18, 0.28, 0.4),
        apply=_dropouts,
    ),
)
