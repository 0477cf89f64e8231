"""A home with three experiments that commit 27610a0 wrote, their archive, and the lab of an empty home."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from distill_core.lab import Lab
from tests.homes.unpack import unpack
from tests.quick import QUICK_TIMER


@pytest.fixture(scope="session")
def first_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Never written to but by its migration."""
    home = tmp_path_factory.mktemp("first")
    unpack("27610a0", home)
    return home


@pytest.fixture(scope="session")
def everything(first_home: Path) -> bytes:
    lab = Lab.open(first_home, timer=QUICK_TIMER)
    data = lab.archives.pack([job.id for job in lab.jobs()], command="make them", licence="MIT")
    lab.close()
    return data


@pytest.fixture
def first(first_home: Path, tmp_path: Path) -> Iterator[Lab]:
    """A lab on a copy of the home with three experiments."""
    home = tmp_path / "first"
    shutil.copytree(first_home, home)
    lab = Lab.open(home, timer=QUICK_TIMER)
    yield lab
    lab.close()


@pytest.fixture
def second(tmp_path: Path, migrated_once: Path) -> Iterator[Lab]:
    """The lab of an empty home."""
    home = tmp_path / "second"
    home.mkdir()
    shutil.copy(migrated_once, home)
    lab = Lab.open(home, timer=QUICK_TIMER)
    yield lab
    lab.close()
