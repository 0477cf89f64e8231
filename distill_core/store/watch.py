"""Detects silent labs from their heartbeat counters, by the observer's own clock."""

import time
from collections.abc import Callable
from dataclasses import dataclass

BEAT_SECONDS = 10.0
SILENT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class _Observation:
    beats: int
    at: float
    unchanged_seconds: float


class Watch:
    """The heartbeat counters of other labs as this lab observed them. Wall clocks are not used: they may be set."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[str, _Observation] = {}

    def is_silent(self, lab_id: str, beats: int) -> bool:
        """Whether this counter stood still for 60 s of observation.

        A gap between observations counts as two beats at most: a machine that slept must not find all labs dead.
        """
        now, before = self._clock(), self._seen.get(lab_id)
        if before is None or before.beats != beats:
            self._seen[lab_id] = _Observation(beats, now, 0.0)
            return False
        unchanged = before.unchanged_seconds + min(now - before.at, 2 * BEAT_SECONDS)
        self._seen[lab_id] = _Observation(beats, now, unchanged)
        return unchanged >= SILENT_SECONDS

    def forget(self, lab_id: str) -> None:
        self._seen.pop(lab_id, None)
