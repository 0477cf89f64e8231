"""How far a job is, by literal series of what its stages tell and of a clock."""

from collections.abc import Sequence

import pytest

from distill_core.events import Event, Progress
from distill_core.planning.progress import GETTING_READY, LOADING, MEASURING, JobProgress

TRAINING, EVALUATING = "Training", "Evaluating and exporting"
WORK = {LOADING: 4.0, GETTING_READY: 2.0, TRAINING: 20.0, EVALUATING: 4.0, MEASURING: 10.0}
# A stage, what is done of how much, and the second at which that is told.
Told = tuple[str, int, int, float]
QUIET: list[Told] = [
    *[(LOADING, 0, 1, 0), (GETTING_READY, 0, 1, 4), (TRAINING, 0, 1, 6)],
    *[(TRAINING, update, 20, 6 + update) for update in range(1, 21)],
    *[(EVALUATING, 0, 1, 26), (EVALUATING, 0, 2, 26), (EVALUATING, 1, 2, 28), (MEASURING, 0, 1, 30)],
]
# The first update takes 30 s, and all that is worked out takes ten times as long as the plan says.
CROWDED: list[Told] = [
    *[(LOADING, 0, 1, 0), (GETTING_READY, 0, 1, 12), (TRAINING, 0, 1, 32)],
    *[(TRAINING, update, 20, 52 + 10 * update) for update in range(1, 21)],
    *[(EVALUATING, 0, 1, 252), (EVALUATING, 1, 2, 272), (MEASURING, 0, 1, 292)],
]


def heard(told: Sequence[Told], work: dict[str, float] = WORK) -> list[Progress]:
    now, events = [0.0], list[Event]()
    stages = JobProgress(work, events.append, lambda: now[0])
    inside = None
    for name, done, total, at in told:
        now[0] = at
        if inside is None or inside[0] != name:
            if inside is not None:
                inside[1].__exit__(None, None, None)
            entered = stages.stage(name)
            inside = name, entered, entered.__enter__()
        else:
            inside[2](done, total)
    return [event for event in events if isinstance(event, Progress)]


@pytest.mark.parametrize("told", [QUIET, CROWDED])
def test_the_bar_counts_work_and_never_falls(told: list[Told]) -> None:
    progress = heard(told)
    fractions = [event.fraction for event in progress]
    assert fractions == sorted(fractions)
    halfway = next(event for event in progress if (event.stage, event.done) == (TRAINING, 10))
    assert halfway.fraction == pytest.approx(16 / 40)  # whatever the clock says


def test_a_job_that_goes_as_planned_counts_down_with_the_clock() -> None:
    progress = heard(QUIET)
    for event, (_, _, _, at) in zip(progress, QUIET, strict=True):
        assert event.seconds_left == pytest.approx(40 - at)
        assert not event.late


def test_what_takes_ten_times_as_long_is_told_once_and_comes_nearer_from_then_on() -> None:
    progress = heard(CROWDED)
    late = [event.late for event in progress]
    assert late == sorted(late)
    assert late[-1]
    left = [(at, event.seconds_left or 0.0) for event, (_, _, _, at) in zip(progress, CROWDED, strict=True)]
    # From the third update on the pace is known: 10 s an update, then 40 s and 10 s that are set.
    for at, seconds in left[5:-1]:
        assert abs(seconds - (302 - at)) <= 5 + 0.25 * (302 - at)
    assert left[-1][1] == pytest.approx(10, abs=5)


def test_the_first_update_tells_nothing_of_the_others() -> None:
    """It takes 100 s, in which kernels are prepared; each of the others takes one."""
    told: list[Told] = [(TRAINING, 0, 1, 0), *[(TRAINING, update, 20, 99 + update) for update in range(1, 21)]]
    progress = heard(told, {TRAINING: 20.0})
    assert all((event.seconds_left or 0) < 150 for event in progress)
    assert (progress[3].seconds_left or 0) < 80
    assert (progress[-2].seconds_left or 0) == pytest.approx(1, abs=2)


def test_steps_that_begin_anew_within_a_stage_do_not_bring_the_bar_back() -> None:
    told: list[Told] = [(LOADING, 0, 1, 0), (LOADING, 3, 4, 1), (LOADING, 0, 1, 2), (LOADING, 1, 4, 3)]
    fractions = [event.fraction for event in heard(told)]
    assert fractions == sorted(fractions)


def test_a_download_says_nothing_of_how_fast_this_machine_trains() -> None:
    progress = heard([(LOADING, 0, 1, 0), (LOADING, 1, 2, 300), (GETTING_READY, 0, 1, 600), (TRAINING, 0, 1, 602)])
    assert progress[-1].seconds_left == pytest.approx(34, rel=0.1)


def test_the_end_of_the_last_stage_is_told() -> None:
    events: list[Event] = []
    stages = JobProgress({LOADING: 1.0, MEASURING: 9.0}, events.append)
    for name in (LOADING, MEASURING):
        with stages.stage(name) as step:
            step(0, 4)
    assert [event.fraction for event in events if isinstance(event, Progress)] == [0.0, 0.0, 0.1, 0.1, 1.0]


def test_without_any_work_there_is_none_left() -> None:
    (event,) = heard([(MEASURING, 0, 1, 0)], {})
    assert (event.fraction, event.seconds_left, event.late) == (0.0, 0.0, False)
