"""The lab as a page sees it: plans, jobs, answers, and what it refuses."""

import math
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import event

from distill_core import clock
from distill_core.deployment.latency import Timing
from distill_core.deployment.remeasuring import NEXT_TRY_SECONDS
from distill_core.deployment.server_measurement import ensure_measured
from distill_core.errors import InvalidSetting, NotFound, StorageFailed, UnknownName
from distill_core.evaluation.statistics import holm, mcnemar
from distill_core.events import Progress
from distill_core.execution.context import JobContext
from distill_core.jobs.process_exit import WORKING
from distill_core.jobs.torch_import import import_torch
from distill_core.lab import Lab, home_of
from distill_core.lab.home import DEFAULT_HOME
from distill_core.lab.job_views import _fraction
from distill_core.reports.images import right_answers
from distill_core.reports.summary import mark_front
from distill_core.store import JobState, Store, tables
from distill_core.store.database import writing
from distill_core.store.lab_rows import close_jobs_of
from distill_core.templates.presets import PRESETS
from tests.quick import QUICK_TIMER, experiment, student
from tests.records import job_record

WAIT = 120


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lab, str]]:
    """A lab with one finished comparison of three seeds."""
    lab = Lab.open(tmp_path_factory.mktemp("lab"), timer=QUICK_TIMER)
    seeds = (0, 1, 2)
    job = lab.submit(experiment(student("KD", seeds=seeds), student("KD, all", transfer="all", seeds=seeds)))
    assert lab.wait(job, WAIT).state == "finished"
    yield lab, job
    lab.close()


@pytest.fixture
def lab(tmp_path: Path, migrated_once: Path) -> Iterator[Lab]:
    shutil.copy(migrated_once, tmp_path)
    opened = Lab.open(tmp_path, timer=QUICK_TIMER)
    yield opened
    opened.close()


def test_results_have_a_row_a_run_with_every_number(worked: tuple[Lab, str]) -> None:
    lab, job = worked
    results = lab.reports.results([job])
    assert results["student"].tolist() == ["Plain CNN", *["control"] * 3, *["KD"] * 3, *["KD, all"] * 3]
    assert (results["state"] == "finished").all()
    numbers = [
        "valid_accuracy",
        "macro_f1",
        "ece",
        "nll_nats",
        "parameters",
        "macs",
        "size_bytes",
        "onnx_bytes",
        "p50_ms",
    ]
    assert results[numbers].notna().all().all()
    assert results["agreement"].notna().tolist() == [False] + [True] * 9


def test_the_summary_judges_pairs_of_seeds(worked: tuple[Lab, str]) -> None:
    lab, job = worked
    summary, results = lab.reports.summary(job).set_index("student"), lab.reports.results([job])
    by_seed = results.pivot_table(index="seed", columns="student", values="test_accuracy")
    wanted = 100 * (by_seed["KD"] - by_seed["control"]).mean()
    assert summary.loc["KD", "delta_points"] == pytest.approx(wanted)
    assert summary["role"].tolist() == ["teacher", "control", "student", "student"]
    assert summary.loc["KD", "seeds"] == 3
    assert summary.loc["KD", "verdict"] in {"better", "worse", "no difference shown"}
    assert np.isnan(summary.loc["control", "delta_points"])


def test_a_student_called_like_its_teacher_keeps_its_row(worked: tuple[Lab, str]) -> None:
    lab, _ = worked
    job = lab.submit(experiment(student("Plain CNN", temperature=2.0)))
    assert lab.wait(job, WAIT).state == "finished"
    assert lab.reports.summary(job)["role"].tolist() == ["teacher", "control", "student"]


def test_with_one_seed_the_verdict_speaks_of_two_networks(worked: tuple[Lab, str]) -> None:
    lab, _ = worked
    job = lab.submit(experiment(student("KD")))
    assert lab.wait(job, WAIT).state == "finished"
    row = lab.reports.summary(job).set_index("student").loc["KD"]
    assert row["verdict"].startswith("one seed: these two networks")
    assert 0 <= row["p_value"] <= 1
    assert np.isnan(row["test_accuracy_half_width"])


