"""Chooses learning rate and weight decay for the control, on validation images: the values that all students share.

    python tools/tune_optimiser.py [--task spoken_digits] [--seeds 3] [--threads 1]

The control of the comparison that a task begins with is trained once for each pair and seed, and its validation
accuracy at the last update is printed. Test examples are not looked at.
"""

import argparse
import itertools
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from distill_core.execution.losses import student_config
from distill_core.lab import home_of
from distill_core.planning.resolve import resolve_experiment
from distill_core.planning.runs import expand
from distill_core.planning.teacher_sources import resolve_teacher, teacher_options
from distill_core.spec import Optimiser
from distill_core.tasks import TASKS, load_task, null_sink
from distill_core.templates.presets import TASK, first_experiment

RATES = (0.05, 0.1, 0.2, 0.4)
DECAYS = (5e-4, 2e-3, 5e-3)


def main() -> None:
    from distill_core.machine import resolve_precision
    from distill_core.training.cohort import CohortConfig, train_cohort
    from distill_core.training.predict import score

    settings = _arguments()
    if settings.threads:
        import torch

        torch.set_num_threads(settings.threads)
    task = TASKS.get(settings.task)
    experiment = resolve_experiment(first_experiment(task, teacher_options(task)[0].choice, settings.seeds))
    data = load_task(task, home_of(), null_sink)
    train, valid = task.dataset(task, data.train), task.dataset(task, data.valid)
    teacher = resolve_teacher(experiment.teacher, task, resolve_precision("auto"), lambda run: None)  # type: ignore[arg-type, return-value]
    controls = [one for one in expand(experiment, teacher) if one.role == "control"]
    recipes = [student_config(one, experiment.data_seed, task.strata(train)) for one in controls]
    print("rate   decay   validation accuracy, mean and each seed")
    for rate, decay in itertools.product(RATES, DECAYS):
        plan = CohortConfig(
            budget=experiment.budget,
            optimiser=Optimiser(learning_rate=rate, weight_decay=decay),
            mode=settings.mode,
            views=settings.views,
            data_seed=experiment.data_seed,
            precision=resolve_precision("auto"),
        )
        trained = train_cohort(
            recipes, plan, train=train, valid=valid, teacher=None, sink=null_sink, checkpoint=lambda: None
        )
        found = [score(one.network, valid)[1] for one in trained]
        print(
            f"{rate:<7g}{decay:<8g}{statistics.mean(found):.1%}   {'  '.join(f'{one:.1%}' for one in found)}",
            flush=True,
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--task", choices=TASKS.names(), default=TASK)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--views", type=int, default=8)
    parser.add_argument("--mode", choices=("cached", "consistent"), default="cached")
    parser.add_argument("--threads", type=int, default=0, help="threads to train with; 0: all")
    return parser.parse_args()


if __name__ == "__main__":
    main()
