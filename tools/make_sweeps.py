"""Makes assets/sweeps: the grid, the curves and the lessons that the Temperature page shows from the first moment.

    python tools/make_sweeps.py [--only default_grid] [--home DIR]

Each is trained by a real lab in ``--home`` (a temporary folder by default); what is there already is not trained again.
Half an hour in all on two cores.
"""

import argparse
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from distill_core.assets import ASSETS  # noqa: E402
from distill_core.lab import Lab  # noqa: E402
from distill_core.reports.experiment_report import FOLDER  # noqa: E402
from distill_core.spec import Experiment  # noqa: E402
from distill_core.templates.grid import GridSpec, grid_experiment, label_curve, width_curves  # noqa: E402
from distill_core.templates.presets import LESSONS, lesson_experiment  # noqa: E402
from tools.shipping import ship  # noqa: E402


@dataclass(frozen=True)
class Made:
    title: str
    experiment: Experiment


def everything() -> Mapping[str, Made]:
    small, large = width_curves()
    return {
        "default_grid": Made("Default grid, 6 temperatures × 4 alphas and the control", grid_experiment(GridSpec())),
        "label_curve": Made("Accuracy against the number of labels", label_curve()),
        "width_small_teacher": Made("Four widths of one network, taught by a small teacher", small),
        "width_large_teacher": Made("Four widths of one network, taught by a large teacher", large),
        **{f"lesson_{one.name}": Made(f"Lesson: {one.title}", lesson_experiment(one)) for one in LESSONS},
    }


def main() -> None:
    made = everything()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=list(made))
    parser.add_argument("--home", type=Path, help="a lab's folder to use and keep")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab.open(arguments.home or Path(folder))
        for name, one in made.items():
            if arguments.only in (None, name):
                make(lab, name, one)
        lab.close()


def make(lab: Lab, name: str, one: Made) -> None:
    command = f"python tools/make_sweeps.py --only {name}"
    ship(lab, one.experiment, ASSETS / FOLDER, name=name, title=one.title, command=command, measured={})


if __name__ == "__main__":
    main()
