"""A word that tests speak: a tone between two quiet stretches; and files of samples."""

import io

import numpy as np

__all__ = ["packed", "word"]


def word(
    rate_hz: int = 8_000, *, hz: float = 200, before: float = 0.5, during: float = 0.4, after: float = 0.3
) -> np.ndarray:
    """Seconds before, during and after a tone."""
    tone = 0.5 * np.sin(2 * np.pi * hz * np.arange(round(during * rate_hz)) / rate_hz)
    quiet = [1e-3 * np.sin(np.arange(round(seconds * rate_hz))) for seconds in (before, after)]
    return np.concatenate([quiet[0], tone, quiet[1]])


def packed(samples: np.ndarray, rate_hz: int = 8_000, kind: str = "WAV", subtype: str | None = None) -> bytes:
    """A file of this kind in bytes."""
    import soundfile

    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate_hz, format=kind, subtype=subtype)
    return buffer.getvalue()
