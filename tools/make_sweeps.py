"""Makes assets/sweeps: the grid, the curves and the lessons that the Temperature page shows from the first moment.

    python tools/make_sweeps.py [--only default_grid] [--home DIR]

Each is trained by a real lab in ``--home`` (a temporary folder by default); what is there already is not trained again.
Half an hour in all on two cores.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from distill_core.assets import ASSETS  # noqa: E402
from distill_core.lab import Lab  # noqa: E402
from distill_core.reports.experiment_report import FOLDER  # noqa: E402
from distill_core.spec import Experiment  # noqa: E402
from distill_core.tasks import TASKS  # noqa: E402
from distill_core.templates.graph import missing_facts, wrong_facts  # noqa: E402
from distill_core.templates.grid import SEEDS, GridSpec, grid_experiment, label_curve, width_curves  # noqa: E402
from distill_core.templates.presets import GRAPH, LESSONS, lesson_experiment  # noqa: E402
from tools.shipping import make_each, parser, ship  # noqa: E402


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
        **_of_facts(),
        **{f"lesson_{one.name}": Made(f"Lesson: {one.title}", lesson_experiment(one)) for one in LESSONS},
    }


def _of_facts() -> Mapping[str, Made]:
    """What Robustness shows of a graph."""
    task = TASKS.get(GRAPH)
    assert task.default is not None
    teacher = task.default.teacher
    made = {"missing": missing_facts(task, teacher, SEEDS), "wrong": wrong_facts(teacher, SEEDS)}
    return {
        f"{GRAPH}_{what}_{share}": Made(f"{task.title}: {share} % of the facts {what}", experiment)
        for what, experiments in made.items()
        for share, experiment in experiments.items()
    }


def main() -> None:
    made = everything()
    make_each(parser(__doc__, made).parse_args(), made, make)


def make(lab: Lab, name: str, one: Made) -> None:
    command = f"python tools/make_sweeps.py --only {name}"
    ship(lab, one.experiment, ASSETS / FOLDER, name=name, title=one.title, command=command, measured={})


if __name__ == "__main__":
    main()
