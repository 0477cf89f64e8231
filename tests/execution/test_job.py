"""One job from the specification to stored results, with real networks, a real store and real onnxruntime."""

import sqlite3
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from distill_core.deployment.server_measurement import StoredLatencies
from distill_core.errors import CorruptFile, ExportMismatch, Stopped
from distill_core.events import EventLog, Progress, RunFailed, RunFinished, ValidPoint
from distill_core.execution import scoring
from distill_core.machine import environment
from distill_core.methods import METHODS, DistillLoss, FeatureShapes, LossInputs, Settings, StepLoss
from distill_core.networks.stored import blueprint_of
from distill_core.networks.weights import from_bytes, to_bytes
from distill_core.planning.job_plan import resolve
from distill_core.planning.progress import MEASURING
from distill_core.planning.resolve import resolve_experiment
from distill_core.planning.stored_runs import find_stored_runs
from distill_core.store import Store
from distill_core.tasks import TASKS
from tests.quick import experiment, student, work

pytestmark = pytest.mark.anywhere


def _breaks_at_the_third_update(settings: Settings, pair: FeatureShapes) -> DistillLoss:
    healthy = METHODS.get("labels").build(settings, pair)

    def loss(inputs: LossInputs) -> StepLoss:
        step = healthy(inputs)
        return replace(step, weights={"hard": float("nan")}) if inputs.progress >= 2 / 8 else step

    return loss


BROKEN = replace(METHODS.get("labels"), name="broken", build=_breaks_at_the_third_update)


def test_a_job_stores_teacher_control_and_students_with_files_and_latency(store: Store, tmp_path: Path) -> None:
    log = work(store, tmp_path, resolve_experiment(experiment()))
    linked = store.runs(["a1"])
    assert [(one.student, one.role) for one in linked] == [
        ("Plain CNN", "teacher"),
        ("control", "control"),
        ("KD", "student"),
        ("KD, all", "student"),
    ]
    for one in linked:
        assert 0 <= one.run.scores["test_accuracy"] <= 1
        assert (one.run.processor_seconds or 0) > 0 or one.role == "teacher"
        assert one.run.scores["onnx_largest_difference"] < 1e-3
        assert len(store.read_artifact(one.run.id, "weights")) == one.run.scores["size_bytes"]
        assert len(store.read_artifact(one.run.id, "onnx")) == one.run.scores["onnx_bytes"]
        assert sum(map(sum, one.run.scores["confusion"])) == one.run.scores["test_images"] == 360
    kinds = {(one.batch_size, one.threads == 1) for one in store.measurements(graphs=[linked[1].run.scores["graph"]])}
    assert {(1, True), (32, True)} <= kinds
    events = log.snapshot()
    assert sum(isinstance(event, RunFinished) for event in events) == 3
    progress = [event for event in events if isinstance(event, Progress)]
    assert all(event.seconds_left is not None and event.seconds_left >= 0 for event in progress)
    fractions = [event.fraction for event in progress]
    assert fractions == sorted(fractions)
    assert (fractions[0], 0.99 < fractions[-1] <= 1) == (0, fractions[-1] == 1)
    stages = list(dict.fromkeys(event.stage for event in progress))
    assert stages == [
        "Loading the data",
        "Getting the teacher ready",
        "Evaluating the teacher",
        "Training",
        "Evaluating and exporting",
        "Measuring latency",
    ]


def test_a_job_that_is_started_again_plans_what_is_left_alone(store: Store, tmp_path: Path) -> None:
    full = resolve_experiment(experiment())
    work(store, tmp_path, full)
    plan = resolve(full, store, TASKS)
    assert find_stored_runs(plan, store).latencies == StoredLatencies(measured=2, one_round=True)
    assert measuring(work(store, tmp_path, full, "a2")) == [1.0, 1.0]
    # Where its networks were not yet held against each other, that is left; where nothing was measured, all of it.
    for change, left in (
        ("UPDATE measurements SET round_id = NULL", StoredLatencies(measured=2)),
        ("DELETE FROM measurements", StoredLatencies(waiting=2)),
    ):
        with sqlite3.connect(tmp_path / "lab.sqlite") as connection:
            connection.execute(change)
        assert find_stored_runs(plan, store).latencies == left
        fractions = measuring(work(store, tmp_path, full, change[:6]))
        assert fractions[0] < 0.5
        assert fractions[-1] == 1
    assert find_stored_runs(plan, store).latencies.one_round


