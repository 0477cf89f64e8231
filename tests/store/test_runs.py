"""Runs, curves, files and measurements: whole or not there."""

import errno
import math
import os
import stat
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, select
from sqlalchemy.exc import IntegrityError

from distill_core.errors import CorruptFile, InvalidSetting, NotFound, StorageFailed
from distill_core.store import JobState, RunRecord, Store, measurement_rows, tables
from distill_core.store.artifacts import ArtifactFolder
from tests.store.records import NOON, a_job, a_measurement, a_run, a_trial

RUN = "00000000000000aa"
LAB = "1" * 32
FILES = {"weights": b"weights", "onnx": b"graph", "predictions": b"logits"}
CURVES = [{"update": 1, "kind": "loss", "value": 2.25}, {"update": 2, "kind": "valid_accuracy", "value": 0.5}]


def left(home: Path) -> list[str]:
    """All files and folders of runs; what is staged must be gone, its lab's folder may stay."""
    runs = home / "runs"
    assert list(runs.glob(".staging/*/*")) == []
    private = {".staging", ".shared"}
    return sorted(path.relative_to(runs).as_posix() for path in runs.rglob("*") if not private & {*path.parts})


def shown(home: Path) -> list[str]:
    return [path.name for path in (home / "runs").glob("[!.]*")]


def nothing_is_there(store: Store, home: Path) -> None:
    assert store.find_runs([a_run().fingerprint]) == {}
    assert store.curves(RUN) == []
    assert left(home) == []
    with pytest.raises(NotFound):
        store.artifact(RUN, "weights")


def test_a_run_comes_back_as_it_was_saved(store: Store, home: Path) -> None:
    run = a_run()
    store.save_run(run, curves=CURVES, files=FILES)
    assert store.find_runs([run.fingerprint]) == {run.fingerprint: run}
    assert store.run(RUN) == store.run(run.fingerprint) == run
    assert store.curves(RUN) == CURVES
    assert {kind: store.read_artifact(RUN, kind) for kind in FILES} == FILES  # type: ignore[arg-type]
    assert store.artifact(RUN, "onnx").path == home.absolute() / "runs" / RUN / "network.onnx"
    assert store.artifact(RUN, "onnx").size_bytes == 5
    names = ["network.onnx", "predictions.safetensors", "weights.safetensors"]
    assert left(home) == [RUN, *(f"{RUN}/{name}" for name in names)]


def test_a_failed_run_has_no_files_and_keeps_its_message(store: Store, home: Path) -> None:
    run = a_run(state="failed", message="the loss became nan at update 7", scores={}, temperature=None, labels=500)
    store.save_run(run, curves=[], files={})
    assert store.run(RUN) == run
    with pytest.raises(NotFound, match="no onnx of run '00000000000000aa': the run failed or was deleted, or its"):
        store.read_artifact(RUN, "onnx")


def test_curves_and_scores_that_diverged_come_back(store: Store) -> None:
    values = [2.0, math.inf, -math.inf, math.nan]
    curves = [{"update": update, "kind": "loss", "value": value} for update, value in enumerate(values)]
    store.save_run(a_run(scores={"test_accuracy": 0.1, "nll_nats": math.inf}), curves=curves, files={})
    back = [row["value"] for row in store.curves(RUN)]
    assert back[:3] == values[:3]
    assert math.isnan(back[3])
    assert store.run(RUN).scores == {"test_accuracy": 0.1, "nll_nats": math.inf}


def test_a_run_that_is_there_stays_as_it_is(store: Store) -> None:
    store.save_run(a_run(), curves=CURVES, files=FILES)
    store.save_run(a_run(seconds=99.0), curves=[], files={"weights": b"other"})
    assert store.run(RUN).seconds == 12.5
    assert store.curves(RUN) == CURVES
    assert store.read_artifact(RUN, "weights") == b"weights"


FAILED = {"state": "failed", "message": "the loss became nan", "scores": {}}


