"""What makes an expected time unsure, in words."""

from types import SimpleNamespace

import pytest

from ui.expected import load


@pytest.mark.parametrize("busy", [None, 0.0, 0.2])
def test_an_idle_machine_is_not_spoken_of(busy: float | None) -> None:
    assert load(SimpleNamespace(busy=busy)) == ""  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("busy", "told"),
    [(0.5, ("50 %", "at least 2.0 times")), (0.75, ("75 %", "at least 4.0 times")), (0.95, ("95 %", "many times"))],
)
def test_what_others_use_makes_it_longer(busy: float, told: tuple[str, ...]) -> None:
    assert all(part in load(SimpleNamespace(busy=busy)) for part in told)  # type: ignore[arg-type]
