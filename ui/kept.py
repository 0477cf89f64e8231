"""What a page computed before is not computed again while its key is the same: every movement of a widget runs a page
anew, and most of it has not changed.

Each kind of answer has a cache of its own, so that what is cheap and comes in many keys never drives out what takes
seconds; a kind without a limit here is refused.
"""

from collections.abc import Callable, Hashable, Mapping
from functools import cache
from itertools import count
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from distill_core.jobs import Lock
from ui.networks import style
from ui.text import language

__all__ = ["LIMITS", "derived", "drawing", "forget", "is_kept", "kept"]

# By how large an answer is, how long it takes, and how many keys visitors have at a time.
TABLES, CHARTS, PICTURES, SLOW, LARGE = 64, 64, 128, 64, 8
LIMITS: Mapping[str, int] = {
    # Tables of stored runs: a key changes with each run that ends.
    **dict.fromkeys(("cohort", "finished runs", "networks", "outcome", "pipeline", "comparison", "tested"), TABLES),
    **dict.fromkeys(("run", "student roles", "shipped studies", "compare table", "trials", "undefined"), TABLES),
    **dict.fromkeys(("devices", "on device", "points", "insights", "cell points", "verdicts", "findings"), TABLES),
    **dict.fromkeys(("sheet", "sheet summary", "method table", "methods", "grid", "corruption error"), TABLES),
    **dict.fromkeys(("voices", "iou", "by speaker"), TABLES),
    **dict.fromkeys(("plan", "layers", "outcome curves", "outcome insights", "copied"), TABLES),
    # Figures: two appearances, and several axes each.
    **dict.fromkeys(("pareto", "outcome chart", "curves", "cell curves", "attack", "severity", "each"), CHARTS),
    **dict.fromkeys(("under shift", "bars", "errors chart"), CHARTS),
    # What is made of a kept answer, and finished elements that show one; each holds that answer.
    **dict.fromkeys(("derived", "drawing"), 6 * CHARTS),
    # What a job that trains has told so far: another key with each point.
    "live points": LARGE,
    "live insights": LARGE,
    "live drawing": 4 * LARGE,
    # Images, a key each; the gallery of the page Robustness shows sixteen at a time.
    **dict.fromkeys(("seen image", "graph image", "demonstration", "shelf", "first", "scene", "calibration"), PICTURES),
    **dict.fromkeys(("corrupted", "gallery", "image said"), PICTURES),
    "gallery answers": 4 * PICTURES,
    # What torch or a search takes seconds for.
    **dict.fromkeys(("portrait", "attention maps", "similar", "fitted", "sureness", "law", "law at"), SLOW),
    **dict.fromkeys(("gradient extent", "mixture", "mixture top"), SLOW),
    # The logits of a scene.
    "pixels": LARGE,
    # Large, and with another key at each measurement, as while thirty phones measure.
    **dict.fromkeys(("timings", "numbers", "answerers"), LARGE),
}


def kept(key: tuple[Hashable, ...], build: Callable[[], Any]) -> Any:
    """What ``build`` answered for this key, for all visitors: it must not be changed. Of thirty who ask at once one
    builds it and the others wait.

    The key begins with the kind of answer, one of ``LIMITS``, and holds all that the answer depends on but the
    language; for what is stored that is ``Reports.results_version``.
    """
    return _cache(str(key[0])).ask((language.current(), *key[1:]), build)


def is_kept(key: tuple[Hashable, ...]) -> bool:
    """Whether ``kept`` has an answer for this key already."""
    return _cache(str(key[0])).has((language.current(), *key[1:]))


def derived(of: object, name: str, build: Callable[[], Any], *more: Hashable) -> Any:
    """What ``build`` makes of a kept answer, kept too: ``of`` is that answer, the same object for all visitors, and
    ``name`` and ``more`` say all else that it depends on."""
    # The number is that of no other object, since what is kept holds this one.
    return kept(("derived", id(of), name, *more), lambda: (build(), of))[0]


def drawing(of: object, name: str, draw: Callable[[], object], *more: Hashable, live: bool = False) -> None:
    """Draw what a kept answer looks like: the first visitor draws it, all others are handed the finished elements.
    ``live``: of a job that trains, whose next drawing soon takes its place, and no other's.

    Nothing inside may be a widget. ``of`` is that answer, the same object for all; with ``name`` and ``more``, the page
    and whether it is dark it has to say all that the drawing depends on.
    """
    context = get_script_run_ctx()
    page = context.page_script_hash if context else ""
    kind = "live drawing" if live else "drawing"
    number, _ = kept((kind, id(of), name, page, style.dark(), *more), lambda: (next(_NUMBERS), of))
    _drawn(kind)(number, draw)


def forget(kind: str = "") -> None:
    """Nothing of a kind is kept any longer; without one nothing at all."""
    for one in (kind,) if kind else LIMITS:
        _cache(one).forget()


class _Answers:
    """The answers of one kind, at most so many: those that were asked for last."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._answers: dict[tuple[Hashable, ...], Any] = {}
        self._building: dict[tuple[Hashable, ...], Any] = {}

    def ask(self, key: tuple[Hashable, ...], build: Callable[[], Any]) -> Any:
        with self._lock:
            if key in self._answers:
                return self._newest(key)
            building = self._building.setdefault(key, Lock())
        with building:
            with self._lock:
                if key in self._answers:
                    return self._newest(key)
            try:
                answer = build()
                with self._lock:
                    self._answers[key] = answer
                    if len(self._answers) > self._most:
                        del self._answers[next(iter(self._answers))]
            finally:
                with self._lock:
                    self._building.pop(key, None)
        return answer

    def has(self, key: tuple[Hashable, ...]) -> bool:
        with self._lock:
            return key in self._answers

    def _newest(self, key: tuple[Hashable, ...]) -> Any:
        answer = self._answers[key] = self._answers.pop(key)
        return answer

    def forget(self) -> None:
        with self._lock:
            self._answers.clear()


# Streamlit's own cache looks through each part of a key: 0.15 ms a question, where a page asks dozens.
@cache
def _cache(kind: str) -> _Answers:
    return _Answers(LIMITS[kind])


@cache
def _drawn(kind: str) -> Callable[[int, Callable[[], object]], None]:
    """Streamlit's cache hands out the elements that were drawn under a number."""

    def build(number: int, _draw: Callable[[], object]) -> None:
        _draw()

    # Streamlit tells caches apart by the name of their function.
    build.__qualname__ = f"kept: {kind}"
    return st.cache_resource(max_entries=LIMITS[kind], show_spinner=False)(build)


_NUMBERS = count()