def test_with_one_seed_too_the_p_values_are_adjusted_for_the_number_of_questions(worked: tuple[Lab, str]) -> None:
    lab, _ = worked
    many = [student(f"T {T:g}", temperature=T) for T in (1.0, 2.0, 8.0)]
    job = lab.submit(experiment(*many))
    assert lab.wait(job, WAIT).state == "finished"
    runs = lab.reports.results([job]).set_index("student")["run_id"]
    right = {name: right_answers(lab._store, run) for name, run in runs.items()}
    raw = [mcnemar(right[one.name], right["control"]) for one in many]
    assert lab.reports.summary(job)["p_value"].tolist()[2:] == holm(raw)


def test_another_lab_has_other_stamps(worked: tuple[Lab, str], tmp_path: Path) -> None:
    lab, job = worked
    other = Lab.open(tmp_path)
    assert lab.reports.results_version([job]) == lab.reports.results_version([job])
    assert other.reports.results_version([job]) != lab.reports.results_version([job])
    other.close()


def test_a_job_of_another_process_is_watched_and_not_touched(lab: Lab) -> None:
    """This process is the other one too: its store has the job, the queue of this lab does not."""
    lab._store.add_job(job_record("abc1", experiment().to_json(), state=JobState.RUNNING, owner=lab._store.lab_id))
    assert lab.wait("abc1", 0.01).state == "running"
    for touch in (lab.pause, lab.resume, lab.stop):
        with pytest.raises(InvalidSetting, match="got one of another lab"):
            touch("abc1")
    assert lab.job("abc1").state == "running"


