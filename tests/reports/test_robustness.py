"""Errors under corruption beside the control's, by hand; tables of a job whose trials are made up, and tried ones."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest

from distill_core.evaluation.corruptions import CORRUPTIONS, SEVERITIES
from distill_core.lab import Lab
from distill_core.reports.robustness import (
    ERROR_COLUMNS,
    SHIFT_COLUMNS,
    corruption_error,
    shift_table,
    trials_table,
    what_changed,
)
from distill_core.store import Store, Trial
from tests.store.records import a_job, a_run

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
Accuracy = Callable[[str, int], float]
ROLES = {"teacher": ["f0"], "control": ["c0", "c1", "c2"], "student": ["a0", "a1", "a2"]}


def run_id(short: str) -> str:
    return f"{short:0>16}"


@pytest.fixture
def store(home: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A job with a teacher of one seed, a control and a student of three."""
    monkeypatch.delenv("DISTILL_DATABASE_URL", raising=False)
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
    corruptions = [(name, severity) for name in names or CORRUPTIONS.names() for severity in SEVERITIES]
    pairs = [("clean", 0), *corruptions, *((attack, eps) for attack, many in attacks.items() for eps in many)]
    store.keep_trials(
        [
            Trial(
                run_id=run_id(short), disturbance=name, strength=float(one), images=images, ece=0.01 * one,
                accuracy=accuracy(name, one), nll_nats=0.5, confidence=0.8 + 0.01 * one, created_at=NOON,
            )
            for name, one in pairs
        ]
    )  # fmt: skip


def falls(clean: float, step: float) -> Accuracy:
    return lambda name, severity: clean - step * severity


def by_name(store: Store) -> dict[str, dict[str, Any]]:
    return {row["student"]: row for row in corruption_error(store, "j").to_dict("records")}  # type: ignore[misc]


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
    assert corruption_error(store, "j").columns.tolist() == ERROR_COLUMNS
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
    table = corruption_error(store, "j")
    assert table["seeds"].tolist() == [0, 0, 0]
    assert table["mce"].isna().all()
    assert what_changed(table) == ""
    tell(store, "a0", falls(0.9, 0.1), names=["snow"])
    assert corruption_error(store, "j")["seeds"].tolist() == [0, 0, 0]
    assert shift_table(store, "j")["kind"].tolist() == ["clean"]


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
    assert by_name(store)["the student"]["relative_mce"] == pytest.approx(0.5)


def test_accuracy_and_calibration_under_shift(store: Store) -> None:
    tell_all(store)
    for seed in range(3):
        tell(store, f"a{seed}", falls(0.8, 0.01), names=["snow"], images=100, fgsm=[4, 8])
    table = shift_table(store, "j")
    assert table.columns.tolist() == SHIFT_COLUMNS
    rows = table.set_index(["student", "kind", "strength", "images"])
    third = rows.loc[("the control", "corruptions", 3.0, 2000)]
    assert (third["accuracy"], third["ece"], third["confidence"]) == pytest.approx((0.6, 0.03, 0.83))
    assert third["accuracy_half_width"] == pytest.approx(4.302653 * 0.01 / 3**0.5)
    assert rows.loc[("the teacher", "corruptions", 5.0, 2000), "accuracy"] == pytest.approx(0.7)
    assert rows.loc[("the student", "fgsm", 8.0, 100), "seeds"] == 3
    assert ("the student", "corruptions", 1.0, 100) not in rows.index


def test_the_sentence_says_what_the_numbers_say(store: Store) -> None:
    tell_all(store)
    assert what_changed(corruption_error(store, "j")) == (
        "On corrupted images, the student is right 8.8 ± 0.7 points more often than its control, and corruption takes "
        "0.80 times as much from it."
    )
    for seed in range(3):
        tell(store, f"a{seed}", falls(0.898 - (0.1, 0.0, -0.1)[seed], 0.1))
    assert what_changed(corruption_error(store, "j")) == (
        "On corrupted images, the student stands −0.2 ± 27.3 points beside its control (no difference shown), and "
        "corruption takes 1.00 times as much from it."
    )


def test_trials_are_told_with_their_family(store: Store) -> None:
    tell(store, "a0", falls(0.9, 0.1), names=["snow"], pgd=[2])
    families = trials_table(store, [run_id("a0")]).set_index("disturbance")["family"].to_dict()
    assert families == {"clean": "", "pgd": "attack", "snow": "weather"}
    assert trials_table(store, []).empty


def test_a_tried_job_has_its_numbers(trained: Any, lab: Lab) -> None:
    (job,) = lab.jobs()
    lab.test_robustness(lab.results()["run_id"].tolist(), images=40, attacks=("fgsm",), eps=(4,))
    ended = lab._trying.wait(120)
    assert ended is not None
    assert (ended.finished, ended.error) == (True, None)
    table = lab.corruption_error(job.id)
    assert table["seeds"].tolist() == [1, 1, 1, 1]
    assert table["verdict"].tolist() == ["", "", "too few seeds", "too few seeds"]
    assert table["mce"].between(0, 5).all()
    assert lab.what_changed(job.id).startswith("On corrupted images, KD")
    assert set(lab.under_shift(job.id)["kind"]) == {"clean", "corruptions", "fgsm"}
