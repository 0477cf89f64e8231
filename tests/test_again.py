"""What was made before and what is made again: runs that failed, files that are gone, controls of other teachers."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from alembic import command
from sqlalchemy import event
from streamlit.testing.v1 import AppTest

from distill_core.__main__ import main
from distill_core.errors import CorruptFile, InvalidSetting
from distill_core.lab import Lab
from distill_core.machine import environment
from distill_core.methods import METHODS, FeatureShapes
from distill_core.planning.duration import speed_factor
from distill_core.planning.job_plan import resolve
from distill_core.planning.resolve import resolve_experiment
from distill_core.planning.runs import expand
from distill_core.planning.stored_runs import find_stored_runs
from distill_core.reports.images import right_answers
from distill_core.spec import Experiment
from distill_core.store import JobState, RunRecord, Store
from distill_core.store.database import _config, writing
from distill_core.store.pools import Pools
from distill_core.tasks import TASKS
from tests.execution.test_job import BROKEN
from tests.quick import experiment, student, work

WAIT = 240
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def again(trained: Path, lab: Lab) -> tuple[Lab, str]:
    """A lab with the job of ``experiment()``, and its id."""
    return lab, lab.jobs()[0].id


def run_of(lab: Lab, job: str, name: str) -> RunRecord:
    return next(one.run for one in lab._store.runs([job]) if one.student == name)


def failures(lab: Lab, job: str) -> list[dict[str, Any]]:
    results = lab.reports.results([job])
    return [dict(row) for row in results[results["state"] == "failed"].to_dict("records")]


def missing(lab: Lab, asked: Experiment) -> list[str]:
    return [run.student for run in lab.plan(asked).runs if not run.stored]


def ended(lab: Lab, job: str) -> str:
    view = lab.wait(job, WAIT)
    assert view.error is None
    return view.state


# Files that are gone


def test_a_run_whose_file_is_gone_is_made_again_under_its_id(again: tuple[Lab, str]) -> None:
    lab, job = again
    before, kd = lab.reports.results([job]), run_of(lab, job, "KD")
    path = lab.reports.artifact(kd.id, "predictions")
    wanted, stamp = path.read_bytes(), lab.reports.results_version([job])
    path.unlink()
    # The table stands without what the file told, and says which and what to do.
    told = lab.reports.summary(job).set_index("student")
    assert told.loc["KD", "test_accuracy"] == kd.scores["test_accuracy"]
    assert told.loc[["KD", "KD, all"], "p_value"].isna().tolist() == [True, False]
    assert lab.reports.results([job]).set_index("student")["agreement"].isna().to_dict() == {
        **{"Plain CNN": True, "control": False, "KD": True, "KD, all": False}
    }
    (one,) = lab.reports.unreadable([job])
    assert (one.student, one.seed, one.run_id) == ("KD", 0, kd.id)
    assert "predictions.safetensors is gone" in one.why
    # It is not there any more, and is trained again.
    assert missing(lab, experiment()) == ["KD"]
    assert lab.plan(experiment()).job_id is None
    second = lab.submit(experiment())
    assert second != job
    assert ended(lab, second) == "finished"
    assert path.read_bytes() == wanted
    assert lab.reports.unreadable() == ()
    columns = ["run_id", "student", "test_accuracy", "agreement"]
    for shown in (job, second):
        assert lab.reports.results([shown])[columns].equals(before[columns])
    assert lab.reports.results_version([job]) != stamp
    assert lab.submit(experiment()) == second


def test_the_page_says_which_run_lacks_a_file_and_the_shell_makes_it_again(
    again: tuple[Lab, str], trained: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lab, job = again
    kd = run_of(lab, job, "KD")
    path = lab.reports.artifact(kd.id, "predictions")
    path.write_bytes(bytes(reversed(path.read_bytes())))
    # Two labs share this process: what this one measures while idle takes random numbers beside the other one.
    monkeypatch.setattr(lab, "warm_up", lambda: None)
    page = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=60).run()
    page.switch_page("../pages/compare.py").run()
    assert not page.exception
    assert [warning.value for warning in page.warning if kd.id in warning.value]
    specification = trained / "spec.json"
    specification.write_text(experiment().to_json())
    assert main(["run", str(specification), "--home", str(trained)]) == 0
    told = capsys.readouterr()
    assert "control" in told.out
    assert kd.id not in told.err
    assert not lab.reports.unreadable([job])


def test_the_page_makes_again_what_it_cannot_read(again: tuple[Lab, str]) -> None:
    lab, job = again
    run_id, path = run_of(lab, job, "KD").id, lab.reports.artifact(run_of(lab, job, "KD").id, "predictions")
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])
    page = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=60).run()
    page.switch_page("../pages/robustness.py").run()
    page.button(key=f"unreadable_{job}").click().run()
    assert not page.exception
    (second,) = [one.id for one in lab.jobs() if one.id != job]
    assert ended(lab, second) == "finished"
    assert not lab.reports.unreadable([job, second])
    assert (run_of(lab, job, "KD").id, path.read_bytes()) == (run_id, whole)
    page.switch_page("../pages/robustness.py").run()
    assert not page.warning


@pytest.mark.parametrize("kind", ["weights", "onnx"])
def test_a_truncated_file_counts_as_gone(again: tuple[Lab, str], kind: str) -> None:
    lab, job = again
    path = lab.reports.artifact(run_of(lab, job, "control").id, kind)
    path.write_bytes(path.read_bytes()[:-1])
    assert missing(lab, experiment()) == ["control"]
    (one,) = lab.reports.unreadable([job])
    assert f"{path.name} has another size than it had" in one.why


def test_a_file_that_holds_something_else_is_told_by_the_table(again: tuple[Lab, str]) -> None:
    lab, job = again
    path = lab.reports.artifact(run_of(lab, job, "KD").id, "predictions")
    path.write_bytes(bytes(reversed(path.read_bytes())))
    (one,) = lab.reports.unreadable([job])
    assert f"{path.name} is not what was stored" in one.why
    assert missing(lab, experiment()) == ["KD"]
    assert np.isnan(lab.reports.results([job]).set_index("student").loc["KD", "agreement"])
    assert np.isnan(lab.reports.summary(job).set_index("student").loc["KD", "p_value"])


def test_a_teacher_whose_files_are_gone_is_made_ready_again(again: tuple[Lab, str]) -> None:
    lab, job = again
    teacher = run_of(lab, job, "Plain CNN")
    weights = lab.reports.artifact(teacher.id, "weights")
    wanted = weights.read_bytes()
    weights.unlink()
    assert lab.plan(experiment()).job_id is None
    second = lab.submit(experiment())
    assert ended(lab, second) == "finished"
    assert weights.read_bytes() == wanted
    assert run_of(lab, second, "Plain CNN").id == teacher.id


def test_a_stored_teacher_whose_files_are_gone_is_refused_before_anything_is_filed(again: tuple[Lab, str]) -> None:
    lab, job = again
    kd = run_of(lab, job, "KD")
    lab.reports.artifact(kd.id, "weights").unlink()
    asked = experiment(student("pupil"), teacher={"kind": "run", "run": kd.id})
    for refuse in (lab.plan, lab.submit):
        with pytest.raises(CorruptFile, match=f"run '{kd.id}': weights.safetensors is gone; make it again"):
            refuse(asked)
    assert [one.id for one in lab.jobs()] == [job]


# Runs that failed


def test_a_run_that_failed_is_trained_again(again: tuple[Lab, str], monkeypatch: pytest.MonkeyPatch) -> None:
    lab, _ = again
    monkeypatch.setitem(METHODS._entries, "broken", BROKEN)
    asked = experiment(student("healthy"), student("broken", method="broken"))
    first = lab.submit(asked)
    assert ended(lab, first) == "finished"
    (failure,) = failures(lab, first)
    assert (failure["student"], failure["seed"]) == ("broken", 0)
    assert "got nan" in failure["message"]
    assert missing(lab, asked) == ["broken"]
    assert lab.plan(asked).job_id is None
    mended = replace(METHODS.get("labels"), name="broken")
    monkeypatch.setitem(METHODS._entries, "broken", mended)
    second = lab.restart(first)
    assert second != first
    assert ended(lab, second) == "finished"
    assert failures(lab, first) == failures(lab, second) == []
    assert run_of(lab, first, "broken") == run_of(lab, second, "broken")
    assert run_of(lab, first, "broken").id == failure["run_id"]
    assert lab.submit(asked) == second


def test_what_a_mended_method_made_before_is_no_answer(again: tuple[Lab, str], monkeypatch: pytest.MonkeyPatch) -> None:
    lab, job = again
    assert lab.plan(experiment()).job_id == job
    monkeypatch.setitem(METHODS._entries, "kd", replace(METHODS.get("kd"), revision=2))
    assert lab.plan(experiment()).job_id is None
    assert missing(lab, experiment()) == ["KD", "KD, all"]


# Runs that are shown from the start


def test_what_is_reused_is_kept_from_the_moment_of_submitting(again: tuple[Lab, str]) -> None:
    """Deleting the other job meanwhile took the runs away, and ended this one."""
    lab, job = again
    asked = experiment(student(), student("hot", temperature=9.0))
    lab._queue.warm_up(0)
    with lab._queue.hold():
        second = lab.submit(asked)
        assert [one.student for one in lab._store.runs([second])] == ["Plain CNN", "control", "KD"]
        lab.delete(job)
        assert missing(lab, asked) == ["hot"]
    assert ended(lab, second) == "finished"
    table = lab.reports.results([second])
    assert table["student"].tolist() == ["Plain CNN", "control", "KD", "hot"]
    assert lab.reports.unreadable() == ()


# Controls serve every teacher


def other_teacher(lab: Lab, job: str) -> Experiment:
    """The same students, taught by one of them."""
    return experiment(student("pupil", temperature=9.0), teacher={"kind": "run", "run": run_of(lab, job, "KD").id})


def test_a_control_is_found_by_every_teacher_and_agrees_with_each(again: tuple[Lab, str]) -> None:
    lab, job = again
    asked = other_teacher(lab, job)
    assert missing(lab, asked) == ["pupil"]
    second = lab.submit(asked)
    assert ended(lab, second) == "finished"
    control = run_of(lab, job, "control")
    assert run_of(lab, second, "control") == control
    assert "agreement" not in control.scores

    def answers(run: RunRecord) -> "np.ndarray":
        return lab.reports.predictions(f"run:{run.id}").test_logits_NC.argmax(1)

    for shown, teacher in ((job, "Plain CNN"), (second, "KD")):
        said = answers(control) == answers(run_of(lab, job, teacher))
        table = lab.reports.results([shown]).set_index("student")
        assert table.loc["control", "agreement"] == said.mean()
    assert right_answers(lab._store, control.id).shape == (360,)


@pytest.mark.parametrize("mode", ["cached", "consistent"])
def test_no_bit_of_a_control_depends_on_the_teacher(tmp_path: Path, mode: str) -> None:
    weights = []
    for width in (0.5, 1.0):
        budget = {"updates": 2, "batch_size": 32}
        teacher = {"kind": "train", "architecture": "plain_cnn", "width": width, "budget": budget}
        store = Store.open(tmp_path / f"{width}")
        work(store, tmp_path, resolve_experiment(experiment(student(), teacher=teacher, mode=mode, updates=3)))
        (control,) = (one.run for one in store.runs() if one.role == "control")
        weights.append((control.id, store.read_artifact(control.id, "weights")))
        store.close()
    assert weights[0] == weights[1]


def filed_as_before(home: Path, lab: Lab) -> None:
    """The control as a lab stored it that filed each one under its teacher, with its agreement."""
    plan = resolve(experiment(), lab._store, lab.tasks)
    (one,) = (one for one in expand(plan.experiment, plan.teacher) if one.role == "control")
    old = one.filed_before[plan.teacher.fingerprint]
    assert old != one.fingerprint
    new_id, old_id = one.fingerprint[:16], old[:16]
    with sqlite3.connect(home / "lab.sqlite") as connection:
        connection.execute("UPDATE runs SET id = ?, fingerprint = ? WHERE id = ?", (old_id, old, new_id))
        for table in ("job_runs", "curves", "artifacts"):
            connection.execute(f"UPDATE {table} SET run_id = ? WHERE run_id = ?", (old_id, new_id))
        connection.execute("UPDATE runs SET scores = json_set(scores, '$.agreement', 0.25) WHERE id = ?", (old_id,))
    (home / "runs" / new_id).rename(home / "runs" / old_id)


def test_a_control_of_before_is_found_by_its_own_teacher_and_by_others(again: tuple[Lab, str], home: Path) -> None:
    lab, job = again
    filed_as_before(home, lab)
    control = run_of(lab, job, "control")
    assert missing(lab, experiment()) == []
    assert lab.submit(experiment()) == job
    assert missing(lab, other_teacher(lab, job)) == ["pupil"]
    # What was stored speaks of one teacher; what both said is asked, as long as it is there.
    assert lab.reports.results([job]).set_index("student").loc["control", "agreement"] != 0.25
    path = lab.reports.artifact(control.id, "weights")
    path.unlink()
    assert missing(lab, experiment()) == ["control"]
    assert ended(lab, lab.submit(experiment())) == "finished"
    assert path.exists()  # under the id that it has in the other job


def as_before(home: Path) -> None:
    """The home as a lab left it that kept a specification with each run, and agreement among its scores."""
    engine = Pools(f"sqlite:///{home / 'lab.sqlite'}")
    with writing(engine) as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.downgrade(config, "0006")
    engine.dispose()
    with sqlite3.connect(home / "lab.sqlite") as connection:
        (specification,) = connection.execute("SELECT specification FROM jobs").fetchone()
        connection.execute("UPDATE runs SET specification = ? WHERE role != 'teacher'", (specification,))
        connection.execute("""UPDATE runs SET specification = '{"kind": "train"}' WHERE role = 'teacher'""")
        connection.execute("UPDATE runs SET scores = json_set(scores, '$.agreement', 0.25)")


# What a home of before cannot hold.
YOUNGER = ["disturbed", "round_id"]


def test_a_home_of_before_shows_the_same_results_and_trains_nothing_again(trained: Path) -> None:
    def shown() -> tuple[Any, ...]:
        lab = Lab.open(trained)
        (job,) = lab.jobs()
        times = lab._store.training_times([job.id], environment())
        tables = [table.drop(columns=YOUNGER) for table in (lab.reports.results([job.id]), lab.reports.summary(job.id))]
        found = *tables, times, lab.submit(experiment()) == job.id
        lab.close()
        return found

    with sqlite3.connect(trained / "lab.sqlite") as connection:  # which such a lab does not know
        connection.execute("UPDATE measurements SET disturbed = NULL, round_id = NULL")
        connection.execute("UPDATE runs SET processor_seconds = NULL")
    results, summary, times, there = shown()
    as_before(trained)
    with sqlite3.connect(trained / "lab.sqlite") as connection:
        assert "specification" in {row[1] for row in connection.execute("PRAGMA table_info(runs)")}
    again = shown()
    assert again[0].equals(results)
    assert again[1].equals(summary)
    assert again[2:] == (times, there) == (times, True)


# Pairs that cannot be


def test_a_pair_that_cannot_be_is_refused_where_torch_is_not_there_yet(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fits(pair: FeatureShapes) -> None:
        raise InvalidSetting("too wide")

    monkeypatch.setitem(METHODS._entries, "at", replace(METHODS.get("at"), fits=fits))
    asked = experiment(student("pupil", method="at"))
    for module in ("distill_core.lab.lab", "distill_core.lab.plan_views", "distill_core.planning.duration"):
        monkeypatch.setattr(f"{module}.is_torch_imported", lambda: False)
    assert not lab.plan(asked).checked
    assert lab.plan(experiment()).checked
    # Submitting waits for it.
    there: list[bool] = []
    monkeypatch.setattr("distill_core.lab.lab.import_torch", lambda: there.append(True))
    for module in ("distill_core.lab.lab", "distill_core.lab.plan_views"):
        monkeypatch.setattr(f"{module}.is_torch_imported", lambda: bool(there))
    with pytest.raises(InvalidSetting, match="'pupil' with Attention transfer: too wide"):
        lab.submit(asked)
    assert there == [True]
    assert lab.jobs() == ()


# How often the store is asked


def test_all_planned_runs_are_looked_up_at_once(store_of_job: Store) -> None:
    asked: list[str] = []
    event.listen(store_of_job._pools.reader, "before_cursor_execute", lambda *given: asked.append(given[2]))
    counts = []
    for seeds in ((0,), tuple(range(12))):
        asked.clear()
        find_stored_runs(resolve(experiment(student(seeds=seeds)), store_of_job, TASKS), store_of_job)
        counts.append(sum(text.startswith("SELECT") for text in asked))
    assert counts[0] >= counts[1], "what was asked before is not asked again"


def test_the_pace_reads_no_specification(store_of_job: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Experiment, "from_json", lambda text: pytest.fail("a specification was read"))
    times = store_of_job.training_times(
        [job.id for job in store_of_job.jobs(states=[JobState.FINISHED])], environment()
    )
    assert [(one.updates, one.batch_size) for one in times] == [(8, 16)] * 3
    assert all(one.macs == run.scores["macs"] for one, run in zip(times, taught(store_of_job), strict=True))
    assert all((one.processor_seconds or 0) > 0 for one in times)
    assert speed_factor(store_of_job) > 0


def taught(store: Store) -> list[RunRecord]:
    return [one.run for one in store.runs() if one.role != "teacher"]


@pytest.fixture
def store_of_job(trained: Path) -> Iterator[Store]:
    store = Store.open(trained)
    yield store
    store.close()


def test_a_specification_is_stored_once_a_job(store_of_job: Store, trained: Path) -> None:
    (job,) = store_of_job.jobs()
    with sqlite3.connect(trained / "lab.sqlite") as connection:
        dump = "\n".join(connection.iterdump())
    assert dump.count('"kind": "train"') == job.specification.count('"kind": "train"') == 1