def test_a_job_of_another_process_is_waited_for(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0

    def ends_later(seconds: float) -> None:
        nonlocal looks
        looks += 1
        if looks == 3:
            lab._store.set_job_state("abc1", JobState.FINISHED)

    lab._store.add_job(job_record("abc1", experiment().to_json(), state=JobState.RUNNING, owner=lab._store.lab_id))
    monkeypatch.setattr("distill_core.lab.lab.time.sleep", ends_later)
    assert lab.wait("abc1", WAIT).state == "finished"


def test_a_job_of_another_process_comes_nearer_its_end(lab: Lab) -> None:
    began = clock.now() - timedelta(seconds=6)
    known = {"state": JobState.RUNNING, "owner": lab._store.lab_id, "started_at": began, "expected_seconds": 100.0}
    lab._store.add_job(job_record("abc1", experiment().to_json(), **known))
    view = lab.job("abc1")
    assert view.seconds_left is not None
    assert view.seconds_left <= 94
    assert view.fraction >= 0.06


def test_the_end_of_the_process_knows_the_background_tasks(lab: Lab) -> None:
    names: list[str] = []
    for background_task in (lab.devices._background_task, lab.robustness._background_task):
        background_task.start("a test", 1, lambda control: names.append(threading.current_thread().name))
        background_task.wait(WAIT)
    assert sorted({*names, "distill-worker", lab.goals._searches._name}) == sorted(WORKING)


def test_a_job_whose_end_could_not_be_written_ends_once_the_disk_has_room(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: object, **more: object) -> None:
        raise StorageFailed("no space left")

    lab._queue.warm_up(0)
    with lab._queue.hold():
        job = lab.submit(experiment(updates=100_000))
        lab.pause(job)
    with monkeypatch.context() as patched:
        patched.setattr(lab._store, "set_job_state", full)
        lab.stop(job)
        lab._queue.wait(job, WAIT)
        assert lab.job(job).state == "stopped"
    again = lab.restart(job)
    assert again != job
    assert lab.job(job).state == "stopped"
    lab.stop(again)
    lab.wait(again, WAIT)


def test_what_other_programs_disturbed_is_measured_again_by_itself(trained: Path) -> None:
    def disturbed(*calls: Callable[[], object], checkpoint: Callable[[], object]) -> tuple[Timing, ...]:
        return tuple(replace(one, disturbed="other programs") for one in QUICK_TIMER(*calls, checkpoint=checkpoint))

    with closing(Lab.open(trained, timer=disturbed)) as lab:
        job = lab.jobs()[0].id
        with writing(lab._store._pools) as connection:
            connection.execute(tables.measurements.delete())
        runs = [one.run for one in lab._store.runs([job])]
        ensure_measured(runs, lab._store, lambda: None, lambda done, total: None, disturbed)
        assert set(lab.reports.summary(job)["disturbed"]) == {"other programs"}
        lab._others.share = lambda: 0.0  # type: ignore[method-assign]
        lab.devices._timer, lab._warm = QUICK_TIMER, True
        import_torch()
        before = lab.reports.results_version([job])
        assert lab._idle(lambda: None) == NEXT_TRY_SECONDS
        assert lab.reports.results_version([job]) != before
        assert lab._idle(lambda: None) is None
        summary = lab.reports.summary(job)
    assert set(summary["disturbed"]) == {""}
    assert summary["round_id"].nunique() == 1


@pytest.fixture
def stepping(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Jobs that do nothing but pass their checkpoint until they are ended; set while one is at work."""
    at_work, ended = threading.Event(), threading.Event()

    def step(job_id: str, plan: object, bench: JobContext) -> None:
        while not ended.wait(0.01):
            bench.checkpoint()
            at_work.set()

    monkeypatch.setattr("distill_core.lab.executors.run_job", step)
    monkeypatch.setattr("distill_core.lab.lab.import_torch", lambda: None)
    yield at_work
    ended.set()


@pytest.mark.parametrize("hours", [-30, 30])
def test_a_clock_that_is_set_while_a_job_runs_changes_nothing_of_it(
    hours: int, stepping: threading.Event, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(Lab.open(tmp_path)) as lab, closing(Lab.open(tmp_path)) as beside:
        job = lab.submit(experiment())
        assert stepping.wait(WAIT)
        before, now = lab.job(job), clock.now()
        monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=hours))
        later = lab.submit(experiment(data_seed=1))
        beside._own_jobs.beat()
        for view in (lab.job(job), beside.job(job)):
            assert (view.state, view.started_at) == ("running", before.started_at)
            assert 0 <= view.fraction <= 0.99
        assert lab.job(job).fraction < 0.9  # of about a minute hardly anything is over
        assert [view.id for view in lab.jobs()] == [later, job]
        assert [view.id for view in lab.queue()] == [view.id for view in beside.queue()] == [job, later]


@pytest.mark.parametrize(
    ("elapsed", "expected"), [(-5.0, 10.0), (0.0, 0.0), (-10.0, 10.0), (math.inf, 1.0), (1.0, math.nan), (-1e9, 3.0)]
)
def test_a_bar_never_leaves_its_frame(elapsed: float, expected: float) -> None:
    job = job_record("a", "{}", state=JobState.RUNNING, expected_seconds=expected)
    assert 0 <= _fraction(job, None, elapsed) < 1
    assert 0 <= _fraction(job, Progress("Training", 1, 2, 5.0, 1.0), elapsed) < 1


def test_a_lab_that_was_taken_for_dead_gives_its_jobs_up(stepping: threading.Event, tmp_path: Path) -> None:
    """As one on a laptop that slept, with a database elsewhere: what another lab decided stands."""
    with closing(Lab.open(tmp_path)) as lab, closing(Store.open(tmp_path)) as other:
        running, waiting = lab.submit(experiment()), lab.submit(experiment(data_seed=1))
        assert stepping.wait(WAIT)
        with writing(other._pools) as connection:
            close_jobs_of(connection, [lab._store.lab_id])
            connection.execute(tables.labs.delete().where(tables.labs.c.id == lab._store.lab_id))
        lab._own_jobs.beat()
        for job in (running, waiting):
            ended = lab.wait(job, WAIT)
            assert (ended.state, ended.position) == ("interrupted", None)
            assert "the lab ended while this job waited or ran" in str(ended.error)
        again = lab.restart(running)
        assert again != running
        assert other.mark_interrupted() == []
        lab.stop(again)
        assert lab.wait(again, WAIT).state == "stopped"


def test_a_lab_that_was_taken_for_dead_looks_again_where_the_look_fails(
    stepping: threading.Event, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(job_id: str) -> None:
        raise StorageFailed("another program holds it")

    with closing(Lab.open(tmp_path)) as lab:
        job = lab.submit(experiment())
        assert stepping.wait(WAIT)
        with writing(lab._store._pools) as connection:
            close_jobs_of(connection, [lab._store.lab_id])
            connection.execute(tables.labs.delete())
        with monkeypatch.context() as patched:
            patched.setattr(lab._store, "job", busy)
            with pytest.raises(StorageFailed):
                lab._own_jobs.beat()
        lab._own_jobs.beat()
        assert lab._queue.wait(job, WAIT)


def test_closing_takes_a_minute_at_most_in_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lab, given, now = Lab.open(tmp_path), list[float](), [0.0]
    monkeypatch.setattr("distill_core.lab.lab.time.monotonic", lambda: now[0])
    for part in (lab._queue, lab._heartbeat, lab.devices._background_task, lab.robustness._background_task):

        def late(seconds: float, close: Callable[[float], None] = part.close) -> None:
            given.append(seconds)
            close(seconds)
            now[0] += min(25, seconds)

        monkeypatch.setattr(part, "close", late)
    lab.close()
    assert given == [0, 60, 35, 10, 0]  # the first one tells the queue to end, and waits for nothing


def test_the_home_is_the_chosen_one_that_of_the_environment_or_the_usual_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISTILL_HOME", "named")
    assert (home_of(Path("chosen")), home_of()) == (Path("chosen"), Path("named"))
    monkeypatch.setenv("DISTILL_HOME", "")
    assert home_of() == DEFAULT_HOME


def test_a_pause_of_a_job_that_another_lab_closed_ends_it_here(stepping: threading.Event, tmp_path: Path) -> None:
    with closing(Lab.open(tmp_path)) as lab:
        job = lab.submit(experiment())
        assert stepping.wait(WAIT)
        with writing(lab._store._pools) as connection:
            close_jobs_of(connection, [lab._store.lab_id])
        lab.pause(job)
        assert lab.wait(job, WAIT).state == "interrupted"
        assert lab.queue() == ()


def test_a_state_that_could_not_be_told_is_told_by_the_next_heartbeat(
    stepping: threading.Event, tmp_path: Path
) -> None:
    """Here it is known at once; another process of this lab waits until the disk takes it, and no longer."""
    takes_none = {"disk": False}

    def prepare(connection: sqlite3.Connection, *given: object) -> None:
        connection.execute(f"PRAGMA query_only = {takes_none['disk']}")

    with closing(Lab.open(tmp_path)) as lab, closing(Lab.open(tmp_path)) as beside:
        event.listen(lab._store._pools.writer, "checkout", prepare)
        job = lab.submit(experiment())
        assert stepping.wait(WAIT)
        takes_none["disk"] = True
        lab.stop(job)
        assert lab.wait(job, WAIT).state == "stopped"
        assert (lab.queue(), lab._store.job(job).state) == ((), "running")
        with pytest.raises(StorageFailed):
            lab._own_jobs.beat()
        assert beside.wait(job, 0).state == "running"
        takes_none["disk"] = False
        lab._own_jobs.beat()
        assert (lab._store.job(job).state, beside.wait(job, 0).state) == ("stopped", "stopped")


def test_an_equal_request_is_answered_from_the_store(worked: tuple[Lab, str]) -> None:
    lab, job = worked
    again = lab.job(job).experiment
    assert lab.plan(again).job_id == job
    assert lab.submit(again) == job
    assert all(run.stored for run in lab.plan(again).runs)


def test_curves_confusion_and_disagreements_speak_of_the_run(worked: tuple[Lab, str]) -> None:
    lab, job = worked
    results = lab.reports.results([job])
    teacher, kd = results["run_id"][0], results.loc[results["student"] == "KD", "run_id"].iloc[0]
    curves = lab.reports.curves({kd: "KD"})
    assert set(curves["kind"]) == {"loss", "hard", "soft", "valid_accuracy"}
    assert curves["update"].max() == 8
    confusion = lab.reports.confusion(kd)
    accuracy = results.set_index("run_id").loc[kd, "test_accuracy"]
    assert np.trace(confusion) / confusion.sum() == pytest.approx(accuracy)
    different = lab.reports.disagreements(kd, teacher, limit=5)
    agreement = results.set_index("run_id").loc[kd, "agreement"]
    assert len(different) == min(5, round((1 - agreement) * 360))
    assert all(one.student_class != one.teacher_class for one in different)


def test_the_front_is_marked_for_any_cost(worked: tuple[Lab, str]) -> None:
    lab, job = worked
    marked = mark_front(lab.reports.summary(job), "onnx_bytes")
    best = marked["test_accuracy"].idxmax()
    assert marked.loc[best, "on_front"] or marked.loc[best, "onnx_bytes"] > marked["onnx_bytes"].min()
    assert marked["on_front"].any()


def test_files_come_by_id_and_kind_alone(worked: tuple[Lab, str]) -> None:
    lab, job = worked
    run = lab.reports.results([job])["run_id"][1]
    assert lab.reports.artifact(run, "onnx").read_bytes()[:1]
    for run_id, kind in ((run, "secrets"), ("../../etc/passwd", "onnx"), ("ffffffffffffffff", "weights")):
        with pytest.raises(NotFound):
            lab.reports.artifact(run_id, kind)


def test_bench_measures_again(worked: tuple[Lab, str]) -> None:
    lab, job = worked
    run = lab.reports.results([job])["run_id"][1]
    before = len(lab.devices.measurements([run]))
    assert set(lab.devices.remeasure(run)["batch_size"]) == {1, 32}
    assert len(lab.devices.measurements([run])) > before


def test_runs_survive_closing_and_opening(tmp_path: Path) -> None:
    first = Lab.open(tmp_path, timer=QUICK_TIMER)
    job = first.submit(experiment())
    first.wait(job, WAIT)
    wanted = first.reports.results([job])
    first.close()
    first.close()
    second = Lab.open(tmp_path)
    found = second.reports.results([job])
    assert found["test_accuracy"].tolist() == wanted["test_accuracy"].tolist()
    assert second.job(job).state == "finished"
    assert not second.reports.curves({found["run_id"][1]: "control"}).empty
    second.close()


def test_an_empty_lab_answers_with_empty_tables(lab: Lab) -> None:
    assert lab.jobs() == lab.queue() == ()
    assert lab.reports.results().empty
    assert lab.devices.measurements().empty
    with pytest.raises(NotFound, match="may have been deleted"):
        lab.job("nothing")


def test_a_wrong_request_leaves_no_job(lab: Lab) -> None:
    with pytest.raises(UnknownName, match="no shipped teacher named 'hinton'"):
        lab.submit(experiment(teacher={"kind": "shipped", "name": "hinton"}))
    with pytest.raises(InvalidSetting, match="a task that it was trained for"):
        lab.submit(experiment(teacher={"kind": "shipped", "name": "fashion_resnet20"}))
    assert lab.jobs() == ()


def test_a_stopped_job_can_be_started_again_and_deleted(lab: Lab) -> None:
    job = lab.submit(experiment(updates=100_000))
    lab.stop(job)
    assert lab.wait(job, WAIT).state == "stopped"
    again = lab.restart(job)
    assert again != job
    with pytest.raises(InvalidSetting, match="expected one that ended"):
        lab.delete(again)
    lab.stop(again)
    assert lab.wait(again, WAIT).state == "stopped"
    lab.delete(job)
    lab.delete(again)
    assert lab.jobs() == ()


def test_every_preset_and_every_example_can_be_planned(lab: Lab) -> None:
    for preset in PRESETS:
        plan = lab.plan(preset.experiment)
        assert plan.expected_seconds > 0
        assert any(run.role == "control" for run in plan.runs)
    for task in lab.catalog.tasks():
        pupil = student(architecture=lab.catalog.networks(task.name)[0].name, width=1.0, labels=None)
        for option in lab.catalog.teachers(task.name):
            assert lab.plan(experiment(pupil, task=task.name, teacher=option.choice.model_dump()))
