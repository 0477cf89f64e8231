"""A line that repeats fills no log, and another one is still written."""

import logging
from collections.abc import Iterator

import pytest

from ui.server.logs import MOST_A_MINUTE, WINDOW_SECONDS, Repeats, quieten
from ui.shell import trouble

UNEXPECTED = trouble.unexpected  # before the fixture of every test takes its place
FAULTS = [type(f"Fault{number}", (Exception,), {}) for number in range(2 * MOST_A_MINUTE)]


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """What a handler writes of the logger ``busy``, by a clock that stands."""
    written: list[str] = []
    logger, handler = logging.getLogger("busy"), logging.Handler()
    handler.emit = lambda record: written.append(record.getMessage())  # type: ignore[method-assign]
    handler.addFilter(Repeats(lambda: NOW[0]))
    logger.addHandler(handler)
    logger.propagate = False
    NOW[0] = 0.0
    yield written
    logger.removeHandler(handler)


NOW = [0.0]


def refuse(times: int) -> None:
    for number in range(times):
        logging.getLogger("busy").error("too many open files: visitor %d", number)


def test_a_line_that_repeats_is_written_a_few_times_and_then_counted(lines: list[str]) -> None:
    refuse(77_827)
    assert len(lines) == MOST_A_MINUTE
    logging.getLogger("busy").error("the disk is full")
    assert lines[-1] == "the disk is full"
    NOW[0] = WINDOW_SECONDS
    refuse(1)
    assert lines[-1] == "too many open files: visitor 0 (and 77,817 times more before)"


def test_faults_that_have_only_their_text_in_common_are_all_written(lines: list[str]) -> None:
    for number in range(2 * MOST_A_MINUTE):
        logging.getLogger("busy").error("%s", f"fault {number}")
    assert len(lines) == 2 * MOST_A_MINUTE


def test_every_handler_that_writes_leaves_repetitions_out(monkeypatch: pytest.MonkeyPatch) -> None:
    handler, logger = logging.Handler(), logging.Logger("streamlit.some.part")
    logger.addHandler(handler)
    monkeypatch.setattr(logging.root.manager, "loggerDict", {logger.name: logger})
    monkeypatch.setattr(logging.root, "handlers", [])  # those of this test run stay as they are
    monkeypatch.setattr(logging, "lastResort", None)
    quieten()
    quieten()
    assert [type(one) for one in handler.filters] == [Repeats]


def test_each_fault_that_a_visitor_is_referred_to_stands_in_the_log(lines: list[str]) -> None:
    busy = logging.getLogger("busy")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(trouble, "LOG", busy)
        patched.setattr(trouble, "_told", {})
        told = [UNEXPECTED(kind("broke")) for kind in FAULTS]
    references = [sentence.split()[-1].rstrip(".") for sentence in told]
    assert len(set(references)) == len(FAULTS) > MOST_A_MINUTE
    assert [line.split()[-1] for line in lines] == references
