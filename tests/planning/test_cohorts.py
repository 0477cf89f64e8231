"""One experiment as cohorts: nobody is forgotten, no bit is another, and what is finished stays."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from distill_core.errors import Stopped
from distill_core.events import Event, EventLog, Progress, RunFailed, RunFinished, RunStarted, ValidPoint
from distill_core.execution import cohort_runner
from distill_core.methods import METHODS, DistillLoss, FeatureShapes, LossInputs, Settings, StepLoss
from distill_core.planning.cohorts import EVALUATING, MOST_TOGETHER, TRAINING, split_into_cohorts, stage
from distill_core.planning.resolve import resolve_experiment
from distill_core.planning.runs import PlannedRun, expand
from distill_core.spec import Experiment
from distill_core.store import LinkedRun, Store
from tests.quick import KNOWN_TEACHER, estimate, experiment, student, work

LIMIT = "distill_core.planning.cohorts.MOST_TOGETHER"


def grid(**changes: object) -> Experiment:
    """Three cells and their control, two seeds each."""
    cells = [student(f"T {T}", temperature=T, seeds=(1, 0)) for T in (1, 4, 8)]
    return resolve_experiment(experiment(*cells, views=2, **changes))


def planned(count: int) -> list[PlannedRun]:
    one = expand(grid(), KNOWN_TEACHER)[0]
    return [replace(one, key=f"{number}", seed=number % 3) for number in range(count)]


def keys(part: tuple[PlannedRun, ...]) -> list[str]:
    return [one.key for one in part]


# Cutting


def test_every_run_is_in_a_cohort_and_the_cohorts_are_nearly_equal() -> None:
    full = grid()
    for count in (*range(1, 100), 399, 400):
        missing = planned(count)
        parts = split_into_cohorts(missing, full)
        sizes = [len(part) for part in parts]
        assert len(parts) == math.ceil(count / MOST_TOGETHER)
        assert max(sizes) <= MOST_TOGETHER
        assert max(sizes) - min(sizes) <= 1
        assert sorted(key for part in parts for key in keys(part)) == sorted(one.key for one in missing)


def test_those_of_one_seed_are_together_in_the_order_of_the_experiment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LIMIT, 3)
    parts = split_into_cohorts(expand(grid(), KNOWN_TEACHER), grid())
    assert [keys(part) for part in parts] == [
        ["control/0", "T 1/0", "T 4/0"],
        ["T 8/0", "control/1"],
        ["T 1/1", "T 4/1", "T 8/1"],
    ]


def test_few_are_one_cohort_as_they_come() -> None:
    missing = planned(MOST_TOGETHER)
    assert split_into_cohorts(missing, grid()) == (tuple(missing),)
    assert split_into_cohorts([], grid()) == ()


def test_in_consistent_mode_all_train_at_once() -> None:
    """Each cohort would cost another pass of the teacher over every batch."""
    missing = planned(40)
    assert split_into_cohorts(missing, grid(mode="consistent")) == (tuple(missing),)


def test_a_stage_tells_which_networks_it_is_about() -> None:
    parts = split_into_cohorts(planned(13), grid())
    assert stage(TRAINING, parts, 0) == "Training: networks 1 to 6 of 13"
    assert stage(EVALUATING, parts, 1) == "Evaluating and exporting: networks 7 to 13 of 13"
    assert stage(TRAINING, parts[:1], 0) == "Training"


def test_cutting_changes_nothing_in_what_a_job_should_take(monkeypatch: pytest.MonkeyPatch) -> None:
    full = grid()
    missing = expand(full, KNOWN_TEACHER)
    whole = estimate(full, KNOWN_TEACHER, missing, slowness=2.0).seconds
    monkeypatch.setattr(LIMIT, 3)
    assert estimate(full, KNOWN_TEACHER, missing, slowness=2.0).seconds == pytest.approx(whole)
    assert estimate(full, KNOWN_TEACHER, missing, there=[one.key for one in missing]).seconds > 0


# Training


@dataclass(frozen=True)
class Worked:
    """The same grid twice: whole in one cohort, and cut in cohorts of two, stopped in the second, started again."""

    whole: Store
    whole_said: tuple[Event, ...]
    cut: Store
    stopped_said: tuple[Event, ...]
    stopped: list[LinkedRun]
    again_said: tuple[Event, ...]
    trained_again: list[list[str]]


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worked]:
    whole, cut = (Store.open(tmp_path_factory.mktemp(name)) for name in ("whole", "cut"))
    homes = tmp_path_factory.mktemp("data")
    trained: list[list[str]] = []
    loop = cohort_runner.train_cohort

    def counted(recipes: Any, *given: Any, **more: Any) -> Any:
        trained.append([recipe.run for recipe in recipes])
        return loop(recipes, *given, **more)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(LIMIT, 100)
        whole_log = work(whole, homes, grid())
        patched.setattr(LIMIT, 2)
        stopped_log = EventLog()
        with pytest.raises(Stopped):
            work(
                cut, homes, grid(), log=stopped_log, checkpoint=_stop_in("Training: networks 3 to 4 of 8", stopped_log)
            )
        stopped = cut.runs(["a1"])
        patched.setattr(cohort_runner, "train_cohort", counted)
        again_log = work(cut, homes, grid(), "b2")
    yield Worked(
        whole=whole,
        whole_said=whole_log.snapshot(),
        cut=cut,
        stopped_said=stopped_log.snapshot(),
        stopped=stopped,
        again_said=again_log.snapshot(),
        trained_again=trained,
    )
    whole.close()
    cut.close()


def _stop_in(name: str, log: EventLog) -> Any:
    def checkpoint() -> None:
        if any(isinstance(event, Progress) and event.stage == name and event.done == 3 for event in log.snapshot()):
            raise Stopped("enough")

    return checkpoint


def told(events: tuple[Event, ...]) -> list[str]:
    return list(dict.fromkeys(event.stage for event in events if isinstance(event, Progress)))


def test_cutting_changes_no_bit_of_any_weight(worked: Worked) -> None:
    whole, cut = worked.whole.runs(["a1"]), worked.cut.runs(["b2"])
    names = [(one.position, one.student, one.run.seed, one.run.id) for one in whole]
    assert [(one.position, one.student, one.run.seed, one.run.id) for one in cut] == names
    assert len(names) == 9
    for one in whole:
        for kind in ("weights", "predictions"):
            assert worked.cut.read_artifact(one.run.id, kind) == worked.whole.read_artifact(one.run.id, kind)  # type: ignore[arg-type]
        assert worked.cut.curves(one.run.id) == worked.whole.curves(one.run.id)


def test_what_is_compared_are_different_networks(worked: Worked) -> None:
    weights = {worked.whole.read_artifact(one.run.id, "weights") for one in worked.whole.runs(["a1"])}
    assert len(weights) == 9


def test_a_job_that_is_stopped_keeps_its_first_cohort_in_its_places(worked: Worked) -> None:
    assert [(one.position, one.student, one.run.seed, one.run.state) for one in worked.stopped] == [
        (0, "Plain CNN", 0, "finished"),
        (1, "control", 0, "finished"),
        (4, "T 1", 0, "finished"),
    ]
    assert worked.cut.runs(["a1"]) == worked.stopped
    finished = [event.run for event in worked.stopped_said if isinstance(event, RunFinished)]
    assert finished == ["control/0", "T 1/0"]


def test_the_second_cohort_was_under_way_when_it_was_stopped(worked: Worked) -> None:
    points = [event for event in worked.stopped_said if isinstance(event, ValidPoint)]
    assert [event.update for event in points if event.run == "T 4/0"] == [1, 2, 3]
    assert told(worked.stopped_said)[-1] == "Training: networks 3 to 4 of 8"


def test_starting_again_trains_only_the_rest(worked: Worked) -> None:
    assert worked.trained_again == [["T 4/0", "T 8/0"], ["control/1", "T 1/1"], ["T 4/1", "T 8/1"]]
    before = {one.run.id: one.run for one in worked.stopped}
    assert {run_id: worked.cut.run(run_id) for run_id in before} == before
    started = [event.run for event in worked.again_said if isinstance(event, RunStarted)]
    assert len(started) == len(set(started)) == 8
    assert started[:2] == ["control/0", "T 1/0"]


def test_every_stage_is_told_in_its_turn(worked: Worked) -> None:
    before, after = ["Loading the data", "Getting the teacher ready"], ["Measuring latency"]
    judged = "Evaluating the teacher"
    assert told(worked.whole_said) == [*before, judged, "Training", "Evaluating and exporting", *after]
    pairs = [(1, 2), (3, 4), (5, 6)]
    middle = [f"{what}: networks {first} to {last} of 6" for first, last in pairs for what in (TRAINING, EVALUATING)]
    assert told(worked.again_said) == [*before, *middle, *after]


@pytest.mark.parametrize("part", ["whole_said", "stopped_said", "again_said"])
def test_the_time_left_is_known_and_never_negative(worked: Worked, part: str) -> None:
    progress = [event for event in getattr(worked, part) if isinstance(event, Progress)]
    assert all(event.seconds_left is not None and event.seconds_left >= 0 for event in progress)
    assert all(0 <= event.done <= event.total for event in progress)


def test_the_work_of_the_cohorts_that_are_still_to_come_counts(worked: Worked) -> None:
    first = {event.stage: event.fraction for event in reversed(worked.again_said) if isinstance(event, Progress)}
    begun = [first[name] for name in told(worked.again_said)]
    assert begun == sorted(begun)
    # Evaluating and measuring, which nothing of is done yet: 0.7 s a network, 9 s a graph, beside hardly any training.
    assert begun[2] < begun[-1] < 1


def _no_number(settings: Settings, _pair: FeatureShapes) -> DistillLoss:
    def loss(inputs: LossInputs) -> StepLoss:
        return StepLoss(parts={"hard": inputs.student_BC.sum() * float("nan")})

    return loss


def test_a_cohort_that_fails_as_a_whole_does_not_keep_the_next_from_training(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(METHODS._entries, "broken", replace(METHODS.get("labels"), name="broken", build=_no_number))
    monkeypatch.setattr(LIMIT, 1)
    log = work(
        store, tmp_path, resolve_experiment(experiment(student("broken", method="broken"), student("KD"), views=1))
    )
    assert [(one.student, one.run.state) for one in store.runs(["a1"])[1:]] == [
        ("control", "finished"),
        ("broken", "failed"),
        ("KD", "finished"),
    ]
    failed = [event.run for event in log.snapshot() if isinstance(event, RunFailed)]
    assert failed == ["broken/0"]
