"""Errands: one at a time, on a thread of their own, told in snapshots, stopped at a checkpoint."""

import threading
from collections.abc import Iterator

import pytest

from distill_core.errors import InvalidSetting, NotFound, Stopped
from distill_core.jobs.background_task import BackgroundTask, TaskControl, TaskStatus

WAIT = 30


@pytest.fixture
def background_task() -> Iterator[BackgroundTask]:
    background_task = BackgroundTask("test-errand")
    yield background_task
    background_task.close(WAIT)


class Slow:
    """Work that waits to be let on, and tells when it has begun."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.thread: threading.Thread | None = None

    def __call__(self, control: TaskControl) -> None:
        self.thread = threading.current_thread()
        control.report(1, "the second step")
        self.begun.set()
        assert self.go_on.wait(WAIT)
        control.checkpoint()
        control.report(3, "")


def ended(background_task: BackgroundTask) -> TaskStatus:
    view = background_task.wait(WAIT)
    assert view is not None
    assert view.finished
    return view


def test_there_is_nothing_to_see_before_the_first(background_task: BackgroundTask) -> None:
    assert background_task.snapshot() is None
    assert background_task.wait(0) is None
    background_task.stop()


def test_it_is_told_while_it_runs_and_when_it_has_ended(background_task: BackgroundTask) -> None:
    work = Slow()
    begun = background_task.start("Measuring", 3, work)
    assert (begun.title, begun.done, begun.total, begun.finished) == ("Measuring", 0, 3, False)
    assert work.begun.wait(WAIT)
    now = background_task.snapshot()
    assert now is not None
    assert (now.step, now.done, now.finished) == ("the second step", 1, False)
    assert (now.seconds_left or 0) >= 0
    assert work.thread is not None
    assert (work.thread.name, work.thread.daemon) == ("test-errand", True)
    work.go_on.set()
    assert ended(background_task) == TaskStatus(title="Measuring", step="", done=3, total=3, finished=True)
    assert begun.done == 0  # what was handed out does not change


def test_a_second_one_is_refused_while_the_first_runs_and_may_come_after(background_task: BackgroundTask) -> None:
    work = Slow()
    background_task.start("First", 3, work)
    assert work.begun.wait(WAIT)
    with pytest.raises(InvalidSetting, match="Second: expected nothing else under way, got First; wait until it is"):
        background_task.start("Second", 1, work)
    work.go_on.set()
    assert ended(background_task).title == "First"
    background_task.start("Second", 3, work)
    assert ended(background_task).title == "Second"


def test_of_many_that_start_at_once_one_does(background_task: BackgroundTask) -> None:
    work, together, refused = Slow(), threading.Barrier(8), list[str]()

    def start() -> None:
        together.wait()
        try:
            background_task.start("One", 3, work)
        except InvalidSetting as error:
            refused.append(str(error))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    work.go_on.set()
    assert len(refused) == 7
    assert ended(background_task).error is None


def test_it_ends_at_its_next_gate_when_it_is_stopped(background_task: BackgroundTask) -> None:
    work = Slow()
    background_task.start("Measuring", 3, work)
    assert work.begun.wait(WAIT)
    background_task.stop()
    background_task.stop()
    work.go_on.set()
    view = ended(background_task)
    assert (view.done, view.stopped, view.error) == (1, True, None)
    background_task.start("Again", 3, work)
    assert ended(background_task).stopped is False


def test_one_that_was_done_before_it_saw_the_stop_is_done(background_task: BackgroundTask) -> None:
    work = Slow()
    background_task.start("Measuring", 1, work)
    assert work.begun.wait(WAIT)
    background_task.stop()
    work.go_on.set()
    assert ended(background_task).stopped is False


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (NotFound("no run 'a'"), "no run 'a'"),
        (Stopped("training did not pause within 60 s; try again"), "training did not pause within 60 s; try again"),
        (ZeroDivisionError("division by zero"), "ZeroDivisionError: division by zero"),
        (SystemExit(1), "SystemExit: 1"),
    ],
)
def test_what_goes_wrong_is_kept_and_the_next_may_start(
    background_task: BackgroundTask, error: BaseException, told: str
) -> None:
    def fail(control: TaskControl) -> None:
        raise error

    background_task.start("Measuring", 3, fail)
    view = ended(background_task)
    assert (view.error, view.stopped, view.done) == (told, False, 0)
    background_task.start("Again", 0, lambda control: None)
    assert ended(background_task).error is None


def test_closing_stops_what_runs_and_takes_nothing_more() -> None:
    background_task, work = BackgroundTask("test-errand"), Slow()
    background_task.start("Measuring", 3, work)
    assert work.begun.wait(WAIT)
    background_task.stop()
    work.go_on.set()
    for _ in range(2):
        background_task.close(WAIT)
    assert ended(background_task).stopped
    with pytest.raises(Stopped, match="the lab is closing"):
        background_task.start("Again", 1, work)


def test_closing_waits_no_longer_than_it_is_told() -> None:
    background_task, work = BackgroundTask("test-errand"), Slow()
    background_task.start("Measuring", 3, work)
    background_task.close(0.01)
    view = background_task.snapshot()
    assert view is not None
    assert not view.finished
    work.go_on.set()
    assert ended(background_task).stopped


def test_the_time_left_grows_only_where_it_is_said_to_be_longer_than_expected() -> None:
    now = [0.0]
    control = TaskControl("Testing", 10, lambda: now[0])
    told = []
    for done, at in ((1, 5.0), (2, 10.0), (3, 16.0), (4, 60.0), (5, 61.0)):
        now[0] = at
        control.report(done, "next")
        told.append(control.view.time_left)
    assert told[:3] == ["", "about 40 s left", "about 35 s left"]  # 38.5 s by the pace
    assert [text.startswith("longer than expected") for text in told] == [False, False, False, True, True]
