"""A store in a folder of its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from distill_core.store import Store


@pytest.fixture(autouse=True)
def _no_other_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISTILL_DATABASE_URL", raising=False)


@pytest.fixture
def store(home: Path, migrated_once: Path) -> Iterator[Store]:
    shutil.copy(migrated_once, home)
    store = Store.open(home)
    yield store
    store.close()
