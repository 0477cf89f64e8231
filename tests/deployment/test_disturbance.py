"""What tells that something else used the machine while a latency was taken: literal samples and literal clocks."""

import itertools

import pytest

from distill_core.deployment.disturbance import disturbance, load_during
from distill_core.deployment.latency import measure
from distill_core.jobs.system_load import ProcessorTimes

QUIET = [1.4, 1.41, 1.39, 1.42, 1.4] * 40
# As on a machine that trains something else: p50 1.4, p95 25.8 ms.
CROWDED = [25.8 if place % 16 == 0 else 1.4 for place in range(200)]


@pytest.mark.parametrize(
    ("samples_ms", "reason"),
    [
        (QUIET, ""),
        (CROWDED, "1 of 20 runs took 18.4 times as long as the middle one"),
        ([*[1.0] * 100, *[1.5] * 100], "the second half took 1.5 times as long as the other"),
        ([*[1.5] * 100, *[1.0] * 100], "the first half took 1.5 times as long as the other"),
        ([0.01] * 180 + [0.025] * 20, ""),  # a timer's interrupt
        ([1.0, 30.0], None),  # two samples have no tail
        ([1.0, 30.0] * 9, None),
    ],
)
def test_samples_tell_of_a_disturbance(samples_ms: list[float], reason: str | None) -> None:
    assert disturbance(samples_ms) == reason


def test_a_coarse_clock_is_no_disturbance() -> None:
    samples_ms = [0.1] * 150 + [0.2] * 50
    assert disturbance(samples_ms) != ""
    assert disturbance(samples_ms, clock_ms=0.1) == ""


@pytest.mark.parametrize(
    ("lost", "reason"),
    [(None, ""), (0.02, ""), (0.5, "something else had its processor 50 % of the time")],
)
def test_what_had_the_processor_between_even_samples_tells_of_a_disturbance(lost: float | None, reason: str) -> None:
    assert disturbance(QUIET, lost=lost) == reason
    assert disturbance([1.0] * 3, lost=lost) == (None if lost is None else reason)


@pytest.mark.parametrize(
    ("spent", "reason"),
    [
        ({"all_programs": 2.0, "own": 2.0}, ""),
        ({"all_programs": 4.0, "own": 2.0}, "other programs used 50 % of the processors"),
        ({"all_programs": 2.3, "own": 2.0, "stolen": 0.3}, "the host took 8 % of the processors"),
        ({"all_programs": 2.0, "own": 2.0, "switches": 100}, "it had to leave its processor 50 times a second"),
        ({"all_programs": 2.0, "own": 2.0, "switches": 9}, ""),
    ],
)
def test_the_machines_clocks_tell_of_a_disturbance(spent: dict[str, float], reason: str) -> None:
    before = ProcessorTimes(clock=0.0, all_programs=0.0, own=0.0, switches=0)
    after = ProcessorTimes(**{"clock": 2.0, "switches": 0, **spent})  # type: ignore[arg-type]
    assert disturbance(QUIET, load_during(before, after, processors=2, runs=200)) == reason


def test_what_runs_on_other_processors_of_many_disturbs_less() -> None:
    before, after = (
        ProcessorTimes(clock=0.0, all_programs=0.0, own=0.0),
        ProcessorTimes(clock=2.0, all_programs=12.0, own=2.0),
    )
    assert disturbance(QUIET, load_during(before, after, processors=16, runs=200)) == ""
    assert disturbance(QUIET, load_during(before, after, processors=6, runs=200)).startswith("other programs used 83 %")


def test_what_a_round_had_to_leave_counts_against_all_its_runs() -> None:
    """Thirty times a second in ten seconds, among five networks of a millisecond each: 3 of 100 runs."""
    now, moments = (
        [0.0],
        iter([ProcessorTimes(clock=at, all_programs=at, own=at, switches=int(30 * at)) for at in (0.0, 10.0)]),
    )

    def call() -> None:
        now[0] += 0.001

    round_of_five = measure(*[call] * 5, clock=lambda: now[0], counters=lambda: next(moments))
    assert {one.disturbed for one in round_of_five} == {""}


def test_what_is_too_short_or_not_told_says_nothing() -> None:
    moment = ProcessorTimes(clock=0.0, all_programs=0.0, own=0.0)
    assert load_during(moment, ProcessorTimes(clock=0.1, all_programs=9.0, own=0.0), 2, 1) is None
    assert load_during(None, moment, 2, 1) is None
    assert disturbance(QUIET, None) == ""


def test_a_measurement_tells_what_the_machine_did_meanwhile() -> None:
    now, first = [0.0], ProcessorTimes(clock=0.0, all_programs=0.0, own=0.0)
    moments = iter([first, ProcessorTimes(clock=2.0, all_programs=400.0, own=2.0)])

    def call() -> None:
        now[0] += 0.01

    (timing,) = measure(call, clock=lambda: now[0], counters=lambda: next(moments))
    assert timing.disturbed == "other programs used 100 % of the processors"


def test_the_calls_of_a_round_take_turns() -> None:
    """Halfway through everything begins to take twice as long: it does so for both, whoever was first."""
    now, came = [0.0], list[str]()

    def call(name: str, seconds: float) -> None:
        came.append(name)
        now[0] += seconds * (1 if len(came) < 220 else 2)

    first, second = measure(
        lambda: call("a", 0.25),
        lambda: call("b", 0.5),
        warmup_runs=0,
        runs=200,
        clock=lambda: now[0],
        counters=lambda: None,
    )
    assert (first.runs, second.runs) == (200, 200)
    assert second.mean_ms / first.mean_ms == pytest.approx(2.0, rel=0.05)
    assert [name for name, _ in itertools.groupby(came[4:])] == ["a", "b"] * 8
