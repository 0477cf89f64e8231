"""Jobs in the store: found again, filed once, closed when their lab has ended."""

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from distill_core.errors import InvalidSetting, NotFound
from distill_core.store import JobRecord, JobState, RunLink, Store
from tests.store.records import NOON, a_job, a_run

pytestmark = pytest.mark.anywhere

ROOT = Path(__file__).resolve().parents[2]
AT_WORK = """
import sys
from dataclasses import replace
from pathlib import Path
from distill_core.store import JobState, Store
from tests.store.records import a_job
home, job_id, fingerprint = sys.argv[1:]
store = Store.open(Path(home))
print("ready", flush=True)
sys.stdin.readline()
print(store.add_job(a_job(job_id, fingerprint=fingerprint, owner=store.lab_id)).id, flush=True)
store.set_job_state(job_id, JobState.RUNNING)
print("running", flush=True)
sys.stdin.readline()
"""


def at_work(home: Path, job_id: str, fingerprint: str, *wrapped: str) -> "subprocess.Popen[str]":
    command = [*wrapped, sys.executable, "-c", AT_WORK, str(home), job_id, fingerprint]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert line(process) == "ready"
    return process


def line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def go_on(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def alive(store: Store, job_id: str = "a", **changes: object) -> JobRecord:
    return a_job(job_id, owner=store.lab_id, **changes)


def test_a_job_keeps_its_plan_beside_its_record(store: Store) -> None:
    store.add_job(alive(store), plan='{"runs": []}')
    store.add_job(alive(store, "b", fingerprint="other"))
    assert (store.plan("a"), store.plan("b")) == ('{"runs": []}', None)
    assert store.job("b") == alive(store, "b", fingerprint="other")
    with pytest.raises(NotFound):
        store.plan("c")


def test_a_job_comes_back_as_it_was_filed(store: Store) -> None:
    job = alive(store, title="Größe & Δ", error="an error", started_at=NOON, finished_at=NOON + timedelta(seconds=1))
    assert store.add_job(job) == job
    assert store.job("a") == job
    assert isinstance(store.job("a").state, JobState)
    assert store.find_job(job.fingerprint) == job


def test_a_job_that_is_not_there_is_told(store: Store) -> None:
    with pytest.raises(NotFound, match=r"no experiment '\.\./x'; it may have been deleted"):
        store.job("../x")
    assert store.find_job("nothing") is None


@pytest.mark.parametrize("seconds", [1, 0, -3_600])
def test_the_job_that_was_filed_last_comes_first(seconds: int, store: Store) -> None:
    """Also where the clock stands still, or is set back by an hour before each of them."""
    for number in range(4):
        store.add_job(alive(store, f"{number}", submitted_at=NOON + timedelta(seconds=seconds * number)))
    store.set_job_state("2", JobState.FAILED)
    assert [job.id for job in store.jobs(limit=2)] == ["3", "2"]
    assert [job.id for job in store.jobs(states=(JobState.QUEUED,))] == ["3", "1", "0"]
    assert store.jobs(states=()) == []
    assert len(store.jobs(limit=None)) == 4


def test_more_jobs_than_a_page_shows_can_be_asked_for(store: Store) -> None:
    for number in range(60):
        store.add_job(alive(store, f"{number}"))
    assert (len(store.jobs()), len(store.jobs(limit=None))) == (50, 60)


def test_states_get_their_times(store: Store) -> None:
    store.add_job(a_job(owner=store.lab_id))
    store.set_job_state("a", JobState.RUNNING)
    first = store.job("a")
    store.set_job_state("a", JobState.PAUSED)
    store.set_job_state("a", JobState.RUNNING)
    again = store.job("a")
    store.set_job_state("a", JobState.FAILED, error="why")
    ended = store.job("a")
    assert first.started_at is not None
    assert (again.started_at, again.finished_at, again.owner) == (first.started_at, None, store.lab_id)
    assert (ended.state, ended.error) == (JobState.FAILED, "why")
    assert ended.finished_at is not None


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING, JobState.PAUSED, JobState.FINISHED])
def test_an_equal_job_is_answered(state: JobState, store: Store) -> None:
    store.add_job(alive(store, "a", fingerprint="same"))
    store.set_job_state("a", state)
    assert store.add_job(alive(store, "b", fingerprint="same")).id == "a"
    assert [job.id for job in store.jobs()] == ["a"]


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.STOPPED, JobState.INTERRUPTED])
def test_a_job_that_came_to_nothing_is_no_answer(state: JobState, store: Store) -> None:
    store.add_job(alive(store, "a", fingerprint="same"))
    store.set_job_state("a", state)
    assert store.add_job(alive(store, "b", fingerprint="same")).id == "b"


