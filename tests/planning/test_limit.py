"""Experiments that would take years are refused, with their hours and how the limit is raised."""

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from distill_core.errors import InvalidSetting
from distill_core.jobs import torch_import
from distill_core.lab import Lab
from distill_core.planning.job_plan import resolve
from distill_core.planning.limit import SETTING, most_hours, too_long
from tests.quick import QUICK_TIMER, experiment, student
from tests.records import job_record

LARGE = student(architecture="resnet56", width=1.0, seeds=tuple(range(20)))
YEARS = experiment(LARGE, task="fashion_mnist_small", budget={"updates": 200_000, "batch_size": 1024})


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    opened = Lab.open(tmp_path, timer=QUICK_TIMER)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("hours", "limit", "came"),
    [
        (20_148.2, 24.0, "expected at most 24 hours of work, got about 20,149 hours (2.3 years);"),
        (60.0, 24.0, "got about 60 hours (2 days);"),
        (24.001, 24.0, "got about 24.01 hours;"),
        (0.7, 0.5, "expected at most 0.5 hours of work, got about 0.7 hours;"),
    ],
)
def test_the_refusal_tells_hours_and_limit(hours: float, limit: float, came: str) -> None:
    told = too_long(3600 * hours, limit)
    assert told is not None
    assert came in told
    assert told.endswith(f"start it with {SETTING}={math.ceil(hours)} or more")


@pytest.mark.parametrize(("hours", "limit"), [(24.0, 24.0), (0.0, 0.1), (1e9, math.inf)])
def test_within_the_limit_nothing_is_said(hours: float, limit: float) -> None:
    assert too_long(3600 * hours, limit) is None


@pytest.mark.parametrize(("named", "hours"), [("", 24.0), (" 0.5 ", 0.5), ("1000", 1000.0), ("inf", math.inf)])
def test_the_owner_sets_the_limit(named: str, hours: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, named)
    assert most_hours() == hours


@pytest.mark.parametrize("named", ["a day", "0", "-1", "nan", "1,5"])
def test_no_lab_opens_with_a_limit_that_is_none(named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, named)
    with pytest.raises(InvalidSetting, match=f"{SETTING}: expected a number above 0, got {named}"):
        Lab.open(tmp_path / "home")
    assert not (tmp_path / "home").exists()


def test_years_are_told_in_the_plan_and_refused_at_submit(lab: Lab) -> None:
    told = lab.plan(YEARS).too_long
    assert told is not None
    with pytest.raises(InvalidSetting, match=r"expected at most 24 hours of work, got about [0-9,]+ hours"):
        lab.submit(YEARS)
    assert lab.jobs() == ()


def test_an_equal_experiment_that_waits_already_is_answered(lab: Lab) -> None:
    """As after a restart with a lower limit."""
    full = resolve(YEARS, lab._store, lab.tasks)
    lab._store.add_job(
        job_record("a1", full.experiment.to_json(), owner=lab._store.lab_id, fingerprint=full.fingerprint)
    )
    assert lab.plan(YEARS).too_long is None
    assert lab.submit(YEARS) == "a1"


def test_what_only_looks_short_before_torch_counts_is_refused_too(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    large = experiment(LARGE, task="fashion_mnist_small")
    monkeypatch.setitem(torch_import._state, "loaded", False)
    lab._limit_hours = 2 * lab.plan(large).expected_seconds / 3600
    assert lab.plan(large).too_long is None
    with pytest.raises(InvalidSetting, match=SETTING):
        lab.submit(large)
    assert torch_import.is_torch_imported()


@pytest.mark.parametrize(
    ("labels", "missing", "note"),
    [
        (3, None, ("KD: 3 labels for 10 classes, so 7 of them have none.",)),
        (1, "9", ("KD: 1 label for 10 classes, so 8 of them have none.",)),
        (9, "9", ()),
        (10, None, ()),
    ],
)
def test_too_few_labels_for_all_classes_are_told(
    labels: int, missing: str | None, note: tuple[str, ...], lab: Lab
) -> None:
    plan = lab.plan(experiment(student(labels=labels, missing_class=missing)))
    assert plan.notes == tuple(one.replace("KD:", "control, KD:") for one in note)
