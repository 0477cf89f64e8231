"""How runs answer spoiled images: kept once a run, disturbance, strength and number of images; gone with their run."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError

from distill_core.errors import NotFound
from distill_core.store import Store
from distill_core.store.database import _config, open_database, writing
from distill_core.store.pools import Pools
from tests.store.records import a_job, a_run, a_trial

OTHER = "00000000000000bb"


@pytest.fixture
def shown(store: Store) -> Store:
    """A store with two runs in two jobs; the second job shows both."""
    for job, runs in (("a", ["00000000000000aa"]), ("b", ["00000000000000aa", OTHER])):
        store.add_job(a_job(job))
        for place, run in enumerate(runs):
            store.save_run(a_run(run), curves=[], files={})
            store.link_run(job, run, position=place, student=run, role="student")
    return store


def test_a_trial_comes_back_as_it_was_kept(shown: Store) -> None:
    given = [a_trial(disturbance="clean", strength=0.0), a_trial(), a_trial(run_id=OTHER, disturbance="pgd")]
    shown.keep_robustness_scores(given)
    assert shown.robustness_scores(["00000000000000aa", OTHER]) == given
    assert shown.robustness_scores([OTHER]) == given[2:]
    assert shown.robustness_scores([]) == []
    shown.keep_robustness_scores([])


def test_the_same_cell_again_takes_the_place_of_the_one_before(shown: Store) -> None:
    shown.keep_robustness_scores([a_trial(), a_trial(strength=4.0), a_trial(images=100)])
    before = [shown.robustness_version([run]) for run in ("00000000000000aa", OTHER)]
    shown.keep_robustness_scores([a_trial(accuracy=0.5)])
    assert shown.robustness_version(["00000000000000aa"]) != before[0]
    assert shown.robustness_version([OTHER]) == before[1]
    kept = [(one.strength, one.images, one.accuracy) for one in shown.robustness_scores(["00000000000000aa"])]
    assert kept == [(3.0, 100, 0.75), (3.0, 2000, 0.5), (4.0, 2000, 0.75)]
    assert [one.images for one in shown.robustness_scores(["00000000000000aa"], images=100)] == [100]


def test_trials_go_with_the_last_job_that_shows_their_run(shown: Store) -> None:
    shown.keep_robustness_scores([a_trial(), a_trial(run_id=OTHER)])
    shown.delete_job("b")
    assert [one.run_id for one in shown.robustness_scores(["00000000000000aa", OTHER])] == ["00000000000000aa"]
    shown.delete_job("a")
    assert shown.robustness_scores(["00000000000000aa", OTHER]) == []


def test_a_run_that_was_deleted_meanwhile_is_said_and_nothing_is_kept(shown: Store) -> None:
    with pytest.raises(NotFound, match="no run 'gone'; it was deleted meanwhile"):
        shown.keep_robustness_scores([a_trial(), a_trial(run_id="gone")])
    assert shown.robustness_scores(["00000000000000aa"]) == []


def test_a_refused_row_leaves_nothing_of_the_others(shown: Store) -> None:
    with pytest.raises(IntegrityError):
        shown.keep_robustness_scores([a_trial(), a_trial(strength=4.0, accuracy=None)])
    assert shown.robustness_scores(["00000000000000aa"]) == []


def test_many_runs_are_asked_for_at_once(shown: Store) -> None:
    shown.keep_robustness_scores([a_trial()])
    assert len(shown.robustness_scores(["00000000000000aa", *(f"{place:x}" for place in range(1500))])) == 1


def test_a_lab_from_before_keeps_its_runs_and_gets_the_table(home: Path) -> None:
    from alembic import command

    url = f"sqlite:///{home / 'lab.sqlite'}"
    pools = Pools(url)
    with writing(pools) as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
    assert "trials" not in inspect(pools.reader).get_table_names()
    pools.dispose()
    with sqlite3.connect(home / "lab.sqlite") as before:
        before.execute("INSERT INTO jobs VALUES ('a', 'f', 'Old', '{}', 'finished', NULL, '1:0', 1, 0, NULL, NULL)")
    up_to_date = open_database(url)
    assert "trials" in inspect(up_to_date.reader).get_table_names()
    up_to_date.dispose()
    with sqlite3.connect(home / "lab.sqlite") as after:
        assert after.execute("SELECT id FROM jobs").fetchall() == [("a",)]


@pytest.mark.sqlite
def test_trials_from_before_have_no_images_that_could_not_be_moved(home: Path) -> None:
    from alembic import command

    url = f"sqlite:///{home / 'lab.sqlite'}"
    pools = Pools(url)
    with writing(pools) as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0007")
    pools.dispose()
    with sqlite3.connect(home / "lab.sqlite") as before:
        before.execute(
            "INSERT INTO trials VALUES ('a', 'fgsm', 2, 500, 'v', 0.5, 0.1, 0.9, 0.8, '2026-01-02 12:00:00')"
        )
    store = Store.open(home)
    assert [(one.disturbance, one.accuracy, one.unmoved) for one in store.robustness_scores(["a"])] == [
        ("fgsm", 0.5, 0)
    ]
    store.close()
