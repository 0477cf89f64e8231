"""The networks that students start as: what is timed on the way to them is timed with the job's own timer."""

from collections.abc import Callable
from typing import Any

import pytest

from distill_core.architectures import Blueprint, build
from distill_core.errors import Stopped
from distill_core.jobs import Aside
from distill_core.pipeline.measure import quickly
from distill_core.pipeline.starts import Starts

FORM = Blueprint(architecture="plain_cnn", classes=10, size_px=8, width=0.5)


def starts(gate: Callable[[], None], timer: Callable[..., Any]) -> Starts:
    return Starts(build(FORM), FORM, None, {}, None, gate, timer)  # type: ignore[arg-type]


def test_a_search_by_latency_times_alone() -> None:
    aside, timed = Aside(), []

    def timer(call: Callable[[], object], *, gate: Callable[[], object]) -> Any:
        # No piece of other work begins meanwhile: who would begin one stands at its gate.
        with pytest.raises(Stopped), aside.piece(stops_at_the_second_call()):
            pass
        timed.append(call)
        return quickly(call, gate=gate)

    assert starts(lambda: None, aside.timer(timer))._timed(FORM) > 0
    assert len(timed) == 1
    with aside.piece(lambda: None):
        timed.append("a piece begins again")
    assert len(timed) == 2


def stops_at_the_second_call() -> Callable[[], None]:
    calls = []

    def gate() -> None:
        calls.append(None)
        if len(calls) == 2:
            raise Stopped

    return gate
