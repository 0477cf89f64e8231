"""The networks that students start as: what is timed on the way to them is timed with the job's own timer."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from distill_core.deployment.latency import Timing
from distill_core.deployment.server_measurement import quickly
from distill_core.errors import Stopped
from distill_core.execution.initial_networks import InitialNetworks
from distill_core.jobs.measurement_lock import MeasurementLock
from distill_core.networks import Blueprint, build
from tests.quick import QUICK_TIMER

FORM = Blueprint.for_images(architecture="plain_cnn", classes=10, size_px=8, width=0.5)


def starts(checkpoint: Callable[[], None], timer: Callable[..., Any]) -> InitialNetworks:
    context: Any = SimpleNamespace(checkpoint=checkpoint, quick=timer)
    return InitialNetworks(build(FORM), FORM, None, None, {}, context)  # type: ignore[arg-type]


def test_a_search_by_latency_times_alone() -> None:
    measurement_lock, timed = MeasurementLock(), []

    def timer(call: Callable[[], object], *, checkpoint: Callable[[], object]) -> Any:
        # No piece of other work begins meanwhile: who would begin one stands at its checkpoint.
        with pytest.raises(Stopped), measurement_lock.shared(stops_at_the_second_call()):
            pass
        timed.append(call)
        return quickly(call, checkpoint=checkpoint)

    assert starts(lambda: None, measurement_lock.exclusive(timer))._timed(FORM) > 0
    assert timed
    with measurement_lock.shared(lambda: None):
        timed.append("a piece begins again")
    assert timed[-1] == "a piece begins again"


def test_a_search_by_latency_takes_the_least_of_what_other_programs_disturbed() -> None:
    taken = iter([(9.0, "other programs"), (7.0, "other programs"), (8.0, "other programs"), (5.0, "other programs")])
    quiet = iter([(9.0, "other programs"), (4.0, ""), (1.0, "")])

    def timer(of: Iterator[tuple[float, str]]) -> Callable[..., tuple[Timing, ...]]:
        def timed(call: Callable[[], object], *, checkpoint: Callable[[], object]) -> tuple[Timing, ...]:
            p50_ms, disturbed = next(of)
            return tuple(
                replace(one, p50_ms=p50_ms, disturbed=disturbed) for one in QUICK_TIMER(call, checkpoint=checkpoint)
            )

        return timed

    assert starts(lambda: None, timer(taken))._timed(FORM) == 7.0
    assert starts(lambda: None, timer(quiet))._timed(FORM) == 4.0


def stops_at_the_second_call() -> Callable[[], None]:
    calls = []

    def checkpoint() -> None:
        calls.append(None)
        if len(calls) == 2:
            raise Stopped

    return checkpoint