def test_a_run_that_failed_gives_way_and_stays_linked(store: Store) -> None:
    store.add_job(a_job())
    store.save_run(a_run(**FAILED), curves=[], files={})
    store.link_run("a", RUN, position=1, student="KD", role="student")
    stamp, mark = store.results_version(["a"]), store.runs_version()
    assert store.whole_runs([a_run().fingerprint]) == {}
    store.save_run(a_run(), curves=CURVES, files=FILES)
    assert [one.run for one in store.runs(["a"])] == [a_run()]
    assert store.curves(RUN) == CURVES
    assert store.read_artifact(RUN, "onnx") == b"graph"
    assert store.whole_runs([a_run().fingerprint]) == {a_run().fingerprint: a_run()}
    assert store.results_version(["a"]) != stamp
    assert store.runs_version() != mark


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(b"log")])
def test_a_run_that_lacks_a_file_gives_way_to_one_that_finished(store: Store, harm: Callable[[Path], object]) -> None:
    store.save_run(a_run(), curves=CURVES, files=FILES)
    store.add_artifact(RUN, "onnx_float16", b"half")
    store.keep_robustness_scores([a_trial()])
    harm(store.artifact(RUN, "predictions").path)
    assert list(store.lacking([RUN, "00000000000000bb"])) == [RUN]
    store.save_run(a_run(**FAILED), curves=[], files={})
    assert store.run(RUN) == a_run()  # a failure is no better
    store.save_run(a_run(seconds=99.0), curves=[], files={**FILES, "predictions": b"other"})
    assert store.run(RUN).seconds == 99.0
    assert store.read_artifact(RUN, "predictions") == b"other"
    assert store.lacking([RUN]) == {}
    assert store.robustness_scores([RUN]) == []
    assert store.artifacts([RUN], "onnx_float16") == {}


def test_a_float16_file_that_is_gone_is_kept_again_and_harms_nothing(store: Store) -> None:
    store.save_run(a_run(), curves=[], files=FILES)
    for data in (b"half", b"other"):
        store.add_artifact(RUN, "onnx_float16", data)
        assert store.read_artifact(RUN, "onnx_float16") == data
        store.add_artifact(RUN, "onnx_float16", b"ignored")
        store.artifact(RUN, "onnx_float16").path.unlink()
        assert store.lacking([RUN]) == {}


