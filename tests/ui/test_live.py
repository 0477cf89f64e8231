"""Events of a job as the numbers that its cards and curves show."""

from types import SimpleNamespace

import pytest

from distill_core.events import Progress, RunStarted, TrainPoint, ValidPoint
from ui.jobs import live

EVENTS = (
    Progress("Training", 1, 2),
    RunStarted("KD/same/0", "KD/same", 0),
    TrainPoint("KD/same/0", 10, 2.0, {"hard": 1.0, "soft": 3.0}),
    TrainPoint("KD/same/1", 10, 4.0, {"hard": 2.0, "soft": 5.0}),
    TrainPoint("KD/same/0", 20, 1.0, {"hard": 0.5, "soft": 1.5}),
    ValidPoint("KD/same/0", 20, 0.8),
    ValidPoint("KD/same/1", 20, 0.6),
)


def job(events, method="kd"):
    student = SimpleNamespace(name="KD/same", method=method)
    asked = SimpleNamespace(students=(student,))
    return SimpleNamespace(events=events, experiment=asked, id="a1", submitted_at=1, started_at=2)


def test_points_are_a_long_table_and_a_slash_in_a_name_stays():
    frame = live.points(job(EVENTS))
    assert list(frame.columns) == ["run_id", "student", "seed", "update", "kind", "value", "unit"]
    assert set(frame["student"]) == {"KD/same"}
    assert frame[frame["kind"] == "soft"]["value"].tolist() == [3.0, 5.0, 1.5]
    assert frame.iloc[-1].tolist() == ["KD/same/1", "KD/same", "1", 20, "valid_accuracy", 0.6, ""]


def test_points_that_are_kept_are_those_of_the_students_that_were_asked_for():
    whole, none, one = (live.kept_points(job(EVENTS), students) for students in (None, [], ["KD/same"]))
    assert (len(whole), len(none), len(one)) == (11, 0, 11)
    assert live.kept_points(job(EVENTS)) is whole


def test_a_card_shows_the_mean_over_seeds_of_their_latest_values():
    last = live.latest(live.points(job(EVENTS)))["KD/same"]
    assert last == {"loss": 2.5, "hard": 1.25, "soft": 3.25, "valid_accuracy": 0.7}


def test_nothing_has_happened_yet():
    assert live.points(job(())).empty
    assert live.latest(live.points(job(()))) == {}


@pytest.mark.parametrize(
    ("own", "places", "before"),
    [(1, [1], 0), (1, [0, 1], 1), (2, [0, 1, 2, None], 2), (2, [1, 2], 1), (0, [0, 1], 0), (None, [0], 0)],
    ids=["the worker still loads", "one runs", "two before", "the first is paused", "it runs", "another lab's"],
)
def test_only_what_stands_before_a_job_is_ahead_of_it(own, places, before):
    queue = [SimpleNamespace(position=place) for place in places]
    assert live.ahead(SimpleNamespace(position=own), queue) == before


@pytest.mark.parametrize(("method", "soft", "total"), [("kd", "nats", "nats"), ("logit_regression", "", "")])
def test_points_know_their_units_from_the_method(method, soft, total):
    frame = live.points(job(EVENTS, method)).groupby("kind")["unit"].first()
    assert frame.to_dict() == {"hard": "nats", "soft": soft, "loss": total, "valid_accuracy": ""}
