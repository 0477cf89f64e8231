"""The log stays readable where one thing goes wrong again and again: a line that repeats is written a few times a
minute, then counted."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Repeats", "quieten"]

MOST_A_MINUTE = 10
WINDOW_SECONDS = 60.0
MOST_KEPT = 1000
# Where Streamlit reads what browsers send.
FOREIGN = "streamlit.web.server.starlette.starlette_websocket"


@dataclass(slots=True)
class _Seen:
    since: float
    times: int = 0


class Repeats(logging.Filter):
    """Passes MOST_A_MINUTE records a minute of the same logger, level, text and place; the next that passes says how
    many were left out. Records that differ in their arguments alone are the same, unless those are all they say."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._seen: dict[tuple[object, ...], _Seen] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage() if record.msg == "%s" else str(record.msg)
        key = (record.name, record.levelno, text[:200], record.pathname, record.lineno)
        now = self._clock()
        seen = self._seen.get(key)
        if seen is None or now - seen.since >= WINDOW_SECONDS:
            left_out = seen.times - MOST_A_MINUTE if seen else 0
            if len(self._seen) >= MOST_KEPT:
                self._seen.clear()
            seen = self._seen[key] = _Seen(now)
            if left_out > 0:
                record.msg, record.args = f"{record.getMessage()} (and {left_out:,} times more before)", None
        seen.times += 1
        return seen.times <= MOST_A_MINUTE


def _brief(record: logging.LogRecord) -> bool:
    """What a stranger sent that is no message is no fault of the lab: a line, without a traceback."""
    if record.levelno == logging.WARNING:
        record.exc_info = None
    return True


def quieten() -> None:
    """Every handler that is set up by now leaves repetitions out; twice is fine. Streamlit's loggers have one each."""
    loggers = [
        logging.root,
        *(logger for logger in logging.root.manager.loggerDict.values() if isinstance(logger, logging.Logger)),
    ]
    handlers = {handler for logger in loggers for handler in logger.handlers}
    handlers |= {logging.lastResort} if logging.lastResort else set()
    logging.getLogger(FOREIGN).addFilter(_brief)
    for handler in handlers:
        if not any(isinstance(known, Repeats) for known in handler.filters):
            handler.addFilter(Repeats())
