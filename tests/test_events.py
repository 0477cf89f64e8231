import json

import pytest

from distill_core.errors import said
from distill_core.events import (
    GradientPoint,
    Progress,
    RunFailed,
    RunFinished,
    RunStarted,
    TrainPoint,
    ValidPoint,
    of_json,
    to_json,
)

EVENTS = [
    Progress("Training", 3, 10, seconds_left=4.5, fraction=0.25, late=True, reported_at=12.5),
    RunStarted("KD/0", "KD", 0),
    TrainPoint("KD/0", 7, 1.5, {"hard": 1.0, "soft": 0.5}),
    GradientPoint("KD/0", 7, {"cosine": -0.5}),
    ValidPoint("KD/0", 7, 0.75, "mean_iou"),
    RunFinished("KD/0", 0.5),
    RunFailed("KD/0", "the loss is not a number"),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_comes_back_as_it_was(event):
    back = of_json(json.loads(json.dumps(to_json(event))))
    assert back == event
    assert getattr(back, "reported_at", None) == getattr(event, "reported_at", None)


@pytest.mark.parametrize("values", [{}, {"kind": "Nonsense"}, {"kind": "RunFailed"}, {"kind": "RunFailed", "x": 1}])
def test_anything_else_is_refused(values):
    with pytest.raises((LookupError, TypeError)):
        of_json(values)


def test_a_text_of_the_engine_keeps_its_template():
    back = of_json(json.loads(json.dumps(to_json(RunFailed("KD/0", said("{count} values are not finite", 3))))))
    assert back.message == "3 values are not finite"
    assert back.message.template == "{count} values are not finite"
