"""Tests of training leave the other cores alone."""

from collections.abc import Iterator

import pytest
import torch

from distill_core.jobs import WorkerPool


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def pool() -> Iterator[WorkerPool]:
    two = WorkerPool(2)
    yield two
    two.close()
