"""A store in a folder of its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from distill_core.store import Store


@pytest.fixture
def store(tmp_path: Path, migrated_once: Path) -> Iterator[Store]:
    shutil.copy(migrated_once, tmp_path)
    opened = Store.open(tmp_path)
    yield opened
    opened.close()
