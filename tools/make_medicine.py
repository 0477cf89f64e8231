"""Makes assets/data/medicine.txt.gz: the facts of the UMLS semantic network, from a wheel of pykeen that has them.

    pip download --no-deps pykeen==1.11.1
    python tools/make_medicine.py pykeen-1.11.1-py3-none-any.whl

Each line is head, relation and tail with a tab between; the parts follow each other, as the wheel shares them out. The
same command gives the same lines everywhere.
"""

import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from distill_core.files import atomic_write  # noqa: E402
from distill_core.tasks import TASKS  # noqa: E402
from distill_core.tasks.graph.medicine import LICENCE, NAME, PARTS, SOURCE  # noqa: E402
from tools.shipping import DATA, opened_wheel, ship_lines  # noqa: E402

WHEEL_SHA256 = "b6cc0ab012fc6ba4f37b58fb7081a409a5c1f04cbbb0e0e9c2256e911757d4ba"
LICENSE = "pykeen-1.11.1.dist-info/licenses/LICENSE"


def lines(wheel: zipfile.ZipFile, part: str) -> list[str]:
    """The facts of a part. Raises SystemExit where a line is no fact or stands there twice."""
    found = wheel.read(f"pykeen/datasets/umls/{part}.txt").decode().splitlines()
    if len(set(found)) < len(found) or any(line.count("\t") != 2 for line in found):
        raise SystemExit(f"{part}: expected a head, a relation and a tail in each line, and no line twice")
    return found


def main() -> None:
    with opened_wheel(__doc__, WHEEL_SHA256) as wheel:
        parts, licence = {part: lines(wheel, part) for part in PARTS}, wheel.read(LICENSE)
    told = {
        "origin": f"the UMLS semantic network as pykeen 1.11.1 ships it, {SOURCE}",
        "licence": LICENCE,
        "command": "python tools/make_medicine.py pykeen-1.11.1-py3-none-any.whl",
    }
    atomic_write(DATA / "LICENSE.pykeen", licence)
    what = "head, tab, relation, tab, tail; the parts in turn"
    ship_lines(NAME, parts, title=TASKS.get(NAME).title, told=told, lines=what)


if __name__ == "__main__":
    main()
