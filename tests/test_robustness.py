"""The lab and robustness: trials in the background, stored cell by cell, and what a page asks of them."""

import dataclasses
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from distill_core.errors import InvalidSetting, NotFound, UnknownName
from distill_core.jobs.background_task import TaskStatus
from distill_core.lab import Lab, robustness
from distill_core.robustness import attacks
from distill_core.robustness.corruptions import CORRUPTIONS, corrupted
from distill_core.robustness.evaluate import evaluate_condition, load_model
from distill_core.spec import CorruptionSpec
from distill_core.tasks import Split
from tests.quick import QUICK_TIMER, experiment, student

WAIT = 120


@pytest.fixture
def lab(trained: Path) -> Iterator[Lab]:
    opened = Lab.open(trained, timer=QUICK_TIMER)
    yield opened
    opened.close()


@pytest.fixture
def runs(lab: Lab) -> list[str]:
    """Teacher, control and two students."""
    return list(lab.reports.results()["run_id"])


def ended(lab: Lab) -> TaskStatus:
    view = lab.robustness._background_task.wait(WAIT)
    assert view is not None
    assert view.finished
    return view


def finish(lab: Lab, runs: list[str], **asked: Any) -> TaskStatus:
    lab.robustness.test(runs, **{"images": 60, "corruptions": ("fog",), "attacks": (), **asked})
    return ended(lab)


def test_every_corruption_at_every_severity_is_tried_on_the_file_and_stored(lab: Lab, runs: list[str]) -> None:
    assert lab.robustness.testing() is None
    first = lab.robustness.test(runs[:2], images=60, attacks=())
    assert (first.done, first.total) == (0, 2 * 76)
    assert ended(lab).error is None
    table = lab.robustness.scores(runs)
    assert table.columns.tolist() == [
        *[
            "run_id",
            "disturbance",
            "family",
            "strength",
            "images",
            "accuracy",
            "ece",
            "nll_nats",
            "confidence",
            "unmoved",
        ]
    ]
    assert len(table) == 2 * 76
    assert set(table["disturbance"]) == {"clean", *(one.name for one in CORRUPTIONS if one.kind == "image")}
    assert table.groupby("family").size().to_dict() == {"": 2, "noise": 30, "blur": 40, "weather": 40, "digital": 40}
    assert table["accuracy"].between(0, 1).all()
    assert table["confidence"].between(0.1, 1).all()
    assert set(table["images"]) == {60}


def test_a_cell_is_what_the_file_says_to_the_corrupted_images(lab: Lab, runs: list[str]) -> None:
    assert finish(lab, runs[:1]).error is None
    split = lab.catalog.images("digits")[1]
    images = Split(corrupted(split.images_NHWC[:60], "fog", 4, 0), split.labels_N[:60])
    right = (lab.robustness.probabilities(runs[0], images).argmax(1) == split.labels_N[:60]).mean()
    table = lab.robustness.scores(runs[:1]).set_index(["disturbance", "strength"])
    assert table.loc[("fog", 4.0), "accuracy"] == pytest.approx(right)
    assert lab.robustness.probabilities(runs[0], images).sum(1) == pytest.approx(np.ones(60))


def test_on_all_test_images_clean_accuracy_is_that_of_the_run(lab: Lab, runs: list[str]) -> None:
    assert finish(lab, runs, images=100_000, corruptions=()).error is None
    table, results = lab.robustness.scores(runs).set_index("run_id"), lab.reports.results().set_index("run_id")
    assert set(table["disturbance"]) == {"clean"}
    assert set(table["images"]) == set(results["test_images"].astype(int))
    for name, of_run in (("accuracy", "test_accuracy"), ("ece", "ece"), ("nll_nats", "nll_nats")):
        assert table[name].to_dict() == pytest.approx(results[of_run].astype(float).to_dict(), abs=1e-5)


