"""A visitor's own voice stands in no list of another visitor, on any page."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ui.jobs import own_voices, pick

ROOT = Path(__file__).resolve().parents[2]
VOICE, DIGITS = "spoken_digits_own_20_" + 32 * "0", "digits"


class Lab:
    """Answers as ``Lab.jobs``."""

    def __init__(self, *tasks: str) -> None:
        self.tasks, self.asked = tasks, list[Any]()

    def jobs(self, limit: int, fits: Any = None) -> tuple[Any, ...]:
        self.asked.append(fits)
        jobs = [SimpleNamespace(experiment=SimpleNamespace(task=task)) for task in self.tasks]
        return tuple(job for job in jobs if fits is None or fits(job.experiment))[:limit]


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    state: dict[str, Any] = {}
    monkeypatch.setattr(own_voices, "st", SimpleNamespace(session_state=state))
    return state


def listed(lab: Lab, limit: int = 2) -> list[str]:
    return [job.experiment.task for job in pick.latest(lab, limit)]  # type: ignore[arg-type]


def test_a_list_offers_a_voice_to_who_recorded_it_alone() -> None:
    lab = Lab(VOICE, DIGITS, DIGITS)
    assert listed(lab) == [DIGITS, DIGITS]
    pick.mine(VOICE)
    assert listed(lab) == [VOICE, DIGITS]


def test_specifications_are_read_one_by_one_only_where_there_is_a_voice_of_another() -> None:
    lab = Lab(DIGITS, DIGITS)
    assert listed(lab) == [DIGITS, DIGITS]
    assert lab.asked == [None]


def test_what_a_search_fits_is_seen_too() -> None:
    fits = own_voices.seen(lambda experiment: experiment.task != "mnist")
    assert [fits(SimpleNamespace(task=task)) for task in (VOICE, DIGITS, "mnist")] == [False, True, False]  # type: ignore[arg-type]


def test_no_page_lists_experiments_past_it() -> None:
    files = [path for room in ("ui", "pages") for path in sorted((ROOT / room).rglob("*.py"))]
    past = {path.relative_to(ROOT).as_posix() for path in files if re.search(r"\blab\.jobs\(", path.read_text())}
    # The dialog, whose search fits what may be seen; and whether anything but the example is there.
    assert past == {"ui/jobs/find.py", "ui/jobs/first.py", "ui/jobs/own_voices.py"}
