"""Revisions in fingerprints: what the code makes otherwise is another run, and the first revisions change nothing."""

from dataclasses import replace
from typing import Any

import pytest

from distill_core.compression import STEPS
from distill_core.methods import METHODS
from distill_core.networks import ARCHITECTURES
from distill_core.planning.resolve import resolve_experiment
from distill_core.planning.runs import expand
from distill_core.planning.teacher_sources import resolve_teacher
from distill_core.registry import Registry
from distill_core.tasks import TASKS
from tests.quick import KNOWN_TEACHER, experiment, student

WITH_STEP = student("Thin", untrained=True, start={"source": "teacher", "change": {"step": "int8"}}, width=1.0)
STUDENTS = (student(), student("DKD", method="dkd"), student("ResNet", architecture="resnet8", width=1.0), WITH_STEP)
EVERYBODY = {"control of KD", "control of ResNet", "KD", "DKD", "ResNet", "Thin"}


def raised(monkeypatch: pytest.MonkeyPatch, registry: "Registry[Any]", name: str) -> None:
    later = replace(registry.get(name), revision=2)
    monkeypatch.setattr(registry, "_entries", {**registry._entries, name: later})


def prints() -> dict[str, str]:
    return {
        one.student.name: one.fingerprint for one in expand(resolve_experiment(experiment(*STUDENTS)), KNOWN_TEACHER)
    }


def changed(before: dict[str, str]) -> set[str]:
    return {name for name, mark in prints().items() if mark != before[name]}


def test_a_mended_method_changes_its_own_students(monkeypatch: pytest.MonkeyPatch) -> None:
    before = prints()
    raised(monkeypatch, METHODS, "dkd")
    assert changed(before) == {"DKD"}


def test_a_method_on_top_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    full = resolve_experiment(experiment(student(also=[{"method": "dkd"}]), student("alone")))
    before = {one.key: one.fingerprint for one in expand(full, KNOWN_TEACHER)}
    raised(monkeypatch, METHODS, "dkd")
    after = {one.key: one.fingerprint for one in expand(full, KNOWN_TEACHER)}
    assert {key for key in before if before[key] != after[key]} == {"KD/0"}


def test_a_peer_with_another_revision_changes_the_fingerprints_of_its_group(monkeypatch: pytest.MonkeyPatch) -> None:
    one = student("A", method="mutual", architecture="resnet8", width=1.0)
    full = resolve_experiment(experiment(one, student("B", method="mutual")))
    before = {found.key: found.fingerprint for found in expand(full, KNOWN_TEACHER)}
    raised(monkeypatch, ARCHITECTURES, "resnet8")
    after = {found.key: found.fingerprint for found in expand(full, KNOWN_TEACHER)}
    assert {key for key in before if before[key] != after[key]} == {"control of A/0", "A/0", "B/0"}


def test_another_revision_of_a_network_changes_its_runs_and_their_students(monkeypatch: pytest.MonkeyPatch) -> None:
    before = prints()
    raised(monkeypatch, ARCHITECTURES, "resnet8")
    assert changed(before) == {"control of ResNet", "ResNet"}
    raised(monkeypatch, ARCHITECTURES, "plain_cnn")  # the teacher's, too
    assert changed(before) == EVERYBODY


def test_a_mended_step_changes_what_it_made(monkeypatch: pytest.MonkeyPatch) -> None:
    before = prints()
    raised(monkeypatch, STEPS, "int8")
    assert changed(before) == {"Thin"}


def test_a_mended_loop_changes_all_that_train(monkeypatch: pytest.MonkeyPatch) -> None:
    before = prints()
    monkeypatch.setattr("distill_core.planning.revisions.LOOP_REVISION", 2)
    assert changed(before) == EVERYBODY - {"Thin"}


@pytest.mark.parametrize(
    ("task", "choice", "loop_counts"),
    [("digits", None, True), ("fashion_mnist_small", {"kind": "shipped", "name": "fashion_resnet20"}, False)],
)
def test_teachers_have_the_revisions_of_their_networks(
    monkeypatch: pytest.MonkeyPatch, task: str, choice: dict[str, str] | None, loop_counts: bool
) -> None:
    asked = experiment(task=task, **({"teacher": choice} if choice else {})).teacher

    def filed() -> str:
        return resolve_teacher(asked, TASKS.get(task), "float32", lambda run: pytest.fail(run)).fingerprint

    before = filed()
    with monkeypatch.context() as patch:
        raised(patch, METHODS, "labels")
        assert (filed() != before) == loop_counts  # who is trained here learns from labels
    with monkeypatch.context() as patch:
        patch.setattr("distill_core.planning.revisions.LOOP_REVISION", 2)
        assert (filed() != before) == loop_counts
    raised(monkeypatch, ARCHITECTURES, "resnet20" if choice else "plain_cnn")
    assert filed() != before
