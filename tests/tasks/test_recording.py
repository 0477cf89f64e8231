"""Recordings that visitors bring: what is read of a file, what is cut off, and what is refused."""

import sys

import numpy as np
import pytest

from distill_core.errors import InvalidSetting
from distill_core.tasks.sound.recording import read_recording, trimmed
from tests.sounds import packed, word

pytestmark = pytest.mark.anywhere


def test_what_is_quiet_at_both_ends_goes_but_for_a_margin() -> None:
    kept = trimmed(word())
    assert len(kept) == 400 + 3_200 + 400
    np.testing.assert_array_equal(kept, word()[3_600:7_600])


def test_a_pause_inside_stays_and_no_end_is_passed() -> None:
    twice = np.concatenate([word(before=0), word(after=0)])
    assert len(trimmed(twice)) == len(twice)
    assert len(trimmed(word(before=0.02, after=0.01))) == len(word(before=0.02, after=0.01))


@pytest.mark.parametrize(("quieter_db", "kept"), [(29.5, 2 * 3_200), (30.5, 3_200)])
def test_loud_is_what_is_within_30_db_of_the_loudest(quieter_db: float, kept: int) -> None:
    echo = 10 ** (-quieter_db / 20) * word(before=0, after=0)
    assert len(trimmed(np.concatenate([word(after=0), echo, np.zeros(2_000)]))) == 400 + kept + 400


@pytest.mark.parametrize(
    ("rate_hz", "kind", "subtype"),
    [
        (8_000, "WAV", "PCM_16"),
        (48_000, "WAV", "FLOAT"),
        (44_100, "FLAC", None),
        (16_000, "OGG", "VORBIS"),
        (48_000, "OGG", "OPUS"),
        (22_050, "MP3", None),
    ],
)
def test_every_format_and_rate_gives_the_same_word(rate_hz: int, kind: str, subtype: str | None) -> None:
    stereo = np.stack([word(rate_hz), 0.5 * word(rate_hz)], 1)
    samples = read_recording(packed(stereo, rate_hz, kind, subtype))
    assert samples.dtype == np.float32
    assert len(samples) == pytest.approx(4_000, abs=320)
    spectrum = np.abs(np.fft.rfft(samples, 8_000))
    assert spectrum.argmax() == pytest.approx(200, abs=2)
    loudest = np.sqrt(np.square(samples[800:3_200]).mean())
    assert loudest == pytest.approx(0.75 * 0.5 / np.sqrt(2), rel=0.05)


def video() -> bytes:
    return b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + bytes(2_000)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (packed(np.zeros(8_000)), "expected a voice, got silence; speak nearer"),
        (packed(np.zeros(400)), "at least 0.1 s, got 0.05 s; record one word"),
        (packed(np.zeros((0, 1))), "at least 0.1 s, got 0.00 s; record one word"),
        (packed(word(after=59.1)), "at most 10 s, got 60 s; record one word"),
        (packed(np.zeros((4_000, 9))), "at most 8 channels, got 9; save it with one"),
        (packed(word(3_000), 3_000), "4 to 192 kHz, got 3000 Hz; save it at 16 kHz"),
        (packed(np.full(4_000, np.nan), subtype="FLOAT"), "finite samples"),
        (video(), "expected wav, flac, ogg or mp3, got a file of another kind, or a broken one; save it as wav"),
        (b"", "expected wav, flac, ogg or mp3"),
        (packed(word())[:30], "expected wav, flac, ogg or mp3"),
        (bytes(20 * 2**20 + 1), "at most 20 MB, got 20.0 MB; cut it shorter"),
    ],
    ids=["silence", "0.05 s", "nothing", "60 s", "9 channels", "3 kHz", "NaN", "a video", "empty", "cut off", "20 MB"],
)
def test_what_is_no_recording_of_a_word_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(InvalidSetting, match=message):
        read_recording(data)


@pytest.mark.parametrize("kind", ["AIFF", "AU", "CAF", "RF64"])
def test_what_else_libsndfile_could_read_is_refused(kind: str) -> None:
    wanted = f"expected wav, flac, ogg or mp3, got a file of the kind {kind}; save it as wav"
    with pytest.raises(InvalidSetting, match=wanted):
        read_recording(packed(word(), kind=kind))


def test_a_header_that_lies_about_its_length_costs_nothing() -> None:
    data = bytearray(packed(word()))
    data[40:44] = (2**32 - 1 - 36).to_bytes(4, "little")
    assert len(read_recording(bytes(data))) == 4_000


@pytest.mark.parametrize("lost", [ImportError("no package"), OSError("sndfile library not found")])
def test_a_missing_library_is_told(lost: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    class Missing:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "soundfile":
                raise lost

    monkeypatch.delitem(sys.modules, "soundfile", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    with pytest.raises(InvalidSetting, match="expected the library libsndfile beside the lab, got none; record with"):
        read_recording(b"RIFF")