def measuring(log: EventLog) -> list[float]:
    progress = [event for event in log.snapshot() if isinstance(event, Progress)]
    return [event.fraction for event in progress if event.stage == MEASURING]


def test_the_last_epoch_is_reported_not_the_best(store: Store, tmp_path: Path) -> None:
    log = work(store, tmp_path, resolve_experiment(experiment(updates=24)))
    for one in store.runs(["a1"])[1:]:
        points = [
            event
            for event in log.snapshot()
            if isinstance(event, ValidPoint) and event.run.startswith(one.student + "/")
        ]
        assert points[-1].update == 24
        assert one.run.scores["valid_accuracy"] == points[-1].score


def test_equal_runs_are_found_again_under_their_name_in_the_other_job(store: Store, tmp_path: Path) -> None:
    work(store, tmp_path, resolve_experiment(experiment(student("first"))))
    log = work(
        store, tmp_path, resolve_experiment(experiment(student("second"), student("new", temperature=1.0))), "b2"
    )
    first, second = store.runs(["a1"]), store.runs(["b2"])
    assert [one.run.id for one in second][:3] == [one.run.id for one in first]
    assert [one.student for one in second] == ["Plain CNN", "control", "second", "new"]
    assert {event.run for event in log.snapshot() if isinstance(event, ValidPoint)} >= {"second/0", "new/0"}


