"""Experiments leave a home and enter another one: nothing of them changes, and nothing is there twice."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import update

from distill_core import clock
from distill_core.archive import HEADER
from distill_core.assets import ASSETS
from distill_core.browser_measurement import Browser
from distill_core.errors import CorruptFile, InvalidSetting, Names, NotFound, Said, StorageFailed, said
from distill_core.lab import Lab
from distill_core.spec import StoredTeacher
from distill_core.store import IMPORTED, Device, JobState, Measurement, tables
from distill_core.store.artifacts import ArtifactFolder
from distill_core.store.database import writing
from distill_core.store.rows import text_row
from tests.archive.packed import changed, contents, state_of, zipped
from tests.quick import QUICK_TIMER, experiment, student
from tests.records import job_record

LATENCY = ["p50_ms", "p90_ms", "p95_ms", "p99_ms", "disturbed", "round_id"]
KINDS = ("weights", "onnx", "predictions")


def ids(lab: Lab) -> list[str]:
    return [job.id for job in lab.jobs()]


def table(lab: Lab) -> pd.DataFrame:
    return lab.reports.results().drop(columns=LATENCY)


def test_an_archive_imported_and_exported_again_has_the_same_bytes(first: Lab, second: Lab, everything: bytes) -> None:
    made = second.archives.unpack(everything)
    assert list(made) == ids(first)[::-1] == ids(second)[::-1]
    assert second.archives.pack(made, command="make them", licence="MIT") == everything
    pd.testing.assert_frame_equal(table(second), table(first))
    assert [job.state for job in second.jobs()] == ["finished"] * 3
    for job in first.jobs():
        assert second.reports.specification(job.id) == first.reports.specification(job.id)
        assert second._store.plan(job.id) == first._store.plan(job.id)
    files = [(row.id, kind) for row in table(first).rename(columns={"run_id": "id"}).itertuples() for kind in KINDS]
    shown = [(run, kind) for run, kind in files if run not in {one.run_id for one in first.reports.unreadable()}]
    assert len(shown) == 21
    for run, kind in shown:
        assert second._store.read_artifact(run, kind) == first._store.read_artifact(run, kind)  # type: ignore[arg-type]
        assert second._store.curves(run) == first._store.curves(run)
        np.testing.assert_array_equal(second.reports.confusion(run), first.reports.confusion(run))
    assert {one.run_id for one in second.reports.unreadable()} == {one.run_id for one in first.reports.unreadable()}


def test_an_archive_tells_where_it_comes_from(second: Lab, everything: bytes) -> None:
    header = second.archives.look(everything)
    assert (header.format, header.command, header.licence) == (1, "make them", "MIT")
    assert header.title.startswith("2 students: Plain CNN")
    assert {file.kind for file in header.files} == {"safetensors", "onnx"}
    assert header.environment["cpu"]


def test_one_experiment_travels_alone_and_the_others_follow(first: Lab, second: Lab) -> None:
    ensemble, chain, comparison = ids(first)
    assert second.archives.unpack(first.archives.pack([chain])) == (chain,)
    taught = set(table(second)["run_id"])
    assert second.archives.unpack(first.archives.pack([ensemble, comparison])) == (comparison, ensemble)
    assert len(set(table(second)["run_id"]) - taught) == 6  # they share a teacher


def test_what_is_there_is_not_imported_again(first: Lab, second: Lab, everything: bytes, tmp_path: Path) -> None:
    second.archives.unpack(everything)
    for lab, home in ((first, "first"), (second, "second")):
        before = state_of(lab, tmp_path / home)
        assert sorted(lab.archives.unpack(everything)) == sorted(ids(lab))
        assert state_of(lab, tmp_path / home) == before


def test_a_deleted_experiment_comes_back(first: Lab, everything: bytes) -> None:
    before, own = table(first), len(first.devices.measurements())
    for job_id in ids(first):
        first.delete(job_id)
    first.archives.unpack(everything)
    pd.testing.assert_frame_equal(table(first), before)
    assert len(first.devices.measurements()) == own  # they had stayed, and are this server's


def test_a_run_that_lost_a_file_has_it_again_and_others_are_left_alone(first: Lab, everything: bytes) -> None:
    lost, kept = table(first)["run_id"].iloc[[1, 2]]
    path = first.reports.artifact(lost, "onnx")
    path.unlink()
    untouched = first.reports.artifact(kept, "onnx").stat().st_mtime_ns
    first.archives.unpack(everything)
    assert first.reports.artifact(lost, "onnx") == path
    assert first.reports.artifact(kept, "onnx").stat().st_mtime_ns == untouched


def test_an_id_that_another_experiment_has_is_made_anew(first: Lab, second: Lab) -> None:
    comparison = ids(first)[2]
    other = job_record(comparison, experiment().to_json(), state=JobState.STOPPED, title="another")
    second._store.add_job(other)
    (made,) = second.archives.unpack(first.archives.pack([comparison]))
    assert made != comparison
    assert second.job(comparison).title == "another"
    assert second.jobs()[0].id == made  # filed last
    assert len(second.reports.results([made])) == 4


def test_a_latency_of_another_machine_is_never_this_servers(first: Lab, second: Lab, everything: bytes) -> None:
    here = first.devices.measurements()
    second.archives.unpack(everything)
    assert second.reports.results()["p50_ms"].isna().all()
    there = second.devices.timings()
    assert set(there["label"]) == {device + IMPORTED for device in here["device"]}
    (run,) = table(second).query("student == 'SimKD'")["run_id"]
    second.devices.remeasure(run)
    measured = second.reports.results().set_index("student")["p50_ms"]
    assert measured.notna()["SimKD"]
    assert "This server" in set(second.devices.timings([run])["label"])


def test_a_server_with_the_same_name_is_another_machine(first: Lab, second: Lab) -> None:
    run = table(first).query("student == 'SimKD'")["run_id"].iloc[0]
    first.devices.remeasure(run)  # on the very machine of this test
    assert first.reports.results()["p50_ms"].notna().any()
    second.archives.unpack(first.archives.pack(ids(first)))
    assert second.reports.results()["p50_ms"].isna().all()
    assert "This server" not in set(second.devices.timings()["label"])


def test_a_phone_stays_the_phone_that_measured(first: Lab, second: Lab) -> None:
    run, phone = first._store.run(table(first)["run_id"].iloc[1]), "ab" * 16
    seen = Device(id=phone, label="Phone", described="Chrome on Android", seen_at=clock.now())
    first._store.keep_measurement(browser_measurement(run.id, run.scores["graph"], phone), seen)
    data = first.archives.pack(ids(first))
    for _ in range(2):
        second.archives.unpack(data)
        (row,) = second.devices.timings([run.id]).query("place == 'browser'").to_dict("records")
        assert (row["label"], row["device_key"], row["p50_ms"]) == ("Phone", f"browser:{phone}", 2.0)
    assert second.archives.pack(ids(second)) == data


def test_nothing_is_replaced_where_there_are_too_many_devices(
    first: Lab, second: Lab, everything: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second.archives.unpack(everything)
    run = first._store.run(table(first)["run_id"].iloc[1])
    seen = Device(id="ab" * 16, label="Phone", described="Chrome on Android", seen_at=clock.now())
    first._store.keep_measurement(browser_measurement(run.id, run.scores["graph"], seen.id), seen)
    second.reports.artifact(run.id, "onnx").unlink()
    before = state_of(second, tmp_path / "second")
    monkeypatch.setattr("distill_core.store.archive_rows.MOST_DEVICES", 0)
    with pytest.raises(InvalidSetting, match="devices: expected at most 0, got 1; forget some"):
        second.archives.unpack(first.archives.pack(ids(first)))
    assert state_of(second, tmp_path / "second") == before


def browser_measurement(run_id: str, graph: str, device_id: str) -> Measurement:
    times: dict[str, Any] = dict.fromkeys(("first_ms", "p50_ms", "p90_ms", "p95_ms", "p99_ms"), 2.0)
    browser = Browser(browser="Chrome", system="Android", cores=8, isolated=True, clock_ms=0.1, onnxruntime_web="1")
    return Measurement(
        run_id=run_id,
        graph=graph,
        device="Chrome on Android",
        device_id=device_id,
        place="browser",
        uid="cd" * 16,
        provider="wasm",
        batch_size=1,
        threads=1,
        warmup_runs=1,
        runs=5,
        environment=browser.model_dump(),
        created_at=clock.now(),
        histogram={"edges_ms": [1.0, 3.0], "counts": [5]},
        **times,
    )


def test_a_new_student_learns_from_an_imported_teacher(second: Lab, everything: bytes) -> None:
    second.archives.unpack(everything)
    (kd,) = table(second).query("student == 'KD' and seed == 0 and job_id == @second.jobs()[2].id")["run_id"]
    taught = experiment(student("New"), updates=2, teacher=StoredTeacher(run=kd).model_dump())
    job = second.wait(second.submit(taught), 200)
    assert (job.state, job.error) == ("finished", None)
    assert second.reports.results([job.id])["run_id"].iloc[0] == kd


def test_an_experiment_is_answered_by_its_archive(trained: Path, second: Lab) -> None:
    lab = Lab.open(trained)
    (job,) = second.archives.unpack(lab.archives.pack(ids(lab)))
    lab.close()
    assert second.plan(experiment()).job_id == job


def test_a_network_whose_weights_alone_changed_travels_too(trained: Path, second: Lab) -> None:
    lab = Lab.open(trained, timer=QUICK_TIMER)
    start = {"source": "KD", "change": {"step": "sparsify"}}
    zeros = student("Zeros", start=start, method="labels", untrained=True)
    job = lab.wait(lab.submit(experiment(student(), zeros)), 200)
    data, results = lab.archives.pack([job.id]), lab.reports.results([job.id])
    lab.close()
    assert (job.state, set(results["state"])) == ("finished", {"finished"})
    assert second.archives.unpack(data) == (job.id,)


def test_only_what_has_ended_is_exported(first: Lab) -> None:
    first._store.add_job(job_record("aaaaaaaa", experiment().to_json(), owner=first._store.lab_id))
    with pytest.raises(InvalidSetting, match="expected an experiment that has ended, got 'job aaaaaaaa', queued; wait"):
        first.archives.pack(["aaaaaaaa"])
    with pytest.raises(NotFound, match="no experiment 'bbbb'"):
        first.archives.pack(["bbbb"])
    with pytest.raises(InvalidSetting, match="expected an experiment, got none"):
        first.archives.pack([])


@pytest.mark.parametrize("place", range(1, 6, 2))
def test_nothing_is_left_of_an_import_that_the_disk_refuses(
    second: Lab, everything: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    before, calls, put = state_of(second, tmp_path / "second"), iter(range(100)), ArtifactFolder.place

    def full(folder: ArtifactFolder, staged: Any) -> None:
        if next(calls) == place:
            raise StorageFailed("the disk is full")
        put(folder, staged)

    monkeypatch.setattr(ArtifactFolder, "place", full)
    with pytest.raises(StorageFailed, match="the disk is full"):
        second.archives.unpack(everything)
    assert state_of(second, tmp_path / "second") == before
    monkeypatch.undo()
    second.archives.unpack(everything)


def test_an_archive_from_before_a_column_was_added_is_read(second: Lab, everything: bytes) -> None:
    def older(rows: dict[str, Any]) -> None:
        for row in rows["runs"]:
            del row["processor_seconds"]
        for row in rows["trials"]:
            del row["unmoved"]

    second.archives.unpack(changed(everything, rows=older))
    assert len(table(second)) == 10


def test_a_score_of_another_kind_is_left_out_of_tables(second: Lab, everything: bytes) -> None:
    def other(rows: dict[str, Any]) -> None:
        for run in rows["runs"]:
            run["scores"] |= {name: {"other": 1} for name in ("step", "form", "trainings")}

    for job_id in second.archives.unpack(changed(everything, rows=other)):
        assert second.reports.summary(job_id)["form"].isna().all()


def test_a_newer_archive_asks_for_a_newer_lab(second: Lab, everything: bytes) -> None:
    newer = changed(everything, header=lambda header: header.update(format=2))
    with pytest.raises(CorruptFile, match="expected format 1 or older, got format 2, of a newer lab; update this lab"):
        second.archives.unpack(newer)
    column = changed(everything, rows=lambda rows: rows["jobs"][0].update(smell="good"))
    with pytest.raises(CorruptFile, match=r"got others \(smell\); update this lab; nothing was imported"):
        second.archives.unpack(column)


def test_what_a_lab_kept_itself_is_the_same_without_its_checks(second: Lab, everything: bytes) -> None:
    made = second.archives.unpack_own(everything)
    assert second.archives.pack(made, command="make them", licence="MIT") == everything
    torn = zipped(contents(everything) | {HEADER: b'{"format": 1'})
    with pytest.raises(CorruptFile, match="expected a zip file that can be read"):
        second.archives.unpack_own(torn)
    newer = changed(everything, rows=lambda rows: rows["jobs"][0].update(smell="good"))
    with pytest.raises(CorruptFile, match=r"got others \(smell\); update this lab"):
        second.archives.unpack_own(newer)


@pytest.mark.parametrize("place", ["sweeps/lesson_few_labels", "methods/same_images"])
def test_what_ships_can_be_imported_too(second: Lab, place: str) -> None:
    (job,) = second.archives.unpack(ASSETS / f"{place}.zip")
    results = second.reports.results([job])
    header = second.archives.look(ASSETS / f"{place}.zip")
    assert (header.licence, header.files) == ("MIT", ())
    assert header.command.startswith("python tools/make_")
    assert (results["state"] == "finished").all()
    assert results["test_accuracy"].between(0.5, 1).all()
    assert len(second.reports.unreadable([job])) == len(results)  # their files can be made again


def test_why_an_experiment_failed_and_what_disturbed_it_travel_with_their_templates(first: Lab, second: Lab) -> None:
    job_id, why = ids(first)[0], said("no room for {size:.1f} MB", 1.5)
    loud = said("{reasons:; }", Names([said("the host took {share:.0f} % of the processors", 12.0)]))
    with writing(first._store._pools) as connection:
        failed = {"state": "failed", **text_row("error", why)}
        connection.execute(update(tables.jobs).where(tables.jobs.c.id == job_id).values(failed))
        connection.execute(update(tables.measurements).values(text_row("disturbed", loud)))
    packed = first.archives.pack([job_id])
    assert second.archives.unpack(packed) == (job_id,)
    error = second._store.job(job_id).error
    assert isinstance(error, Said)
    assert (error, error.places) == (why, {"size": 1.5})
    assert {type(one.disturbed) for one in second._store.measurements()} == {Said}
    assert second.archives.pack([job_id]) == packed
    assert second.archives.unpack(packed) == (job_id,), "nothing is stored twice"
