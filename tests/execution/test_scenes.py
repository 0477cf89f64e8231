"""Students that adapt: taught again on images to which something has happened, beside the one that they came from."""

from pathlib import Path
from typing import Any

import pytest

from distill_core.errors import DistillError
from distill_core.planning.cohorts import split_into_cohorts
from distill_core.planning.resolve import resolve_experiment
from distill_core.planning.runs import expand
from distill_core.spec import Student
from distill_core.store import Store
from distill_core.tasks import TASKS
from tests.quick import KNOWN_TEACHER, experiment, student, work
from ui.findings.described import describe_experiment

FOG: dict[str, Any] = {"scene": {"corruption": "fog", "severity": 4}, "alpha": 1.0, "transfer": "all"}


def adapted(name: str = "adapted", **changes: object) -> Student:
    return student(name, start={"source": "KD"}, **{**FOG, **changes})


def test_an_adapted_student_trains_apart_and_after_its_source() -> None:
    full = resolve_experiment(experiment(student(), adapted(), adapted("plain again", scene=None), views=2))
    parts = split_into_cohorts(expand(full, KNOWN_TEACHER), full)
    assert [[one.student.name for one in part] for part in parts] == [["control", "KD"], ["plain again"], ["adapted"]]


def test_it_is_trained_on_the_teacher_s_answers_to_what_it_sees(tmp_path: Path) -> None:
    """Two that differ in the scene alone end as different networks; both start as the same one."""
    store = Store.open(tmp_path / "home")
    full = resolve_experiment(experiment(student(), adapted(), adapted("plain again", scene=None), views=2))
    work(store, tmp_path, full)
    runs = {one.student: one.run for one in store.runs(["a1"])}
    assert {run.state for run in runs.values()} == {"finished"}
    assert store.read_artifact(runs["adapted"].id, "weights") != store.read_artifact(runs["plain again"].id, "weights")
    assert runs["adapted"].scores["step"] == "train"
    store.close()


def test_a_scene_is_part_of_what_a_run_is() -> None:
    found = [
        expand(
            resolve_experiment(experiment(student(), adapted(scene={"corruption": "fog", "severity": level}))),
            KNOWN_TEACHER,
        )
        for level in (1, 2)
    ]
    assert found[0][-1].fingerprint != found[1][-1].fingerprint


def test_it_is_said_in_words() -> None:
    full = resolve_experiment(experiment(student(), adapted()))
    told = [one.text for one in describe_experiment(full, KNOWN_TEACHER, TASKS.get(full.task))]
    assert any("goes on from KD, on images with Fog 4" in one for one in told)


WRONG = {
    "from random weights": (student("a", **FOG), "expected a trained network that gets used to it"),
    "an unknown one": (adapted(scene={"corruption": "smoke", "severity": 1}), "no corruption named 'smoke'"),
    "without training": (adapted(untrained=True), "no scene and no missing class"),
}


@pytest.mark.parametrize(("wrong", "words"), WRONG.values(), ids=WRONG)
def test_scenes_that_make_no_sense_are_refused(wrong: Student, words: str) -> None:
    with pytest.raises(DistillError) as refused:
        resolve_experiment(experiment(student(), wrong))
    assert words in str(refused.value)
