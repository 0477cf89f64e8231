"""A deletion is undone: everything is there again, and nothing is shown or left behind meanwhile."""

import shutil
from pathlib import Path

import pytest

from distill_core.errors import InvalidSetting, NotFound, StorageFailed
from distill_core.lab import Lab
from distill_core.lab.deleted import KEPT_SECONDS
from distill_core.store import JobState
from tests.archive.packed import state_of
from tests.homes.unpack import unpack
from tests.quick import QUICK_TIMER, experiment
from tests.records import job_record

CHAIN = "7f177f90ddf842d2"


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("stored")
    unpack("27610a0", home)
    return home


@pytest.fixture
def lab(stored: Path, tmp_path: Path):
    shutil.copytree(stored, tmp_path / "home")
    opened = Lab.open(tmp_path / "home", timer=QUICK_TIMER)
    yield opened
    opened.close()


def test_everything_of_a_deleted_experiment_comes_back(lab: Lab, tmp_path: Path) -> None:
    lab.naming.rename(CHAIN, name="Mine", tags=["x"], note="n")
    rows, files = state_of(lab, tmp_path / "home")
    assert lab.deleted.delete(CHAIN)
    with pytest.raises(NotFound):
        lab.job(CHAIN)
    assert lab.deleted.is_kept(CHAIN)
    assert len(list((tmp_path / "home" / "deleted").iterdir())) == 1
    assert lab.deleted.restore(CHAIN) == CHAIN
    after, there = state_of(lab, tmp_path / "home")
    assert {name: len(some) for name, some in after.items()} == {name: len(some) for name, some in rows.items()}
    assert after["measurements"] == rows["measurements"]
    assert there == files
    assert lab.job(CHAIN).title == "Mine"
    assert list((tmp_path / "home" / "deleted").iterdir()) == []
    with pytest.raises(NotFound):
        lab.deleted.restore(CHAIN)


def test_it_is_kept_for_some_minutes(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.deleted.delete(CHAIN)
    import time

    later = time.monotonic() + KEPT_SECONDS + 1
    monkeypatch.setattr("distill_core.lab.deleted.time.monotonic", lambda: later)
    assert not lab.deleted.is_kept(CHAIN)
    assert list((tmp_path / "home" / "deleted").iterdir()) == []


def test_a_closed_lab_leaves_nothing(lab: Lab, tmp_path: Path) -> None:
    lab.deleted.delete(CHAIN)
    lab.close()
    assert list((tmp_path / "home" / "deleted").iterdir()) == []


def test_what_cannot_be_kept_is_deleted_all_the_same(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise StorageFailed("the disk is full")

    monkeypatch.setattr("distill_core.lab.deleted.atomic_write", full)
    assert not lab.deleted.delete(CHAIN)
    assert not lab.deleted.is_kept(CHAIN)
    with pytest.raises(NotFound):
        lab.job(CHAIN)


def test_what_may_not_be_deleted_stays_and_nothing_is_kept(lab: Lab, tmp_path: Path) -> None:
    lab._store.add_job(job_record("b" * 16, experiment().to_json(), state=JobState.QUEUED, owner=lab._store.lab_id))
    for job_id, error in (("b" * 16, InvalidSetting), ("none", NotFound)):
        with pytest.raises(error):
            lab.deleted.delete(job_id)
        assert not lab.deleted.is_kept(job_id)
    assert list((tmp_path / "home").glob("deleted/*")) == []
    assert lab.job("b" * 16)
