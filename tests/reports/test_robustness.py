"""Errors under corruption beside the control's, by hand; tables of a job whose trials are made up, and tried ones."""

import dataclasses
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest

from distill_core.lab import Lab
from distill_core.reports.robustness import (
    ERROR_COLUMNS,
    corruption_error,
    robustness_table,
)
from distill_core.robustness.corruptions import CORRUPTIONS, SEVERITIES
from distill_core.robustness.evaluate import version_of
from distill_core.store import RobustnessScore, Store
from distill_core.tasks import TASKS
from tests.store.records import a_job, a_run

IMAGES = tuple(one.name for one in CORRUPTIONS if one.kind == "image")
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
Accuracy = Callable[[str, int], float]
ROLES = {"teacher": ["f0"], "control": ["c0", "c1", "c2"], "student": ["a0", "a1", "a2"]}


def run_id(short: str) -> str:
    return f"{short:0>16}"


@pytest.fixture
def store(home: Any, migrated_once: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A job with a teacher of one seed, a control and a student of three."""
    monkeypatch.delenv("DISTILL_DATABASE_URL", raising=False)
    shutil.copy(migrated_once, home)
    opened = Store.open(home)
    opened.add_job(a_job("j"))
    place = 0
    for role, runs in ROLES.items():
        for seed, short in enumerate(runs):
            opened.save_run(a_run(run_id(short), role=role, student=role, seed=seed), curves=[], files={})
            opened.link_run("j", run_id(short), position=place, student=f"the {role}", role=role)  # type: ignore[arg-type]
            place += 1
    yield opened
    opened.close()


def tell(
    store: Store, short: str, accuracy: Accuracy, *, images: int = 2000, names: Any = None, **attacks: Any
) -> None:
    """Keep trials of a run: ``accuracy(name, severity)``, that of clean images as ("clean", 0)."""
    corruptions = [(name, severity) for name in names or IMAGES for severity in SEVERITIES]
    pairs = [("clean", 0), *corruptions, *((attack, eps) for attack, many in attacks.items() for eps in many)]
    store.keep_robustness_scores(
        [
            RobustnessScore(
                run_id=run_id(short), disturbance=name, strength=float(one), images=images,
                version=version_of(name), ece=0.01 * one,
                accuracy=accuracy(name, one), nll_nats=0.5, confidence=0.8 + 0.01 * one, created_at=NOON,
            )
            for name, one in pairs
        ]
    )  # fmt: skip


def falls(clean: float, step: float) -> Accuracy:
    return lambda name, severity: clean - step * severity


def by_name(store: Store) -> dict[str, dict[str, Any]]:
    return {row["student"]: row for row in corruption_error(store, TASKS, "j").to_dict("records")}  # type: ignore[misc]


def tell_all(store: Store) -> None:
    """Mean errors: teacher 0.20, controls 0.39 to 0.41, students 0.30 to 0.33; each falls evenly."""
    tell(store, "f0", falls(0.95, 0.05))
    for seed, more in enumerate((-0.01, 0.0, 0.01)):
        tell(store, f"c{seed}", falls(0.90 - more, 0.1))
        tell(store, f"a{seed}", falls(0.93 - more * (1 + seed / 4), 0.08))


def test_errors_are_worked_out_by_hand_and_paired_by_seed(store: Store) -> None:
    tell_all(store)
    rows = by_name(store)
    assert list(rows) == ["the teacher", "the control", "the student"]
    assert corruption_error(store, TASKS, "j").columns.tolist() == ERROR_COLUMNS
    teacher, control, student = rows.values()
    assert teacher["clean_accuracy"] == pytest.approx(0.95)
    assert teacher["mean_error"] == pytest.approx(0.05 + 3 * 0.05)
    assert control["mean_error"] == pytest.approx(0.10 + 3 * 0.1)
    assert control["mean_error_half_width"] == pytest.approx(4.302653 * 0.01 / 3**0.5)
    errors = [0.31 - 0.01, 0.31, 0.31 + 0.015]
    assert student["mean_error"] == pytest.approx(sum(errors) / 3)
    ratios = [own / control for own, control in zip(errors, (0.39, 0.40, 0.41), strict=True)]
    assert student["mce"] == pytest.approx(sum(ratios) / 3)
    assert student["relative_mce"] == pytest.approx(0.8)
    assert student["relative_mce_half_width"] == pytest.approx(0, abs=1e-9)
    assert (control["mce"], control["relative_mce"]) == (pytest.approx(1), pytest.approx(1))
    assert teacher["relative_mce"] == pytest.approx(0.5)
    assert teacher["mce"] == pytest.approx(sum(0.2 / other for other in (0.39, 0.40, 0.41)) / 3)


def test_the_verdict_is_that_of_the_paired_test(store: Store) -> None:
    tell_all(store)
    student = by_name(store)["the student"]
    differences = [0.39 - 0.30, 0.40 - 0.31, 0.41 - 0.325]
    assert student["delta_points"] == pytest.approx(100 * sum(differences) / 3)
    assert student["delta_half_width_points"] == pytest.approx(100 * 4.302653 * pd.Series(differences).std() / 3**0.5)
    assert (student["verdict"], student["control"], student["seeds"]) == ("better", "the control", 3)
    assert student["p_value"] < 0.01
    assert pd.isna(by_name(store)["the teacher"]["delta_points"])


def test_runs_that_lack_a_cell_do_not_count(store: Store) -> None:
    tell_all(store)
    store.delete_job("none")
    tell(store, "a2", falls(0.9, 0.1), images=500)
    rows = by_name(store)
    assert (rows["the student"]["images"], rows["the student"]["seeds"]) == (2000, 3)
    assert rows["the student"]["run_ids"] == [run_id(f"a{seed}") for seed in range(3)]


def test_before_anything_is_tried_there_are_rows_without_numbers(store: Store) -> None:
    table = corruption_error(store, TASKS, "j")
    assert table["seeds"].tolist() == [0, 0, 0]
    assert table["mce"].isna().all()
    tell(store, "a0", falls(0.9, 0.1), names=["snow"])
    assert corruption_error(store, TASKS, "j")["seeds"].tolist() == [0, 0, 0]


def test_a_student_without_its_controls_seeds_has_no_difference(store: Store) -> None:
    tell(store, "a0", falls(0.9, 0.05))
    tell(store, "c1", falls(0.9, 0.1))
    student = by_name(store)["the student"]
    assert (student["seeds"], student["verdict"]) == (1, "")
    assert pd.isna(student["mce"])
    tell(store, "c0", falls(0.9, 0.1))
    student = by_name(store)["the student"]
    assert (student["verdict"], student["delta_points"]) == ("too few seeds", pytest.approx(15))
    assert pd.isna(student["delta_half_width_points"])


def test_a_corruption_that_costs_the_control_nothing_is_left_out_of_the_relative_error(store: Store) -> None:
    def unharmed(name: str, severity: int) -> float:
        return 0.9 if name == "jpeg" else 0.9 - 0.1 * severity

    for seed in range(3):
        tell(store, f"c{seed}", unharmed)
        tell(store, f"a{seed}", falls(0.9, 0.05))
    found = by_name(store)
    assert found["the student"]["relative_mce"] == pytest.approx(0.5)
    assert [row["left_out"] for row in found.values()] == [0, 1, 1]


def test_a_number_of_images_may_be_asked_for(store: Store) -> None:
    tell_all(store)
    for seed in range(3):
        for short in (f"c{seed}", f"a{seed}"):
            tell(store, short, falls(0.9, 0.1), images=500)
    assert by_name(store)["the student"]["images"] == 2000
    few = corruption_error(store, TASKS, "j", 500).set_index("student")
    assert few["seeds"].to_dict() == {"the teacher": 0, "the control": 3, "the student": 3}
    assert few.loc["the student", "delta_points"] == 0


def test_trials_of_a_corruption_that_was_another_one_do_not_count(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell_all(store)
    snow = CORRUPTIONS.get("snow")
    changed = dataclasses.replace(snow, levels=(*snow.levels[:4], snow.levels[0]))
    monkeypatch.setitem(CORRUPTIONS._entries, "snow", changed)
    assert corruption_error(store, TASKS, "j")["seeds"].tolist() == [0, 0, 0]
    assert set(robustness_table(store, [run_id("f0")])["disturbance"]) == {"clean", *IMAGES} - {"snow"}


def test_trials_are_told_with_their_family(store: Store) -> None:
    tell(store, "a0", falls(0.9, 0.1), names=["snow"], pgd=[2])
    families = robustness_table(store, [run_id("a0")]).set_index("disturbance")["family"].to_dict()
    assert families == {"clean": "", "pgd": "attack", "snow": "weather"}
    assert robustness_table(store, []).empty


def test_a_tried_job_has_its_numbers(trained: Any, lab: Lab) -> None:
    (job,) = lab.jobs()
    lab.robustness.test(lab.reports.results()["run_id"].tolist(), images=40, attacks=("fgsm",), eps=(4,))
    ended = lab.robustness._background_task.wait(120)
    assert ended is not None
    assert (ended.finished, ended.error) == (True, None)
    table = lab.robustness.corruption_error(job.id)
    assert table["seeds"].tolist() == [1, 1, 1, 1]
    assert table["verdict"].tolist() == ["", "", "too few seeds", "too few seeds"]
    assert table["mce"].between(0, 5).all()
