"""Rows that cannot be read: each is left out alone, and what it told can be stored anew."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from distill_core.errors import CorruptFile
from distill_core.store import Device, JobState, Store
from tests.store.records import NOON, a_job, a_measurement, a_run, a_trial

RUN, OTHER = "00000000000000aa", "00000000000000bb"
FILES = {"weights": b"weights", "onnx": b"graph", "predictions": b"logits"}


@pytest.fixture
def two(store: Store) -> Store:
    """A finished job that shows two runs."""
    store.add_job(a_job("a", state=JobState.FINISHED))
    for place, run_id in enumerate((RUN, OTHER)):
        store.save_run(a_run(run_id), curves=[], files=FILES)
        store.link_run("a", run_id, position=place, student=f"student {place}", role="student")
    return store


def spoil(home: Path, table: str, column: str, value: Any, where: str) -> None:
    with sqlite3.connect(home / "lab.sqlite") as connection:
        assert connection.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (value,)).rowcount == 1
    connection.close()


# What SQLite takes for text, and is none in any encoding.
BROKEN = "CAST(X'fffe' AS TEXT)"


def break_text(home: Path, table: str, column: str, where: str) -> None:
    with sqlite3.connect(home / "lab.sqlite") as connection:
        assert connection.execute(f"UPDATE {table} SET {column} = {BROKEN} WHERE {where}").rowcount == 1
    connection.close()


def test_bytes_that_are_no_text_take_their_own_row_alone(two: Store, home: Path) -> None:
    two.add_job(a_job("b"))
    two.add_measurements([a_measurement(), a_measurement(threads=2)])
    break_text(home, "runs", "scores", f"id = '{RUN}'")
    break_text(home, "jobs", "submitted_at", "id = 'b'")
    break_text(home, "measurements", "p50_ms", "threads = 1")
    break_text(home, "curves", "rows", f"run_id = '{OTHER}'")
    assert [one.run.id for one in two.runs()] == [OTHER]
    assert two.unreadable_runs() == [("a", RUN, "student 0")]
    assert ([job.id for job in two.jobs()], [one for one, _ in two.unreadable_jobs()]) == (["a"], ["b"])
    assert [one.threads for one in two.measurements()] == [2]
    assert two.curves(OTHER) == []
    break_text(home, "jobs", "title", "id = 'a'")
    assert two.job("a").title == "\ufffd" * 2


RUNS = [
    *[("scores", "{"), ("scores", "[]"), ("scores", '{"test_accuracy": {"not finite": "nan"}}'), ("scores", "{}")],
    *[("created_at", "yesterday"), ("seconds", "long"), ("state", "done"), ("role", "pupil")],
]


@pytest.mark.parametrize(("column", "value"), RUNS)
def test_a_run_that_cannot_be_read_is_left_out_named_and_made_anew(
    two: Store, home: Path, column: str, value: Any
) -> None:
    spoil(home, "runs", column, value, f"id = '{RUN}'")
    assert [one.run.id for one in two.runs()] == [OTHER]
    assert two.unreadable_runs() == [("a", RUN, "student 0")]
    assert two.whole_runs([a_run(RUN).fingerprint]) == {}
    with pytest.raises(CorruptFile, match="make it again"):
        two.run(RUN)
    two.save_run(a_run(RUN, seconds=99.0), curves=[], files=FILES)
    assert two.run(RUN).seconds == 99.0
    assert [one.run.id for one in two.runs()] == [RUN, OTHER]


@pytest.mark.parametrize(("column", "value"), [("state", "done"), ("submitted_at", "x"), ("expected_seconds", "x")])
def test_a_job_that_cannot_be_read_is_left_out_and_can_be_deleted(
    two: Store, home: Path, column: str, value: Any
) -> None:
    two.add_job(a_job("b"))
    spoil(home, "jobs", column, value, "id = 'a'")
    assert [job.id for job in two.jobs()] == ["b"]
    assert two.unreadable_jobs() == [("a", "Default comparison")]
    with pytest.raises(CorruptFile, match="delete it"):
        two.job("a")
    two.delete_job("a")
    assert two.unreadable_jobs() == two.runs() == []


def test_what_cannot_be_read_of_measurements_and_trials_was_not_measured(two: Store, home: Path) -> None:
    two.add_measurements([a_measurement(), a_measurement(threads=2)])
    two.keep_robustness_scores([a_trial(), a_trial(strength=1.0)])
    spoil(home, "measurements", "environment", "{", "threads = 1")
    spoil(home, "trials", "accuracy", "high", "strength = 1.0")
    assert [one.threads for one in two.measurements()] == [2]
    assert [one.threads for one in two.newest_measurements()] == [2]
    assert [one.strength for one in two.robustness_scores([RUN])] == [3.0]
    two.keep_robustness_scores([a_trial(strength=1.0)])
    assert len(two.robustness_scores([RUN])) == 2


def test_a_job_whose_specification_is_no_text_keeps_no_other_from_being_deleted(two: Store, home: Path) -> None:
    two.add_job(a_job("b", state=JobState.QUEUED))
    spoil(home, "jobs", "specification", b"\x00", "id = 'b'")
    two.delete_job("a")
    assert two.runs() == []


def test_a_measurement_that_cannot_be_read_is_taken_when_it_is_told_again(two: Store, home: Path) -> None:
    told = a_measurement(uid="e" * 32, place="browser", device_id="d" * 32)
    device = Device(id="d" * 32, label="Phone", described="a phone", seen_at=NOON)
    two.keep_measurement(told, device)
    spoil(home, "measurements", "environment", "{", "uid IS NOT NULL")
    assert two.measurements() == []
    kept, new = two.keep_measurement(told, device)
    assert (kept.uid, new, two.measurements()) == (told.uid, True, [kept])


@pytest.mark.parametrize("column", ["kind", "file"])
def test_a_file_whose_row_cannot_be_read_is_lacking_and_made_again(two: Store, home: Path, column: str) -> None:
    spoil(home, "artifacts", column, "../network", f"run_id = '{RUN}' AND kind = 'onnx'")
    assert two.lacking([RUN, OTHER]).keys() == {RUN}
    assert two.whole_runs([a_run(RUN).fingerprint]) == {}
    two.save_run(a_run(RUN, seconds=99.0), curves=[], files=FILES)
    assert (two.lacking([RUN]), two.read_artifact(RUN, "onnx")) == ({}, FILES["onnx"])


@pytest.mark.parametrize("kind", FILES)
def test_a_file_whose_row_is_gone_is_lacking_and_made_again(two: Store, home: Path, kind: str) -> None:
    with sqlite3.connect(home / "lab.sqlite") as connection:
        connection.execute("DELETE FROM artifacts WHERE run_id = ? AND kind = ?", (RUN, kind))
    assert two.lacking([RUN, OTHER]) == {RUN: f"the row of its {kind} is gone"}
    with pytest.raises(CorruptFile):
        two.artifact(RUN, kind)  # type: ignore[arg-type]
    assert two.whole_runs([a_run(RUN).fingerprint]) == {}
    two.save_run(a_run(RUN, seconds=99.0), curves=[], files=FILES)
    assert (two.lacking([RUN]), two.run(RUN).seconds, two.read_artifact(RUN, kind)) == ({}, 99.0, FILES[kind])  # type: ignore[arg-type]


def test_a_run_that_failed_lacks_no_row(two: Store) -> None:
    two.save_run(a_run("00000000000000ff", state="failed", scores={}), curves=[], files={})
    assert two.lacking(["00000000000000ff"]) == {}


def test_a_float16_file_whose_row_cannot_be_read_makes_no_run_lacking(two: Store, home: Path) -> None:
    two.add_artifact(RUN, "onnx_float16", b"halves")
    spoil(home, "artifacts", "file", "../network", "kind = 'onnx_float16'")
    assert two.lacking([RUN]) == {}
    two.add_artifact(RUN, "onnx_float16", b"halves")
    assert two.read_artifact(RUN, "onnx_float16") == b"halves"


@pytest.mark.parametrize("data", [b"", b"other!!", b"more than there was"])
def test_a_file_with_other_content_is_lacking_until_it_is_as_it_was(two: Store, data: bytes) -> None:
    path = two.artifact(RUN, "weights").path
    path.write_bytes(data)
    assert two.lacking([RUN, OTHER]).keys() == {RUN}
    path.write_bytes(FILES["weights"])
    assert two.lacking([RUN, OTHER]) == {}
    path.write_bytes(data)
    two.save_run(a_run(RUN, seconds=99.0), curves=[], files=FILES)
    assert (two.lacking([RUN]), path.read_bytes()) == ({}, FILES["weights"])
