"""A home with thousands of runs: what is asked again and again reads a few rows, however many there are."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from distill_core.errors import NotFound
from distill_core.store import JobSearch, JobState, Store
from distill_core.store.database import reading
from tests.store.records import a_job, a_measurement, a_run

FIRST, SECOND, OTHER = "00000000000000aa", "00000000000000bb", "00000000000000cc"


@pytest.fixture
def full(store: Store) -> Store:
    """Two jobs: the first shows a teacher, a student and one that failed, the second what the first student taught."""
    for job in "ab":
        store.add_job(a_job(job, owner=store.lab_id))
    store.save_run(a_run("00000000000000ee", role="teacher"), curves=[], files={})
    store.save_run(a_run(FIRST), curves=[], files={})
    store.save_run(a_run("00000000000000dd", state="failed", scores={}), curves=[], files={})
    store.save_run(a_run(SECOND), curves=[], files={})
    store.save_run(a_run(OTHER, task="digits"), curves=[], files={})
    store.link_run("a", "00000000000000ee", position=0, student="T", role="teacher")
    store.link_run("a", FIRST, position=1, student="KD", role="student")
    store.link_run("a", "00000000000000dd", position=2, student="broken", role="student")
    store.link_run("b", FIRST, position=0, student="KD (teacher)", role="teacher")
    store.link_run("b", SECOND, position=1, student="again", role="student")
    store.link_run("b", OTHER, position=2, student="other", role="student")
    store.add_measurements([a_measurement()])
    return store


def test_the_newest_runs_of_a_task_come_by_what_jobs_show_them_as(full: Store) -> None:
    task = a_run().task
    assert [run.id for run in full.newest_runs(task, teach=True, limit=9)] == [FIRST, "00000000000000ee"]
    assert [run.id for run in full.newest_runs(task, teach=False, limit=9)] == [SECOND, FIRST]
    assert [run.id for run in full.newest_runs(task, teach=False, limit=1)] == [SECOND]
    assert [run.id for run in full.newest_runs("digits", teach=False, limit=9)] == [OTHER]
    assert full.teacher_fingerprints(task) == sorted([a_run(FIRST).fingerprint, "00000000000000ee" * 4])
    assert full.teacher_fingerprints("digits") == []


def test_jobs_tell_whether_they_have_a_finished_run_and_how_many_runs(store: Store) -> None:
    for job in "abc":
        store.add_job(a_job(job, owner=store.lab_id))
    store.save_run(a_run(FIRST), curves=[], files={})
    store.save_run(a_run(SECOND, state="failed", scores={}), curves=[], files={})
    store.link_run("a", FIRST, position=0, student="T", role="teacher")
    store.link_run("b", FIRST, position=1, student="KD", role="student")
    store.link_run("c", SECOND, position=1, student="KD", role="student")
    asked = ["a", "b", "c", "none"]
    assert store.with_finished(asked) == {"a", "b"}
    assert store.with_finished(asked, students=True) == {"b"}
    assert store.with_finished([]) == set()
    assert (store.count_runs(asked), store.count_runs(["none"])) == (3, 0)


def test_a_run_is_known_as_the_newest_job_shows_it(full: Store) -> None:
    assert (full.shown_last(FIRST).job_id, full.shown_last(FIRST).student) == ("b", "KD (teacher)")
    with pytest.raises(NotFound):
        full.shown_last("none")


LARGE = ("SCAN runs", "SCAN measurements", "SCAN trials", "SCAN curves", "SCAN artifacts")
QUESTIONS: dict[str, Callable[[Store], Any]] = {
    "mark": lambda store: store.runs_version(),
    "stamp": lambda store: store.results_version(["a", "b"]),
    "jobs": lambda store: store.jobs(limit=50),
    "open jobs": lambda store: store.jobs(limit=None, states=[JobState.QUEUED, JobState.RUNNING]),
    "finished jobs": lambda store: store.jobs(limit=10, states=[JobState.FINISHED]),
    "searched jobs": lambda store: store.jobs(search=JobSearch(words="a", also=(("a", "kd"),), tasks=("t",), tag="x")),
    "job by the start of its number": lambda store: store.job_id("a"),
    "jobs that show a run": lambda store: store.showing(FIRST),
    "tags": lambda store: store.tags(),
    "names": lambda store: store.names(),
    "rename": lambda store: store.rename_job("a", name="new", tags=["x"], note="n"),
    "repeated jobs": lambda store: store.repeated(["a", "b"]),
    "runs": lambda store: store.runs(["a"]),
    "newest runs": lambda store: store.newest_runs("digits", teach=False, limit=9),
    "newest teachers": lambda store: store.newest_runs("digits", teach=True, limit=9),
    "teachers": lambda store: store.teacher_fingerprints("digits"),
    "shown last": lambda store: store.shown_last(FIRST),
    "finished runs": lambda store: store.with_finished(["a", "b"]),
    "number of runs": lambda store: store.count_runs(["a", "b"]),
    "times": lambda store: store.training_times(["a"], {}),
    "measurements": lambda store: store.measurements(graphs=["ab" * 32], device="a CPU"),
    "newest measurements": lambda store: store.newest_measurements(["ab" * 32]),
    "files": lambda store: store.lacking([FIRST]),
    "filed": lambda store: store.filed([FIRST]),
    "unreadable runs": lambda store: store.unreadable_runs(["a"]),
    "trials": lambda store: store.robustness_scores([FIRST]),
    "version of trials": lambda store: store.robustness_version([FIRST]),
    "delete": lambda store: store.delete_job("a"),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_reads_all_runs(question: str, full: Store) -> None:
    """A row of a run holds its scores: to go through ten thousand takes seconds. An index alone may be gone through,
    and what comes in the order of a key ends with the first rows."""
    asked: list[tuple[str, Any]] = []
    engines = (full._pools.reader, full._pools.writer)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2:4]))
    QUESTIONS[question](full)
    statements = [one for one in asked if one[0].startswith(("SELECT", "UPDATE", "DELETE"))]
    assert statements
    with reading(full._pools) as connection:
        for statement, values in statements:
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
            scans = [one for one in plan if one.startswith(LARGE) and "COVERING" not in one]
            assert scans == [] or ("LIMIT" in statement and not any("ORDER BY" in one for one in plan)), statement


@pytest.mark.parametrize(
    ("words", "found"), [("comparison 1", "b"), ("a " * 500, "b"), ("a " * 2_000, None), ("x" * 60_000, None)]
)
def test_words_of_any_length_are_looked_for(store: Store, words: str, found: str | None) -> None:
    """An address may hold megabytes; SQLite refuses long patterns and many conditions."""
    store.add_job(a_job("b", title="Old comparison 1"))
    assert [job.id for job in store.jobs(search=JobSearch(words=words))] == ([found] if found else [])
