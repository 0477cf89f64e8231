"""Makes assets/methods: every method at its defaults for the default comparison's student, five seeds, on the images
with a label and on all of them.

    python tools/make_method_table.py [--only same_images] [--home DIR] [--cost FILE]

Each table is trained by a real lab in ``--home`` (a temporary folder by default); what is there already is not trained
again. Half an hour each on two cores. ``--cost`` takes what ``benchmarks/method_cost.py --json`` wrote: what a step of
each method costs, relative to plain KD.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from distill_core.assets import ASSETS, read_manifest  # noqa: E402
from distill_core.lab import Lab  # noqa: E402
from distill_core.reports.experiment_report import METHODS_FOLDER  # noqa: E402
from distill_core.templates.method_comparison import table_experiment  # noqa: E402
from tools.shipping import ship  # noqa: E402

SEEDS = 5
FOLDER = ASSETS / METHODS_FOLDER
TABLES = {
    "same_images": ("Every method on the 500 images that the control sees", "labelled"),
    "all_images": ("Every method on all 10,000 images, of which 500 have a label", "all"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=list(TABLES))
    parser.add_argument("--home", type=Path, help="a lab's folder to use and keep")
    parser.add_argument("--cost", type=Path, help="what benchmarks/method_cost.py --json wrote")
    arguments = parser.parse_args()
    cost = json.loads(arguments.cost.read_text(encoding="utf-8")) if arguments.cost else None
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab.open(arguments.home or Path(folder))
        for name, (title, transfer) in TABLES.items():
            if arguments.only in (None, name):
                command = f"python tools/make_method_table.py --only {name}"
                measured = {"cost": cost or _known_cost(name)}
                experiment = table_experiment(transfer, SEEDS)  # type: ignore[arg-type]
                ship(lab, experiment, FOLDER, name=name, title=title, command=command, measured=measured)
        lab.close()


def _known_cost(name: str) -> Any:
    """What was measured before."""
    path = FOLDER / f"{name}.json"
    return read_manifest(path).measured["cost"] if path.exists() else None


if __name__ == "__main__":
    main()