def test_threads_that_save_the_same_run_leave_one_whole_run(store: Store) -> None:
    """Two machines may train to other bits: rows and files must be those of one of them."""
    together, failures = threading.Barrier(4), list[Exception]()

    def save(number: int) -> None:
        together.wait()
        try:
            store.save_run(
                a_run(seconds=float(number)), curves=[], files={"weights": b"w" * number, "onnx": b"%d" % number}
            )
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=save, args=(number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    winner = int(store.run(RUN).seconds)
    assert failures == []
    assert (store.read_artifact(RUN, "weights"), store.read_artifact(RUN, "onnx")) == (b"w" * winner, b"%d" % winner)


@pytest.mark.parametrize(
    ("where", "after"), [*(("replace", after) for after in range(4)), *(("fsync", after) for after in (0, 2, 4))]
)
def test_a_full_disk_leaves_no_half_run(
    where: str, after: int, store: Store, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good: Callable[..., None] = getattr(os, where)
    calls = iter(range(100))

    def full(*arguments: object) -> None:
        if next(calls) >= after:
            raise OSError(errno.ENOSPC, "No space left on device")
        good(*arguments)

    monkeypatch.setattr(os, where, full)
    with pytest.raises(StorageFailed, match=r"No space left on device.*free some room"):
        store.save_run(a_run(), curves=CURVES, files=FILES)
    monkeypatch.undo()
    nothing_is_there(store, home)
    store.save_run(a_run(), curves=CURVES, files=FILES)
    assert store.read_artifact(RUN, "weights") == b"weights"


def test_files_of_a_failure_are_gone_before_another_may_write(
    store: Store, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else they could be those of somebody who stored the same run in between."""
    seen: list[list[str]] = []
    event.listen(store._pools.writer, "rollback", lambda connection: seen.append(shown(home)))
    good = os.replace

    def full(source: Path, target: Path) -> None:
        if target.parent == home / "runs":
            raise OSError(errno.ENOSPC, "No space left on device")
        good(source, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(StorageFailed):
        store.save_run(a_run(), curves=CURVES, files=FILES)
    assert seen == [[]]


def test_files_are_written_while_others_may_write_to_the_database(
    store: Store, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, good, written = Store.open(home), os.fsync, list[bool]()

    def slow(handle: int) -> None:
        if stat.S_ISREG(os.fstat(handle).st_mode):  # a folder is flushed in the short transaction
            other.add_measurements([a_measurement()])  # a disk that takes its time keeps nobody from writing
            written.append(True)
        good(handle)

    monkeypatch.setattr(os, "fsync", slow)
    monkeypatch.setattr(measurement_rows, "PATIENT_SECONDS", 0.0)
    store.save_run(a_run(), curves=CURVES, files=FILES)
    store.add_artifact(RUN, "onnx_float16", b"half")
    other.close()
    assert len(written) >= 4
    assert store.read_artifact(RUN, "onnx_float16") == b"half"


@pytest.mark.sqlite
@pytest.mark.parametrize("table", ["runs", "curves", "artifacts"])
def test_a_failing_insert_leaves_no_files(table: str, store: Store, home: Path) -> None:
    with store._pools.writer.begin() as connection:
        connection.exec_driver_sql(
            f"CREATE TRIGGER full BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
        )
    with pytest.raises(IntegrityError, match="disk is full"):
        store.save_run(a_run(), curves=CURVES, files=FILES)
    (home / "runs").mkdir(exist_ok=True)
    nothing_is_there(store, home)


def test_a_commit_that_fails_leaves_no_files(store: Store, home: Path) -> None:
    def refuse(_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    event.listen(store._pools.writer, "commit", refuse)
    with pytest.raises(OSError, match="No space left"):
        store.save_run(a_run(), curves=CURVES, files=FILES)
    event.remove(store._pools.writer, "commit", refuse)
    store._pools.dispose()
    nothing_is_there(store, home)


def test_a_commit_that_fails_leaves_no_new_files_beside_old_rows(store: Store) -> None:
    def refuse(connection: Connection) -> None:
        if connection.execute(select(tables.curves.c.rows)).scalar() == CURVES:
            raise OSError(errno.ENOSPC, "No space left on device")

    store.save_run(a_run(), curves=[], files=FILES)
    store.artifact(RUN, "predictions").path.unlink()
    others = {kind: data.upper() for kind, data in FILES.items()}  # of the same size
    event.listen(store._pools.writer, "commit", refuse)
    with pytest.raises(OSError, match="No space left"):
        store.save_run(a_run(), curves=CURVES, files=others)
    event.remove(store._pools.writer, "commit", refuse)
    store._pools.dispose()
    assert list(store.lacking([RUN])) == [RUN]
    assert store.whole_runs([a_run().fingerprint]) == {}
    store.save_run(a_run(), curves=CURVES, files=others)
    assert {kind: store.read_artifact(RUN, kind) for kind in FILES} == others  # type: ignore[arg-type]


@pytest.mark.parametrize("files", [{"weights": b"w", "nonsense": b"x"}, {"weights": b"w", "onnx": None}])
def test_a_bug_leaves_no_half_run_and_stays_loud(files: dict[str, bytes], store: Store, home: Path) -> None:
    with pytest.raises((KeyError, TypeError)):
        store.save_run(a_run(), curves=CURVES, files=files)
    nothing_is_there(store, home)


def test_a_taken_id_is_refused_and_its_owner_is_unharmed(store: Store) -> None:
    store.save_run(a_run(), curves=CURVES, files=FILES)
    with pytest.raises(StorageFailed, match="expected an id of its own"):
        store.save_run(a_run(fingerprint="f" * 64), curves=[], files={"weights": b"other"})
    assert store.read_artifact(RUN, "weights") == b"weights"


def test_a_corrupt_artifact_is_refused(store: Store) -> None:
    store.save_run(a_run(), curves=[], files=FILES)
    store.artifact(RUN, "weights").path.write_bytes(b"weightz")
    with pytest.raises(CorruptFile, match=r"weights\.safetensors: expected SHA-256"):
        store.read_artifact(RUN, "weights")
    store.artifact(RUN, "onnx").path.unlink()
    with pytest.raises(CorruptFile, match=r"network\.onnx: expected the file"):
        store.read_artifact(RUN, "onnx")


BAD_IDS = ["../x", "../../etc", "", "a", "/etc", "aaaaaaaa/..", "AAAAAAAA", "aaaaaaaa\n", "aaaaaaaa\0", "g" * 16]


@pytest.mark.parametrize("run_id", BAD_IDS)
def test_ids_that_are_none_never_reach_the_disk(run_id: str, store: Store, home: Path) -> None:
    before = sorted(home.rglob("*"))
    with pytest.raises(InvalidSetting, match="the id of a run: expected hexadecimal digits"):
        store.save_run(a_run(run_id), curves=[], files={"weights": b"w"})
    with pytest.raises((NotFound, InvalidSetting)):  # PostgreSQL takes no NUL
        store.artifact(run_id, "weights")
    for use in (
        lambda: ArtifactFolder(home, LAB).path(run_id, "network.onnx"),
        lambda: ArtifactFolder(home, LAB).remove(run_id),
    ):
        with pytest.raises(NotFound):
            use()
    assert sorted(home.rglob("*")) == before


@pytest.mark.parametrize("file", ["../lab.sqlite", "other", ""])
def test_files_have_known_names_only(file: str, home: Path) -> None:
    with pytest.raises(NotFound):
        ArtifactFolder(home, LAB).path(RUN, file)


def test_a_run_is_linked_once_under_the_jobs_own_name(store: Store) -> None:
    store.save_run(a_run(), curves=[], files={})
    store.add_job(a_job(owner=store.lab_id))
    store.link_run("a", RUN, position=3, student="first", role="control")
    store.link_run("a", RUN, position=4, student="second", role="student")
    (linked,) = store.runs(["a"])
    assert (linked.job_id, linked.position, linked.student, linked.role) == ("a", 3, "first", "control")
    assert linked.run == a_run()


def test_a_run_that_was_deleted_meanwhile_cannot_be_linked(store: Store) -> None:
    store.add_job(a_job(owner=store.lab_id))
    with pytest.raises(NotFound, match="deleted meanwhile, start again"):
        store.link_run("a", RUN, position=0, student="s", role="student")


def many(store: Store) -> list[RunRecord]:
    runs = [a_run(f"{number:016x}") for number in range(4)]
    for run in runs:
        store.save_run(run, curves=[], files={})
    for job_id, later in {"early": 9, "late": 1}.items():  # the clock was set back in between
        store.add_job(a_job(job_id, owner=store.lab_id, submitted_at=NOON + timedelta(seconds=later)))
    for job_id, position, run in [("late", 1, 0), ("late", 0, 1), ("early", 1, 2), ("early", 0, 3)]:
        store.link_run(job_id, runs[run].id, position=position, student="s", role="student")
    return runs


def test_runs_come_in_the_order_of_their_jobs_and_places(store: Store) -> None:
    runs = many(store)
    assert [linked.run for linked in store.runs()] == [runs[3], runs[2], runs[1], runs[0]]
    assert [linked.run for linked in store.runs(["late"])] == [runs[1], runs[0]]
    assert store.runs([]) == []


def test_more_ids_than_a_statement_holds_may_be_asked_for(store: Store) -> None:
    runs = many(store)
    strangers = [f"{number:x}" for number in range(300_000)]
    assert [linked.run for linked in store.runs([*strangers, "late"])] == [runs[1], runs[0]]
    store.add_measurements([a_measurement(), a_measurement(graph="cd" * 32)])
    assert [one.graph for one in store.measurements(graphs=[*strangers, "cd" * 32])] == ["cd" * 32]


def test_measurements_come_back_with_ids_and_can_be_chosen(store: Store) -> None:
    given = [a_measurement(), a_measurement(graph="cd" * 32, p50_ms=2.0), a_measurement(device="another")]
    store.add_measurements(given)
    there = store.measurements()
    assert [replace(one, id=None) for one in there] == given
    assert [one.id for one in there] == [1, 2, 3]

    assert store.measurements(graphs=["cd" * 32]) == [there[1]]
    assert store.measurements(device="another") == [there[2]]
    assert store.measurements(graphs=["cd" * 32], device="another") == []
    assert store.measurements(graphs=[]) == []


def test_no_measurements_are_no_rows(store: Store) -> None:
    store.add_measurements([])
    assert store.measurements() == []


def test_measurements_are_kept_all_or_none(store: Store) -> None:
    with pytest.raises(IntegrityError):
        store.add_measurements([a_measurement(), a_measurement(p50_ms=None)])
    assert store.measurements() == []


def test_the_stamp_changes_with_each_run_and_measurement_and_with_nothing_else(store: Store) -> None:
    for job in "ab":
        store.add_job(a_job(job))
    store.save_run(a_run(), curves=[], files={})
    stamps = [store.results_version(["a"])]
    store.link_run("b", RUN, position=1, student="KD", role="student")
    store.set_job_state("a", JobState.RUNNING)
    assert store.results_version(["a"]) == stamps[0]
    store.link_run("a", RUN, position=1, student="KD", role="student")
    stamps.append(store.results_version(["a"]))
    store.add_measurements([a_measurement()])
    stamps.append(store.results_version(["a"]))
    stamps += [store.results_version(["b"]), store.results_version(["a", "b"]), store.results_version([])]
    assert all(one != other for place, one in enumerate(stamps) for other in stamps[:place])


def test_the_newest_run_is_the_one_that_was_stored_last(store: Store) -> None:
    """The mark changes with each run, wherever the clock was set to in between."""
    store.add_job(a_job(owner=store.lab_id))
    for run_id, hours in ((RUN, 0), ("00000000000000bb", -3)):
        store.save_run(a_run(run_id, created_at=NOON + timedelta(hours=hours)), curves=[], files={})
        store.link_run("a", run_id, position=1, student="KD", role="student")
    assert store.runs_version() == (2, 2, "00000000000000bb", 2)


def test_the_mark_changes_when_the_newest_run_is_trained_again(store: Store) -> None:
    store.add_job(a_job(owner=store.lab_id))
    store.save_run(a_run(), curves=[], files=FILES)
    store.link_run("a", RUN, position=1, student="KD", role="student")
    before = store.runs_version()
    store.artifact(RUN, "onnx").path.unlink()
    store.save_run(a_run(), curves=[], files=FILES)
    assert store.runs_version() != before


def test_a_run_cannot_be_linked_to_a_job_that_was_deleted(store: Store) -> None:
    store.save_run(a_run(), curves=[], files={})
    with pytest.raises(NotFound, match="no experiment 'a'; it was deleted meanwhile"):
        store.link_run("a", RUN, position=0, student="s", role="student")


@pytest.mark.parametrize(
    ("changes", "seen"),
    [
        ({"method": "kd", "alpha": 0.9, "labels": 20}, 20),
        ({"method": "kd", "alpha": 1.0, "labels": 20}, 0),
        ({"method": "kd", "alpha": 1.0, "labels": 20, "parameters": {"plus nkd": 1.0}}, 20),
        ({"method": "wsld", "alpha": 1.0, "labels": 20}, 20),
        ({"method": "labels", "alpha": None, "labels": None}, None),
    ],
)
def test_answers_alone_show_no_label(changes: dict[str, Any], seen: int | None) -> None:
    assert a_run(**changes).labels_seen == seen
