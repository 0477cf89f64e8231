"""What was read is not read again before something is written, here or by another process."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event

from distill_core.errors import NotFound
from distill_core.store import JobState, Store
from distill_core.store.artifacts import OWN
from distill_core.store.unchanged import MOST, unchanged
from tests.records import job_record
from tests.store.records import a_run


@pytest.fixture
def statements(store):
    """The statements that readers have sent to the database."""
    sent = []
    event.listen(store._pools.reader, "before_cursor_execute", lambda *args: sent.append(args[2]))
    return sent


def test_the_same_question_reaches_the_database_once_a_change(store, statements):
    store.add_job(job_record("a", "{}", state=JobState.FINISHED, owner=store.lab_id))
    first = store.jobs()
    count = len(statements)
    assert count
    assert [store.jobs(), store.jobs(limit=50)] == [first, first]
    assert len(statements) == 2 * count, "another question is asked apart"
    store.add_job(job_record("b", "{}", state=JobState.FINISHED, owner=store.lab_id))
    assert [job.id for job in store.jobs()] == ["b", "a"]


def test_what_another_lab_writes_is_seen_at_once(store, tmp_path):
    assert store.jobs() == []
    other = Store.open(tmp_path)
    other.add_job(job_record("a", "{}", state=JobState.QUEUED, owner=other.lab_id))
    assert [job.state for job in store.jobs()] == [JobState.QUEUED]
    other.set_job_state("a", JobState.RUNNING)
    assert store.job("a").state == JobState.RUNNING
    other.set_job_state("a", JobState.STOPPED)
    other.delete_job("a")
    other.close()
    with pytest.raises(NotFound):
        store.job("a")


def test_threads_that_write_at_once_leave_no_number_that_was_there_before(store):
    seen = []
    with ThreadPoolExecutor(8) as pool:
        for _ in range(50):
            list(pool.map(lambda _: store._pools.note_written(), range(8)))
            seen.append(store._pools.written)
    assert len(set(seen)) == 50


def test_a_run_of_a_page_looks_once_and_sees_what_its_own_process_writes(store, tmp_path):
    other = Store.open(tmp_path)
    with store.steady():
        assert store.jobs() == []
        other.add_job(job_record("a", "{}", state=JobState.FINISHED, owner=other.lab_id))
        assert store.jobs() == [], "asked already"
        assert [job.id for job in store.jobs(limit=7)] == ["a"], "not asked yet"
        store.add_job(job_record("b", "{}", state=JobState.FINISHED, owner=store.lab_id))
        assert [job.id for job in store.jobs()] == ["b", "a"]
    other.delete_job("a")
    assert [job.id for job in store.jobs()] == ["b"]
    other.close()


def test_an_answer_of_before_a_look_that_failed_is_not_kept(store, tmp_path):
    """Each connection that looks counts from the same number."""
    answers = store._unchanged
    other = Store.open(tmp_path)

    def read():
        other.add_job(job_record("a", "{}", state=JobState.FINISHED, owner=other.lab_id))
        answers.forget()
        return "old"

    assert answers.ask("key", read) == "old"
    assert answers.ask("key", lambda: "new") == "new"
    other.close()


def test_a_question_with_a_mapping_is_refused_since_its_values_would_not_count(store):
    asked = unchanged(lambda self, wanted: dict(wanted))
    with pytest.raises(TypeError, match="unhashable"):
        asked(store, {"a": 1})


def test_many_questions_give_way_to_those_that_are_asked_again(store, statements):
    def read() -> int:
        return sum(one.startswith("SELECT") for one in statements)

    store.add_job(job_record("5044aaaa", "{}", state=JobState.FINISHED, owner=store.lab_id))
    store.jobs()
    count = read()
    assert {store.job_id(f"visitor {number} #5044aaaa") for number in range(MOST)} == {"5044aaaa"}
    assert read() == count + 1, "a number is read once, however it is written"
    for number in range(MOST):
        store.jobs(limit=number + 100)
        store.jobs()
    assert read() == count + 1 + MOST
    store.jobs(limit=100)
    assert read() == count + 2 + MOST, "the oldest was dropped"


def test_a_returned_list_may_be_changed(store):
    store.add_job(job_record("a", "{}", state=JobState.FINISHED, owner=store.lab_id))
    store.jobs().clear()
    assert len(store.jobs()) == 1


def test_which_files_a_run_should_have_is_read_once_and_the_disk_is_looked_at_each_time(store, statements):
    run = a_run()
    store.save_run(run, curves=[], files=dict.fromkeys(OWN, b"1234"))
    path = store.artifact(run.id, "weights").path
    assert (store.lacking([run.id]), store.unreadable_runs()) == ({}, [])
    count = len(statements)
    path.unlink()
    assert store.lacking([run.id]) == {run.id: f"{path.name} is gone"}
    path.write_bytes(b"12345")
    assert store.lacking([run.id]) == {run.id: f"{path.name} has another size than it had"}
    assert store.unreadable_runs() == []
    assert len(statements) == count
