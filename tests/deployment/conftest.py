"""A store with a small comparison that was trained, and one of its students."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from distill_core.store import RunRecord, Store


@pytest.fixture
def store(trained: Path) -> Iterator[Store]:
    opened = Store.open(trained)
    yield opened
    opened.close()


@pytest.fixture
def student(store: Store) -> RunRecord:
    return store.runs()[-1].run
