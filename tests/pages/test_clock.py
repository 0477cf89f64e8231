"""Every page draws while an experiment runs whose start is still to come, as after the clock was set back."""

from datetime import timedelta

import pytest

from distill_core import clock
from distill_core.store import JobState


@pytest.mark.parametrize("name", ["home", "train", "compare"])
def test_a_start_that_is_still_to_come_is_no_progress(name, trained, filed, screen):
    start = clock.now() + timedelta(hours=30)
    filed("a1", JobState.RUNNING, started_at=start, expected_seconds=1_000_000.0)
    drawn = screen(name, **({"train_show": "Watch", "job": "job a1 #a1"} if name == "train" else {}))
    assert not drawn.exception
    assert drawn.title
    assert {part.value for part in drawn.get("progress")} == {0}
