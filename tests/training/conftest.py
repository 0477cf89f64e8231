"""Tests of training leave the other cores alone."""

from collections.abc import Iterator

import pytest

from distill_core.jobs.pool import WorkerPool


@pytest.fixture(autouse=True)
def _leaves_other_cores_alone(one_thread: None) -> None:
    """Each step is small."""


@pytest.fixture
def pool() -> Iterator[WorkerPool]:
    two = WorkerPool(2)
    yield two
    two.close()
