"""What is heard in a recording?

    python example.py            asks about the reference sounds of this folder, which are made up
    python example.py a.wav ...  asks about files: 16-bit WAV at 8 kHz, or .npy of such samples, -1 to 1

Needs numpy and onnxruntime. The file takes samples and works out the features itself; what is quiet before and after
the sound is cut off here, as in training.
"""

import json
import sys
import wave
from pathlib import Path

import numpy as np
import onnxruntime

HERE = Path(__file__).resolve().parent
FILE = "ready_float32.onnx"
RATE_HZ, WINDOW, MARGIN, LOUD_DB = 8000, 80, 400, 30
session = onnxruntime.InferenceSession(str(HERE / FILE), providers=["CPUExecutionProvider"])
about = session.get_modelmeta().custom_metadata_map
classes = json.loads(about["classes"])


def samples(path: str) -> np.ndarray:
    """The samples of a file, one channel, float32."""
    if path.endswith(".npy"):
        return np.load(path, allow_pickle=False).astype(np.float32)
    with wave.open(path) as file:
        if file.getframerate() != RATE_HZ or file.getsampwidth() != 2:
            sys.exit(f"{path}: expected 16 bits at {RATE_HZ} Hz, got {file.getframerate()} Hz; convert it first")
        channels, data = file.getnchannels(), file.readframes(file.getnframes())
    return (np.frombuffer(data, "<i2").reshape(-1, channels).mean(1) / 32768).astype(np.float32)


def trimmed(sound: np.ndarray) -> np.ndarray:
    """From the first to the last hundredth of a second within 30 dB of the loudest one, and a little around them."""
    whole = len(sound) // WINDOW
    power = np.square(sound[: whole * WINDOW].astype(np.float64)).reshape(whole, WINDOW).mean(1)
    (loud,) = np.nonzero(power >= power.max() * 10 ** (-LOUD_DB / 10))
    return sound[max(0, loud[0] * WINDOW - MARGIN) : (loud[-1] + 1) * WINDOW + MARGIN]


def reference() -> list:
    cases = json.loads((HERE / "reference" / "reference.json").read_text(encoding="utf-8"))["files"][FILE]
    return [np.fromfile(HERE / case["inputs"]["samples"]["path"], "<f4") for case in cases]


if __name__ == "__main__":
    names = sys.argv[1:]
    sounds = [trimmed(samples(name)) for name in names] if names else reference()
    for place, sound in enumerate(sounds):
        (probabilities,) = session.run(["probabilities"], {"samples": sound})
        row = probabilities[0]
        best = row.argsort()[::-1][:3]
        shown = ", ".join(f"{classes[index]} {100 * row[index]:.1f} %" for index in best)
        print(f"{names[place] if names else f'reference sound {place + 1}'}: {shown}")
