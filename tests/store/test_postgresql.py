"""On a real PostgreSQL server: new databases, servers that go away, texts that it cannot hold, two labs on one."""

import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from distill_core.errors import InvalidSetting, NotFound, StorageFailed
from distill_core.store import JobState, Store, tables
from distill_core.store.database import open_database, reading
from distill_core.store.watch import BEAT_SECONDS, SILENT_SECONDS
from tests import postgresql
from tests.store.records import a_job, a_run
from tests.store.test_jobs import at_work, go_on, line
from tests.store.test_labs import look, running, watched


@pytest.fixture
def url(server: postgresql.Server) -> str:
    return server.database(like="migrated")


def test_migrations_make_the_tables_that_the_program_knows(server: postgresql.Server) -> None:
    pools = open_database(server.database())
    with reading(pools) as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.METADATA) == []
    pools.dispose()


def test_threads_that_open_a_new_database_at_once_find_it_migrated(server: postgresql.Server, tmp_path: Path) -> None:
    url = server.database()
    with ThreadPoolExecutor(6) as threads:
        labs = list(threads.map(lambda number: Store.open(tmp_path / str(number), url), range(6)))
    assert len({lab.lab_id for lab in labs}) == 6
    assert [lab.jobs() for lab in labs] == [[]] * 6
    for lab in labs:
        lab.close()


def test_a_database_of_a_newer_lab_is_refused_and_left_alone(server: postgresql.Server, tmp_path: Path) -> None:
    name = "newer"
    url = server.make(name, like="migrated")
    server.say("UPDATE alembic_version SET version_num = '9999'", database=name)
    with pytest.raises(StorageFailed, match="made by a newer lab"):
        Store.open(tmp_path, url)
    assert server.say("SELECT version_num FROM alembic_version", database=name) == [("9999",)]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda url: url.replace("/lab", "/nowhere-", 1), "nowhere-"),
        (lambda url: url.replace("?host=", "?host=/nothing"), "its server answers"),
    ],
    ids=["no such database", "no server"],
)
def test_a_server_that_does_not_let_the_lab_in_is_told(
    url: str, change: Callable[[str], str], told: str, tmp_path: Path
) -> None:
    with pytest.raises(StorageFailed, match=told):
        Store.open(tmp_path, change(url))


def test_a_lab_goes_on_where_its_connections_were_ended(server: postgresql.Server, url: str, tmp_path: Path) -> None:
    with closing(Store.open(tmp_path, url)) as store:
        running(store)
        server.say("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        assert store.job("a").state == JobState.RUNNING
        assert store.set_job_state("a", JobState.FINISHED)


@pytest.mark.parametrize(("text", "told"), [("a\0b", "U\\+0000"), ("\ud800", "U\\+D800")])
def test_text_that_the_server_cannot_hold_is_refused_in_words(url: str, text: str, told: str, tmp_path: Path) -> None:
    with closing(Store.open(tmp_path, url)) as store:
        with pytest.raises(InvalidSetting, match=f"expected characters that can be stored, got {told}"):
            store.add_job(a_job("a", owner=store.lab_id, title=text))
        with pytest.raises((InvalidSetting, NotFound)):
            store.job(text)
        assert store.jobs() == []


def test_scores_may_hold_any_text(url: str, tmp_path: Path) -> None:
    """As JSON they are written with escapes."""
    run = a_run(scores={"test_accuracy": 0.5, "note": "Größe \N{RIGHT-TO-LEFT OVERRIDE} 字"})
    with closing(Store.open(tmp_path, url)) as store:
        store.save_run(run, curves=[], files={})
        assert store.run(run.id).scores == run.scores


def test_processes_that_file_the_same_plan_at_once_share_one_job(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISTILL_DATABASE_URL", url)
    first, second = (at_work(tmp_path / name, name, "same") for name in ("a", "b"))
    for process in (first, second):
        go_on(process)
    assert len({line(first), line(second)}) == 1
    for process in (first, second):
        _end(process)
    with closing(Store.open(tmp_path / "c", url)) as store:
        assert len(store.jobs()) == 1


def _end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        pipe.close()


class TestTwoLabs:
    """Homes of their own, as on two machines."""

    @pytest.fixture
    def labs(self, url: str, tmp_path: Path) -> Iterator[tuple[Store, Store]]:
        with closing(Store.open(tmp_path / "a", url)) as a, closing(Store.open(tmp_path / "b", url)) as b:
            yield a, b

    def test_each_sees_what_the_other_writes(self, labs: tuple[Store, Store]) -> None:
        a, b = labs
        running(a)
        assert b.job("a").state == JobState.RUNNING
        a.rename_job("a", name="mine", tags=["room"])
        assert (b.job("a").name, b.tags()) == ("mine", ["room"])
        assert a.set_job_state("a", JobState.FINISHED)
        assert b.job("a").state == JobState.FINISHED

    def test_a_lab_that_beats_keeps_its_job_and_a_silent_one_loses_it(self, labs: tuple[Store, Store]) -> None:
        a, b = labs
        turned = watched(b)
        running(a)
        for _ in range(3):
            assert look(b, turned, SILENT_SECONDS) == []
            assert a.beat()
        assert look(b, turned, SILENT_SECONDS) == []
        assert look(b, turned, BEAT_SECONDS) == ["a"]
        assert not a.set_job_state("a", JobState.FINISHED)
        assert not a.beat()
        assert a.beat()

    def test_one_that_writes_makes_the_other_wait_and_not_fail(self, labs: tuple[Store, Store]) -> None:
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda n: running(labs[n % 2], f"job {n}"), range(16)))
        assert {job.state for job in labs[0].jobs()} == {JobState.RUNNING}
        assert len(labs[1].jobs()) == 16