def test_what_is_there_is_not_tried_again(lab: Lab, runs: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert finish(lab, runs[:2]).total == 2 * 6
    before = lab._store.robustness_scores(runs)
    tried: list[tuple[str, float, list[str]]] = []

    def noted(cell: Any, everybody: Any, *others: Any) -> Any:
        tried.append((cell.perturbation, cell.strength, [one.run.id for one in everybody]))
        return evaluate_condition(cell, everybody, *others)

    monkeypatch.setattr(robustness, "evaluate_condition", noted)
    assert finish(lab, runs[:2]).total == 0
    assert finish(lab, runs[:3], corruptions=("fog", "snow")).total == 6 + 5 * 3
    assert tried[:2] == [("clean", 0.0, [runs[2]]), ("fog", 1.0, [runs[2]])]
    assert tried[6:] == [("snow", float(severity), runs[:3]) for severity in (1, 2, 3, 4, 5)]
    assert [one for one in lab._store.robustness_scores(runs) if one in before] == before
    assert finish(lab, runs[:1], images=61).total == 6


@pytest.mark.parametrize("change", ["levels", "revision"])
def test_a_corruption_that_was_changed_is_tried_again_and_nothing_else(
    lab: Lab, runs: list[str], monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    assert finish(lab, runs[:1], corruptions=("fog", "snow")).total == 11
    fog = CORRUPTIONS.get("fog")
    other = {"levels": (*fog.levels[:4], fog.levels[3]), "revision": fog.revision + 1}
    monkeypatch.setitem(CORRUPTIONS._entries, "fog", dataclasses.replace(fog, **{change: other[change]}))
    assert set(lab.robustness.scores(runs[:1])["disturbance"]) == {"clean", "snow"}
    assert finish(lab, runs[:1], corruptions=("fog", "snow")).total == 5
    assert len(lab.robustness.scores(runs[:1])) == 11


def test_an_attack_of_other_steps_is_made_again(lab: Lab, runs: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {"corruptions": (), "attacks": ("pgd",), "eps": (8,), "images": 20}
    assert finish(lab, runs[:1], **asked).total == 1 + 31
    monkeypatch.setattr(attacks, "STEPS", 5)
    assert finish(lab, runs[:1], **asked).total == 31


def test_attacks_are_stored_beside_corruptions(lab: Lab, runs: list[str]) -> None:
    view = finish(lab, runs[:2], corruptions=(), attacks=("fgsm", "pgd"), eps=(0, 8, 32))
    assert (view.error, view.total) == (None, 2 * (1 + 3 * 4 + 3 * 31))
    table = lab.robustness.scores(runs[:2])
    assert table["family"].tolist().count("attack") == 2 * 6
    for run in runs[:2]:
        right = table[table["run_id"] == run].set_index(["disturbance", "strength"])["accuracy"]
        assert right["fgsm", 0.0] == right["pgd", 0.0] == right["clean", 0.0]
        assert right["pgd", 32.0] <= right["fgsm", 32.0] < right["clean", 0.0]


def test_a_run_whose_file_is_smaller_than_its_network_is_tried_but_not_attacked(
    lab: Lab, runs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from distill_core.robustness import evaluate

    monkeypatch.setattr(robustness, "attackable", lambda run: run.id != runs[1])
    monkeypatch.setattr(evaluate, "attackable", lambda run: run.id != runs[1])
    assert finish(lab, runs[:2], attacks=("fgsm",), eps=(8,)).error is None
    table = lab.robustness.scores(runs[:2])
    assert table[table["family"] == "attack"]["run_id"].tolist() == runs[:1]
    assert len(table[table["run_id"] == runs[1]]) == 6


class Halt:
    """Stands still in its second cell until it is let on."""

    def __init__(self) -> None:
        self.inside, self.go_on, self.cells = threading.Event(), threading.Event(), 0

    def __call__(self, *given: Any) -> Any:
        self.cells += 1
        if self.cells == 2:
            self.inside.set()
            assert self.go_on.wait(WAIT)
        return evaluate_condition(*given)


def test_a_second_start_is_refused_and_a_stop_keeps_what_is_tried(
    lab: Lab, runs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    halt = Halt()
    monkeypatch.setattr(robustness, "evaluate_condition", halt)
    lab.robustness.test(runs[:2], images=60, corruptions=("fog",), attacks=())
    assert halt.inside.wait(WAIT)
    view = lab.robustness.testing()
    assert view is not None
    assert (view.done, view.total, view.step) == (2, 12, "Fog 1")
    assert view.seconds_left is None  # the first step tells nothing of the others
    with pytest.raises(InvalidSetting, match="expected nothing else under way"):
        lab.robustness.test(runs)
    lab.robustness.stop_testing()
    lab.robustness.stop_testing()
    halt.go_on.set()
    view = ended(lab)
    assert (view.stopped, view.error, view.done) == (True, None, 2)
    assert lab.robustness.scores(runs)["disturbance"].tolist() == ["clean", "clean"]
    assert finish(lab, runs[:2]).total == 10


def test_nothing_is_tried_while_something_is_measured(
    lab: Lab, runs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    measures, go_on, waits, tried = threading.Event(), threading.Event(), threading.Event(), list[tuple[bool, int]]()
    asked, opened = list[int](), list[str]()

    def timer(call: Any, *, checkpoint: Any) -> Any:
        measures.set()
        assert go_on.wait(WAIT)
        return QUICK_TIMER(call, checkpoint=checkpoint)

    def checkpoint(control: Any) -> None:
        asked.append(1)
        if len(asked) == 2 and not opened:  # once before it waits, and then again and again
            waits.set()
        passed(control)

    def noted(*given: Any) -> Any:
        with given[5]():
            tried.append((waits.is_set(), lab._measurement_lock._items))
        return evaluate_condition(*given)

    def opens(store: Any, tasks: Any, run_id: str, **how: Any) -> Any:
        opened.append(run_id)
        return load_model(store, tasks, run_id, **how)

    passed = robustness.TaskControl.checkpoint
    lab.devices._timer = timer
    lab.devices.measure_server(runs[:1], (1,))
    assert measures.wait(WAIT)
    monkeypatch.setattr(robustness.TaskControl, "checkpoint", checkpoint)
    monkeypatch.setattr(robustness, "load_model", opens)
    monkeypatch.setattr(robustness, "evaluate_condition", noted)
    lab.robustness.test(runs[:1], images=60, corruptions=("fog",), attacks=())
    assert waits.wait(WAIT)
    assert (opened, tried) == ([], [])
    go_on.set()
    assert ended(lab).error is None
    assert tried == [(True, 1)] * 6
    lab.devices._background_task.wait(WAIT)


@pytest.mark.parametrize("who", ["a job", "bench"])
def test_a_robustness_test_waits_for_a_measurement(lab: Lab, runs: list[str], who: str) -> None:
    seen = list[list[bool]]()

    def timer(*calls: Any, checkpoint: Any) -> Any:
        seen.append([rests() for rests in lab._measurement_lock._timed])
        return QUICK_TIMER(*calls, checkpoint=checkpoint)

    lab.devices._timer = timer
    lab._executor = replace(lab._executor, timer=timer)
    if who == "bench":
        lab.devices.remeasure(runs[0])
    else:
        job = lab.submit(experiment(student("wider", width=0.75), updates=4))
        assert lab.wait(job, WAIT).state == "finished"
    assert seen
    assert all(one == [False] for one in seen)
    assert lab._measurement_lock._timed == []


def test_one_network_that_cannot_be_read_keeps_no_other_from_it(lab: Lab, runs: list[str]) -> None:
    lab.reports.artifact(runs[0], "onnx").write_bytes(b"no network")
    view = finish(lab, runs[:2])
    assert "expected SHA-256" in str(view.error)
    assert view.done == view.total
    assert set(lab.robustness.scores(runs)["run_id"]) == {runs[1]}


def test_runs_that_are_deleted_meanwhile_are_said(lab: Lab, runs: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    halt = Halt()
    monkeypatch.setattr(robustness, "evaluate_condition", halt)
    lab.robustness.test(runs[:2], images=60, corruptions=("fog",), attacks=())
    assert halt.inside.wait(WAIT)
    lab.delete(lab.jobs()[0].id)
    halt.go_on.set()
    assert str(ended(lab).error).count("it was deleted meanwhile") == 2
    assert lab.robustness.scores(runs).empty


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"run_ids": []}, "networks to test: expected 1 or more, got none"),
        ({"images": 0}, "test images: expected 1 or more, got 0"),
        ({"attacks": ("fgsm", "cw")}, "attacks: expected fgsm or pgd, got fgsm, cw"),
        ({"eps": ()}, "eps: expected numbers from 0 to 255"),
        ({"eps": (4, 256)}, "eps: expected numbers from 0 to 255"),
        ({"eps": (float("nan"),)}, "eps: expected numbers from 0 to 255"),
    ],
)
def test_what_cannot_be_tested_is_refused(lab: Lab, runs: list[str], asked: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidSetting, match=said):
        lab.robustness.test(**{"run_ids": runs, **asked})
    with pytest.raises(UnknownName, match="Did you mean 'fog'"):
        lab.robustness.test(runs, corruptions=("frog",))
    with pytest.raises(NotFound, match="may have been deleted"):
        lab.robustness.test([*runs, "f" * 16])
    assert lab.robustness.testing() is None


def test_the_gallery_shows_the_images_that_are_tried(lab: Lab) -> None:
    shown = lab.robustness.gallery("digits", 7, 5)
    test = lab.catalog.images("digits")[1]
    clean, *names = shown
    assert (clean, names) == ("clean", [one.name for one in CORRUPTIONS if one.kind == "image"])
    assert (shown[clean].images_NHWC[0] == test.images_NHWC[7]).all()
    for name in names:
        assert (shown[name].images_NHWC[0] == corrupted(test.images_NHWC[:9], name, 5, 0)[7]).all()
    for place in (-1, len(test)):
        with pytest.raises(InvalidSetting, match="a test image: expected 0 to"):
            lab.robustness.gallery("digits", place, 5)


def test_an_adaptation_is_the_jobs_experiment_with_one_more_student(lab: Lab) -> None:
    (job,) = lab.jobs()
    asked = lab.catalog.adaptation_experiment(job.id, "KD, all", CorruptionSpec(corruption="fog", severity=4))
    assert [one.name for one in asked.students][-1] == "KD, all, adapted to Fog 4"
    assert asked.students[:-2] == job.experiment.students
    with pytest.raises(NotFound):
        lab.catalog.adaptation_experiment("gone", "KD, all", CorruptionSpec(corruption="fog"))


def test_closing_ends_what_is_tried(trained: Path) -> None:
    lab = Lab.open(trained, timer=QUICK_TIMER)
    lab.robustness.test(list(lab.reports.results()["run_id"]), attacks=("pgd",), eps=(1, 2, 3))
    for _ in range(2):
        lab.close()
    view = lab.robustness.testing()
    assert view is not None
    assert view.finished
    assert view.done < view.total
