"""Own data: how long a folder of JPEGs takes to come in, and how much memory the process that reads them needs.

The pictures are drawn first, as many as ``--count`` says, in a temporary folder.
"""

import argparse
import contextlib
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.needs import reporting
from distill_core.lab import Lab

CLASSES = 10


def draw(folder: Path, count: int, size_px: int) -> None:
    """Pictures of noise about a colour a class, each another one."""
    from PIL import Image

    draws = np.random.default_rng(0)
    for number in range(count):
        label = number % CLASSES
        path = folder / f"class {label}" / f"{number}.jpg"
        path.parent.mkdir(exist_ok=True)
        coarse = draws.integers(0, 256, (8, 8, 3)) // 2 + 12 * label
        picture = Image.fromarray(coarse.astype(np.uint8)).resize((size_px, size_px), Image.Resampling.BICUBIC)
        picture.save(path, quality=90)


def pack(folder: Path, into: Path) -> None:
    with zipfile.ZipFile(into, "w") as packed:
        for path in sorted(folder.rglob("*.jpg")):
            packed.write(path, path.relative_to(folder))


class Peak:
    """The most memory that the processes of an import had, in MB, as far as it was looked at."""

    def __init__(self) -> None:
        self.mb = 0.0

    def look(self) -> None:
        for child in psutil.Process().children():
            with contextlib.suppress(psutil.Error):
                self.mb = max(self.mb, child.memory_info().rss / 1e6)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--size", type=int, default=64, help="of the pictures, in px")
    parser.add_argument("--side", type=int, default=64, help="that is kept, in px")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    with reporting(as_json=chosen.json) as report, tempfile.TemporaryDirectory() as name:
        folder, packed = Path(name) / "pictures", Path(name) / "pictures.zip"
        folder.mkdir()
        draw(folder, chosen.count, chosen.size)
        pack(folder, packed)
        for what, path in (("folder", folder), ("zip", packed)):
            lab = Lab.open(Path(name) / f"home of the {what}")
            peak = Peak()
            began = time.perf_counter()
            data = lab.own_data.add_images(path, what, side_px=chosen.side, checkpoint=peak.look)
            seconds = time.perf_counter() - began
            lab.close()
            report.figures[what] = {"seconds": seconds, "peak_mb": peak.mb, "examples": sum(data.per_class)}
            report.tell(
                f"{chosen.count:,} JPEGs of {chosen.size}×{chosen.size} from a {what}: {seconds:.1f} s, "
                f"at most {peak.mb:.0f} MB, {sum(data.per_class):,} examples"
            )


if __name__ == "__main__":
    main()
