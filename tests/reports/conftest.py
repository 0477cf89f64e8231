"""A lab in which a small grid was trained once."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from distill_core.lab import Lab
from distill_core.templates.grid import Grid, GridSpec, grid_experiment, grid_of
from tests.quick import QUICK_TIMER, experiment

__all__ = ["Swept"]


@dataclass(frozen=True)
class Swept:
    """``job`` trained two temperatures, two alphas and their control, three seeds each."""

    lab: Lab
    job: str
    grid: Grid


@pytest.fixture(scope="session")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Swept]:
    small = experiment()
    asked = GridSpec(
        task=small.task,
        teacher=small.teacher,
        architecture="plain_cnn",
        width=0.5,
        labels=100,
        temperatures=(1.0, 4.0),
        alphas=(0.0, 0.5, 0.9),
        seeds=3,
        budget=small.budget,
    )
    lab = Lab.open(tmp_path_factory.mktemp("swept"), timer=QUICK_TIMER)
    job = lab.wait(lab.submit(grid_experiment(asked)), 400)
    assert (job.state, job.error) == ("finished", None)
    grid = grid_of(job.experiment)
    assert grid is not None
    yield Swept(lab, job.id, grid)
    lab.close()