def test_eight_threads_add_an_equal_job_and_one_results(store: Store) -> None:
    together, answers = threading.Barrier(8), list[str]()

    def add(job_id: str) -> None:
        together.wait()
        answers.append(store.add_job(alive(store, job_id, fingerprint="same")).id)

    threads = [threading.Thread(target=add, args=(f"{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    (job,) = store.jobs()
    assert answers == [job.id] * 8


def test_two_processes_add_an_equal_job_and_one_results(home: Path, store: Store) -> None:
    both = [at_work(home, job_id, "same") for job_id in ("a", "b")]
    for process in both:
        go_on(process)
    answers = [line(process) for process in both]
    for process in both:
        process.communicate("\n", timeout=30)
    (job,) = store.jobs()
    assert answers == [job.id] * 2


@pytest.mark.sqlite
def test_a_killed_process_leaves_its_job_interrupted_and_a_living_one_does_not(home: Path, store: Store) -> None:
    killed, living = at_work(home, "killed", "k"), at_work(home, "living", "l")
    for process in (killed, living):
        go_on(process)
        assert [line(process), line(process)][1] == "running"
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait(30)
    assert store.job("killed").state == JobState.RUNNING
    assert store.find_job("k") is None
    assert store.mark_interrupted() == ["killed"]
    assert store.mark_interrupted() == []
    job = store.job("killed")
    assert (job.state, job.error) == (
        JobState.INTERRUPTED,
        "the lab ended while this job waited or ran; start again, finished runs are kept",
    )
    assert job.finished_at is not None
    assert store.job("living").state == JobState.RUNNING
    living.communicate("\n", timeout=30)


def test_a_job_of_a_lab_that_ended_does_not_keep_an_equal_one_away(store: Store) -> None:
    """The lab stays open while a shell beside it is killed: its job must not be answered for ever."""
    store.add_job(a_job("dead", fingerprint="same", owner="d" * 32))
    assert store.find_job("same") is None
    assert store.add_job(alive(store, "new", fingerprint="same")).id == "new"
    assert store.job("dead").state == JobState.INTERRUPTED
    found = store.find_job("same")
    assert found is not None
    assert found.id == "new"


def test_what_has_ended_stays_as_it_is(store: Store) -> None:
    store.add_job(alive(store, "a"))
    assert store.set_job_state("a", JobState.STOPPED)
    stopped = store.job("a")
    assert not store.set_job_state("a", JobState.FINISHED)
    assert store.job("a") == stopped


def test_deleting_a_job_keeps_shared_runs_and_removes_the_others(home: Path, store: Store) -> None:
    shared, own, teacher = "00000000000000aa", "00000000000000bb", "00000000000000cc"
    for run_id in (shared, own, teacher):
        store.save_run(a_run(run_id), curves=[], files={"weights": b"w", "onnx": b"o"})
    for job_id, run_ids in {"a": [teacher, shared, own], "b": [teacher, shared]}.items():
        store.add_job(alive(store, job_id))
        for position, run_id in enumerate(run_ids):
            store.link_run(job_id, run_id, position=position, student="s", role="student")
    store.delete_job("a")
    store.delete_job("a")
    assert [linked.run.id for linked in store.runs()] == [teacher, shared]
    assert sorted(path.name for path in (home / "runs").glob("[!.]*")) == [shared, teacher]
    assert store.read_artifact(shared, "onnx") == b"o"
    with pytest.raises(NotFound):
        store.run(own)
    with pytest.raises(NotFound):
        store.artifact(own, "weights")
    store.delete_job("b")
    assert store.runs() == []
    assert list((home / "runs").glob("[!.]*")) == []


def test_a_job_is_not_deleted_while_a_run_of_it_is_to_teach(store: Store) -> None:
    """The members of an ensemble are named in a specification, and shown by nobody else."""
    store.save_run(a_run("00000000000000aa"), curves=[], files={})
    store.add_job(alive(store, "a"), [RunLink(run_id="00000000000000aa", position=1, student="KD", role="student")])
    store.set_job_state("a", JobState.FINISHED)
    store.add_job(alive(store, "b", specification='{"teacher": {"members": [{"run": "00000000000000aa"}]}}'))
    with pytest.raises(InvalidSetting, match=r"'00000000000000aa', which '.*' needs"):
        store.delete_job("a")
    assert [one.job_id for one in store.runs()] == ["a"]
    store.set_job_state("b", JobState.STOPPED)
    store.delete_job("a")
    assert store.runs() == []


def test_a_job_shows_what_it_reuses_from_the_start(store: Store) -> None:
    store.save_run(a_run("00000000000000aa"), curves=[], files={})
    gone = RunLink(run_id="00000000000000bb", position=2, student="gone", role="student")
    there = RunLink(run_id="00000000000000aa", position=1, student="KD", role="student", taught_by="large")
    store.add_job(alive(store, "a", fingerprint="same"), [there, gone], lacks_runs=True)
    (linked,) = store.runs(["a"])
    assert (linked.run.id, linked.position, linked.student, linked.taught_by) == (there.run_id, 1, "KD", "large")
    # An equal one is answered, and links nothing.
    assert store.add_job(alive(store, "b", fingerprint="same"), [there]).id == "a"
    assert store.runs(["b"]) == []


def test_a_finished_job_answers_only_where_it_shows_all_runs_and_none_is_lacking(store: Store) -> None:
    store.save_run(a_run("00000000000000aa"), curves=[], files={})
    store.save_run(a_run("00000000000000bb"), curves=[], files={})
    links = [RunLink(run_id=f"00000000000000{end}", position=1, student=end, role="student") for end in ("aa", "bb")]
    store.add_job(alive(store, "a", fingerprint="same"), links[:1])
    store.set_job_state("a", JobState.FINISHED)
    for shown, lacks_runs, answer in ((links[:1], False, "a"), (links, False, None), (links[:1], True, None)):
        found = store.find_job("same", [link.run_id for link in shown], lacks_runs=lacks_runs)
        assert (found and found.id) == answer
    assert store.add_job(alive(store, "b", fingerprint="same"), links[:1]).id == "a"
    assert store.add_job(alive(store, "c", fingerprint="same"), links).id == "c"


def test_a_job_that_did_not_finish_knows_the_one_that_repeats_it(store: Store) -> None:
    ends = {"a": JobState.FINISHED, "b": JobState.STOPPED, "c": JobState.FAILED, "d": JobState.FINISHED}
    for job_id, state in ends.items():
        store.add_job(alive(store, job_id, fingerprint="same"), lacks_runs=True)
        store.set_job_state(job_id, state)
    store.add_job(alive(store, "other"))
    assert store.repeated(["b", "c", "d", "other"]) == {"b": "d", "c": "d"}
    store.delete_job("d")
    assert store.repeated(["b", "c"]) == {}
    store.add_job(alive(store, "e", fingerprint="same"), lacks_runs=True)
    assert store.repeated(["b"]) == {"b": "e"}


def test_deleting_a_job_that_is_not_there_changes_nothing(home: Path, store: Store) -> None:
    (home / "precious").write_bytes(b"")
    store.delete_job("../precious")
    assert (home / "precious").exists()


def test_what_was_deleted_can_be_stored_again(store: Store) -> None:
    for _ in range(2):
        store.add_job(alive(store, "a"))
        store.save_run(a_run(), curves=[{"update": 1, "kind": "loss", "value": 2.0}], files={"weights": b"w"})
        store.link_run("a", "00000000000000aa", position=0, student="s", role="student")
        assert store.read_artifact("00000000000000aa", "weights") == b"w"
        store.delete_job("a")
    assert store.curves("00000000000000aa") == []


def test_a_job_is_named_by_letters_that_only_its_number_starts_with(store: Store) -> None:
    for job_id in ("5044aaaa", "5044bbbb", "50_4cccc"):
        store.add_job(alive(store, job_id, fingerprint=job_id))
    assert store.job_id("5044a") == store.job_id("a name #5044a") == store.job_id("5044aaaa") == "5044aaaa"
    assert store.job_id("50_4") == "50_4cccc"
    with pytest.raises(InvalidSetting, match="several: 5044aaaa, 5044bbbb"):
        store.job_id("#5044")
    for unknown in ("504", "", "#", "50%4", "x" * 60_000):
        with pytest.raises(NotFound):
            store.job_id(unknown)
