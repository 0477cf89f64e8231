"""Makes assets/methods: every method at its defaults for the default comparison's student, five seeds, on the images
with a label and on all of them.

    python tools/make_method_table.py [--only same_images] [--home DIR] [--cost FILE]

Each table is trained by a real lab in ``--home`` (a temporary folder by default); what is there already is not trained
again. Half an hour each on two cores. ``--cost`` takes what ``benchmarks/method_cost.py --json`` wrote: what a step of
each method costs, relative to plain KD.
"""

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from distill_core.assets import ASSETS, read_manifest  # noqa: E402
from distill_core.lab import Lab  # noqa: E402
from distill_core.reports.experiment_report import METHODS_FOLDER  # noqa: E402
from distill_core.templates.method_comparison import table_experiment  # noqa: E402
from tools.shipping import make_each, parser, ship  # noqa: E402

SEEDS = 5
FOLDER = ASSETS / METHODS_FOLDER
TABLES = {
    "same_images": ("Every method on the 500 images that the control sees", "labelled"),
    "all_images": ("Every method on all 10,000 images, of which 500 have a label", "all"),
}


def main() -> None:
    options = parser(__doc__, TABLES)
    options.add_argument("--cost", type=Path, help="what benchmarks/method_cost.py --json wrote")
    arguments = options.parse_args()
    cost = json.loads(arguments.cost.read_text(encoding="utf-8")) if arguments.cost else None

    def make(lab: Lab, name: str, table: tuple[str, str]) -> None:
        title, transfer = table
        command = f"python tools/make_method_table.py --only {name}"
        measured = {"cost": cost or _known_cost(name)}
        experiment = table_experiment(transfer, SEEDS)  # type: ignore[arg-type]
        ship(lab, experiment, FOLDER, name=name, title=title, command=command, measured=measured)

    make_each(arguments, TABLES, make)


def _known_cost(name: str) -> Any:
    """What was measured before."""
    path = FOLDER / f"{name}.json"
    return read_manifest(path).measured["cost"] if path.exists() else None


if __name__ == "__main__":
    main()