def test_a_student_that_diverges_is_recorded_and_the_others_finish(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(METHODS._entries, "broken", BROKEN)
    log = work(store, tmp_path, resolve_experiment(experiment(student("healthy"), student("broken", method="broken"))))
    assert [event.run for event in log.snapshot() if isinstance(event, RunFailed)] == ["broken/0"]
    states = {one.student: (one.run.state, one.run.message) for one in store.runs(["a1"])[1:]}
    assert states["control"] == states["healthy"] == ("finished", None)
    assert states["broken"][0] == "failed"
    assert "the loss of 'broken' (seed 0) at update 3: expected a finite number, got nan" in str(states["broken"][1])


def test_stopping_leaves_a_teacher_that_is_finished(store: Store, tmp_path: Path) -> None:
    passed: list[None] = []

    def checkpoint() -> None:
        passed.append(None)
        if len(passed) > 33:
            raise Stopped("enough")

    with pytest.raises(Stopped):
        work(store, tmp_path, resolve_experiment(experiment()), checkpoint=checkpoint)
    assert [one.role for one in store.runs(["a1"])] == ["teacher"]
    assert work(store, tmp_path, resolve_experiment(experiment()), "b2")
    assert len(store.runs(["b2"])) == 4


def test_a_teacher_with_a_corrupt_file_is_trained_again_from_its_recipe(store: Store, tmp_path: Path) -> None:
    work(store, tmp_path, resolve_experiment(experiment()))
    teacher = store.runs(["a1"])[0].run
    path = store.artifact(teacher.id, "weights").path
    whole = path.read_bytes()
    path.write_bytes(bytes(reversed(whole)))
    work(store, tmp_path, resolve_experiment(experiment(updates=9)), "b2")
    assert store.runs(["b2"])[0].run.id == teacher.id
    assert store.read_artifact(teacher.id, "weights") == whole


def test_a_run_with_a_corrupt_file_is_no_teacher(store: Store, tmp_path: Path) -> None:
    """Its recipe is another experiment's, which makes it again."""
    work(store, tmp_path, resolve_experiment(experiment()))
    chosen = store.runs(["a1"])[2].run
    path = store.artifact(chosen.id, "weights").path
    path.write_bytes(bytes(reversed(path.read_bytes())))
    full = resolve_experiment(experiment(teacher={"kind": "run", "run": chosen.id}))
    with pytest.raises(CorruptFile, match="weights"):
        work(store, tmp_path, full, "b2")
    assert store.runs(["b2"]) == []


def test_a_run_can_teach(store: Store, tmp_path: Path) -> None:
    work(store, tmp_path, resolve_experiment(experiment()))
    chosen = store.runs(["a1"])[2].run
    full = resolve_experiment(experiment(student("pupil"), teacher={"kind": "run", "run": chosen.id}))
    work(store, tmp_path, full, "b2")
    linked = store.runs(["b2"])
    assert linked[0].run.id == chosen.id
    assert linked[0].role == "teacher"


def test_what_may_go_better_next_time_is_not_kept_as_the_student_s_result(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk was full, say, when one of three was exported: the others are stored, and it can be trained again."""
    export, calls = scoring.export_onnx, []

    def full_once(*given: Any) -> Any:
        calls.append(given)
        if len(calls) == 3:  # the teacher, the control, then this one
            raise CorruptFile("no room for an ONNX file")
        return export(*given)

    monkeypatch.setattr(scoring, "export_onnx", full_once)
    full = resolve_experiment(experiment())
    with pytest.raises(CorruptFile, match="no room"):
        work(store, tmp_path, full)
    assert [one.student for one in store.runs(["a1"])] == ["Plain CNN", "control", "KD, all"]
    work(store, tmp_path, full, "b2")
    assert [one.run.state for one in store.runs(["b2"])] == ["finished"] * 4
    assert len(calls) == 5


def test_a_file_that_answers_otherwise_is_the_student_s_result(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export, calls = scoring.export_onnx, []

    def other_answers(*given: Any) -> Any:
        calls.append(given)
        if len(calls) == 3:
            raise ExportMismatch("a difference of 2")
        return export(*given)

    monkeypatch.setattr(scoring, "export_onnx", other_answers)
    work(store, tmp_path, resolve_experiment(experiment()))
    assert [one.run.state for one in store.runs(["a1"])] == ["finished", "finished", "failed", "finished"]
    refused = store.runs(["a1"])[2].run
    network = from_bytes(blueprint_of(refused), store.read_artifact(refused.id, "weights"))
    assert to_bytes(network) == to_bytes(calls[2][0])


def test_a_teacher_whose_file_is_refused_keeps_its_weights_and_is_trained_again(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export, calls = scoring.export_onnx, []

    def other_answers_once(*given: Any) -> Any:
        calls.append(given)
        if len(calls) == 1:
            raise ExportMismatch("a difference of 2")
        return export(*given)

    monkeypatch.setattr(scoring, "export_onnx", other_answers_once)
    full = resolve_experiment(experiment())
    with pytest.raises(ExportMismatch, match=r"the teacher \(Plain CNN\): a difference of 2"):
        work(store, tmp_path, full)
    (refused,) = [one.run for one in store.runs(["a1"])]
    assert (refused.state, refused.message, refused.updates) == ("failed", "a difference of 2", 30)
    network = from_bytes(blueprint_of(refused), store.read_artifact(refused.id, "weights"))
    assert to_bytes(network) == to_bytes(calls[0][0])
    assert store.curves(refused.id)
    work(store, tmp_path, full, "b2")
    assert [one.run.state for one in store.runs(["b2"])] == ["finished"] * 4
    assert store.runs(["b2"])[0].run.id == refused.id


def test_a_teacher_whose_name_a_student_has_is_called_the_teacher(store: Store, tmp_path: Path) -> None:
    work(store, tmp_path, resolve_experiment(experiment(student("Plain CNN"))))
    assert [(one.student, one.role) for one in store.runs(["a1"])] == [
        ("Plain CNN (teacher)", "teacher"),
        ("control", "control"),
        ("Plain CNN", "student"),
    ]


def test_a_latency_of_another_onnxruntime_is_measured_anew(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(store, tmp_path, resolve_experiment(experiment()))
    before = len(store.measurements())
    work(store, tmp_path, resolve_experiment(experiment(updates=9)), "b2")
    assert len(store.measurements()) == before
    # By its full name in sys.modules: in the package that name is a function.
    monkeypatch.setattr(
        sys.modules["distill_core.deployment.server_measurement"],
        "environment",
        lambda: {**environment(), "onnxruntime": "0.1"},
    )
    work(store, tmp_path, resolve_experiment(experiment(updates=10)), "c3")
    assert len(store.measurements()) == 2 * before
