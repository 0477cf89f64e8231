"""What other programs disturbed is measured again while it is quiet, in its round, a few times at most."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from distill_core.deployment.eager import EAGER
from distill_core.deployment.latency import Timing
from distill_core.deployment.remeasuring import MOST_TRIES, NEXT_TRY_SECONDS, QUIET, Remeasuring
from distill_core.deployment.rounds import LatencyRounds, is_round
from distill_core.deployment.server_measurement import ensure_measured, latency_tasks, measure_runs, run_latency_task
from distill_core.errors import Stopped, StorageFailed
from distill_core.jobs.system_load import OtherProgramsLoad, ProcessorTimes
from distill_core.machine import device_name
from distill_core.store import Measurement, RunRecord, Store
from tests.quick import QUICK_TIMER

DISTURBED = "other programs used 90% of the processors"


def timer(*calls: Callable[[], object], checkpoint: Any) -> tuple[Timing, ...]:
    return tuple(replace(one, disturbed=DISTURBED) for one in QUICK_TIMER(*calls, checkpoint=checkpoint))


@pytest.fixture
def store(trained: Path, tmp_path: Path) -> Iterator[Store]:
    """A store with the runs of a small comparison, and nothing that was measured."""
    there, fresh = Store.open(trained), Store.open(tmp_path / "fresh")
    for linked in there.runs():
        fresh.save_run(linked.run, curves=[], files={"onnx": there.read_artifact(linked.run.id, "onnx")})
    there.close()
    yield fresh
    fresh.close()


@pytest.fixture
def runs(store: Store, trained: Path) -> list[RunRecord]:
    there = Store.open(trained)
    found = {linked.run.scores["graph"]: linked.run for linked in there.runs()}
    there.close()
    assert len(found) == 2  # the teacher's, and that of all students
    return list(found.values())


def of(store: Store, runs: list[RunRecord]) -> dict[str, Measurement]:
    return LatencyRounds(store.measurements()).of([run.scores["graph"] for run in runs])


def ignore(done: int, total: int) -> None: ...


def test_a_job_measures_its_networks_in_one_round_once(store: Store, runs: list[RunRecord]) -> None:
    ensure_measured(runs[:1], store, lambda: None, ignore, QUICK_TIMER)
    alone = of(store, runs[:1])
    assert is_round(alone)
    ensure_measured(runs, store, lambda: None, ignore, QUICK_TIMER)
    together = of(store, runs)
    assert is_round(together)
    assert of(store, runs[:1]) != alone  # the newest round that has it
    before = len(store.measurements())
    ensure_measured(runs, store, lambda: None, ignore, QUICK_TIMER)
    assert len(store.measurements()) == before


def test_a_round_tells_how_far_it_is(store: Store, runs: list[RunRecord]) -> None:
    told: list[tuple[int, int]] = []
    seconds = map(float, count())
    ensure_measured(
        runs, store, lambda: None, lambda *step: told.append(step), QUICK_TIMER, monotonic=lambda: next(seconds)
    )
    (total,) = {total for _, total in told}
    assert [done for done, _ in told] == list(range(total))


def test_the_round_of_a_job_outlives_a_later_one_of_some_of_its_networks(store: Store, runs: list[RunRecord]) -> None:
    measure_runs(runs, store, lambda: None, QUICK_TIMER)
    together = of(store, runs)
    measure_runs(runs[:1], store, lambda: None, QUICK_TIMER)
    assert of(store, runs) == together
    measure_runs(runs, store, lambda: None, timer)
    assert of(store, runs) == together  # a disturbed one takes nobody's place


def test_what_was_measured_before_anybody_looked_is_unknown_and_no_round(store: Store, runs: list[RunRecord]) -> None:
    measured = measure_runs(runs, store, lambda: None, QUICK_TIMER)
    old = [replace(one, disturbed=None, round_id=None) for one in measured]
    assert not is_round({one.graph: one for one in old})


def test_a_disturbed_round_is_measured_again_once_it_is_quiet(store: Store, runs: list[RunRecord]) -> None:
    ensure_measured(runs, store, lambda: None, ignore, timer)
    assert {one.disturbed for one in of(store, runs).values()} == {DISTURBED}
    remeasuring = Remeasuring()
    before = len(store.measurements())
    assert remeasuring(store, lambda: None, QUICK_TIMER, lambda: 0.5) == NEXT_TRY_SECONDS
    assert len(store.measurements()) == before  # others are at work
    assert remeasuring(store, lambda: None, QUICK_TIMER, lambda: 0.0) == NEXT_TRY_SECONDS
    assert is_round(of(store, runs))
    assert remeasuring(store, lambda: None, QUICK_TIMER, lambda: 0.0) is None


def test_it_is_tried_a_few_times_only(store: Store, runs: list[RunRecord]) -> None:
    ensure_measured(runs, store, lambda: None, ignore, timer)
    remeasuring = Remeasuring()
    for _ in range(MOST_TRIES):
        assert remeasuring(store, lambda: None, timer, lambda: None) == NEXT_TRY_SECONDS
    before = len(store.measurements())
    assert remeasuring(store, lambda: None, timer, lambda: None) is None
    assert len(store.measurements()) == before


def test_it_ends_at_once_where_something_is_to_be_done(store: Store, runs: list[RunRecord]) -> None:
    def busy() -> None:
        raise Stopped("there is something to do")

    ensure_measured(runs, store, lambda: None, ignore, timer)
    before = len(store.measurements())
    with pytest.raises(Stopped):
        Remeasuring()(store, busy, QUICK_TIMER, lambda: None)
    assert len(store.measurements()) == before


def test_between_two_looks_the_load_of_others_is_not_forgotten() -> None:
    """Where nobody opens a page, only the worker asks for it: after so many seconds, and what its own look takes."""
    moments = iter(
        [
            ProcessorTimes(clock=0.0, all_programs=0.0, own=0.0),
            ProcessorTimes(clock=NEXT_TRY_SECONDS + 5, all_programs=60.0, own=0.0),
        ]
    )
    share = OtherProgramsLoad(lambda: next(moments), processors=2).share()
    assert share is not None
    assert share > QUIET


def test_the_latency_that_is_compared_is_measured_again_whatever_else_its_round_measured(
    store: Store, runs: list[RunRecord]
) -> None:
    """As on the Benchmark page, where a round has several numbers of images and threads."""
    for step in latency_tasks(runs, batch_sizes=(1, 32), backends=("onnxruntime",)):
        compared = (step.threads, step.batch_size) == (1, 1)
        run_latency_task(step, store, lambda: None, timer if compared else QUICK_TIMER, round_id="a" * 32)
    assert {one.disturbed for one in of(store, runs).values()} == {DISTURBED}
    Remeasuring()(store, lambda: None, QUICK_TIMER, lambda: 0.0)
    assert is_round(of(store, runs))


def test_what_others_disturbed_of_torch_is_measured_again_too(
    store: Store, runs: list[RunRecord], trained: Path
) -> None:
    there = Store.open(trained)
    for run in runs:
        store.add_artifact(run.id, "weights", there.read_artifact(run.id, "weights"))
    there.close()
    (step,) = (one for one in latency_tasks(runs[:1], (1,), backends=(EAGER,)) if one.threads == 1)
    run_latency_task(step, store, lambda: None, timer)
    Remeasuring()(store, lambda: None, QUICK_TIMER, lambda: 0.0)
    assert [(one.provider, one.disturbed) for one in store.measurements()] == [(EAGER, DISTURBED), (EAGER, "")]


def test_a_run_that_cannot_be_measured_does_not_prevent_others(
    store: Store, runs: list[RunRecord], caplog: pytest.LogCaptureFixture
) -> None:
    came: list[int] = []

    def full_at_first(*calls: Callable[[], object], checkpoint: Any) -> tuple[Timing, ...]:
        came.append(len(calls))
        if len(came) == 1:
            raise StorageFailed("the disk is full")
        return QUICK_TIMER(*calls, checkpoint=checkpoint)

    for run in runs:
        measure_runs([run], store, lambda: None, timer)
    remeasuring = Remeasuring()
    remeasuring(store, lambda: None, full_at_first, lambda: 0.0)
    assert sorted(one.disturbed or "" for one in of(store, runs).values()) == ["", DISTURBED]
    assert "could not be measured again: the disk is full" in caplog.text
    remeasuring(store, lambda: None, full_at_first, lambda: 0.0)
    assert {one.disturbed for one in of(store, runs).values()} == {""}


def test_of_all_that_was_measured_only_what_was_disturbed_is_read(store: Store, runs: list[RunRecord]) -> None:
    """A home may hold ten thousand runs; whoever looks at a page meanwhile waits for what the worker reads."""
    device = device_name()
    measure_runs(runs, store, lambda: None, QUICK_TIMER)
    assert store.disturbed_graphs(device) == []
    quiet, disturbed = runs
    measure_runs([disturbed], store, lambda: None, timer)
    assert store.disturbed_graphs(device) == [disturbed.scores["graph"]]
    assert store.disturbed_graphs("another machine") == []
    (one,) = measure_runs([quiet], store, lambda: None, QUICK_TIMER)
    beside = replace(one, id=None, graph="f" * 64, disturbed=DISTURBED)
    store.add_measurements([beside])
    assert store.disturbed_graphs(device) == sorted(["f" * 64, *(run.scores["graph"] for run in runs)])
