"""Several teachers as one: two small networks are trained here, then teach together."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load

from distill_core.deployment import model_file
from distill_core.errors import InvalidSetting
from distill_core.evaluation.calibration import softmax_NC
from distill_core.events import TrainPoint
from distill_core.execution.teachers import load_or_train
from distill_core.networks import profile
from distill_core.networks.stored import blueprint_of
from distill_core.networks.weights import from_bytes
from distill_core.planning.precomputed_logits import (
    find_precomputed_logits,
    precomputed_logits_of,
    read_one_teacher,
    read_precomputed_logits,
)
from distill_core.planning.progress import JobProgress
from distill_core.planning.resolve import resolve_experiment
from distill_core.planning.runs import expand
from distill_core.planning.teacher_sources import resolve_teacher, teacher_options
from distill_core.planning.teacher_sources.ensemble import most_labels
from distill_core.reports.prediction_sources import run_title
from distill_core.reports.results import results_table
from distill_core.spec import EnsembleTeacher, Experiment, ShippedTeacher, StoredTeacher
from distill_core.store import RunRecord, Store
from distill_core.tasks import TASKS, load_task, null_sink
from distill_core.tasks.images import InMemoryImages
from distill_core.templates.presets import default_experiment
from tests.quick import KNOWN_TEACHER, estimate, experiment, student, work
from ui.findings.described import describe_experiment

DIGITS, SMALL = TASKS.get("digits"), TASKS.get("fashion_mnist_small")
RECIPES: list[dict[str, Any]] = [
    {"kind": "train", "architecture": "plain_cnn", "width": width, "seed": seed}
    | {"budget": {"updates": 30, "batch_size": 32}}
    for width, seed in ((0.5, 3), (1.0, 4))
]
SHIPPED = tuple(ShippedTeacher(name=name) for name in ("fashion_inception", "fashion_resnet20"))


def taught_by(*members: dict[str, Any], **changes: Any) -> Experiment:
    teacher = {"kind": "ensemble", "members": list(members)}
    return resolve_experiment(experiment(student(**changes), teacher=teacher, views=2))


def predictions(store: Store, run: RunRecord) -> dict[str, np.ndarray]:
    return load(store.read_artifact(run.id, "predictions"))


@dataclass(frozen=True)
class Worked:
    """Each recipe as the teacher of a job, then both together in a third."""

    store: Store
    home: Path
    members: list[RunRecord]
    teacher: RunRecord
    pupil: RunRecord


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worked]:
    home = tmp_path_factory.mktemp("home")
    store = Store.open(home)
    for name, recipe in zip("ab", RECIPES, strict=True):
        work(store, home, resolve_experiment(experiment(student(), teacher=recipe, updates=1)), name * 2)
    work(store, home, taught_by(*RECIPES), "c3")
    members = [store.runs([name * 2])[0].run for name in "ab"]
    teacher, _, pupil = (linked.run for linked in store.runs(["c3"]))
    yield Worked(store, home, members, teacher, pupil)
    store.close()


def test_it_has_a_row_of_its_own_as_the_teacher(worked: Worked) -> None:
    teacher = worked.teacher
    assert (teacher.role, teacher.state, teacher.architecture) == ("teacher", "finished", "ensemble")
    assert teacher.student == "Ensemble of Plain CNN and Plain CNN"
    assert run_title(teacher) == "Ensemble of Plain CNN and Plain CNN (Ensemble)"
    for name in ("parameters", "macs"):
        assert teacher.scores[name] == sum(one.scores[name] for one in worked.members)
    assert teacher.scores["onnx_largest_difference"] < 1e-4


def test_its_answers_are_the_mean_of_its_members_probabilities(worked: Worked) -> None:
    for part in ("valid_logits_NC", "test_logits_NC"):
        each = [softmax_NC(predictions(worked.store, one)[part]) for one in worked.members]
        together = softmax_NC(predictions(worked.store, worked.teacher)[part])
        assert np.abs(together - np.mean(each, axis=0)).max() < 1e-6


def test_its_members_are_unchanged(worked: Worked) -> None:
    whole = load(worked.store.read_artifact(worked.teacher.id, "weights"))
    for place, one in enumerate(worked.members):
        own = load(worked.store.read_artifact(one.id, "weights"))
        assert all(np.array_equal(whole[f"members.{place}.{name}"], tensor) for name, tensor in own.items())


def test_agreement_is_with_the_ensemble(worked: Worked) -> None:
    said = [predictions(worked.store, one)["test_logits_NC"].argmax(1) for one in (worked.pupil, worked.teacher)]
    agreed = results_table(worked.store, None).set_index("run_id")["agreement"]
    assert agreed[worked.pupil.id] == pytest.approx((said[0] == said[1]).mean())


def test_it_is_read_back_from_the_store(worked: Worked) -> None:
    blueprint = blueprint_of(worked.teacher)
    assert profile(blueprint).parameters == worked.teacher.scores["parameters"]
    assert from_bytes(blueprint, worked.store.read_artifact(worked.teacher.id, "weights"))
    assert model_file.model(worked.store, worked.teacher.id, "float16").size_bytes < worked.teacher.scores["onnx_bytes"]


def test_stored_runs_and_a_stored_ensemble_teach_too(worked: Worked, tmp_path: Path) -> None:
    runs = [{"kind": "run", "run": one.id} for one in worked.members]
    work(worked.store, worked.home, taught_by(*runs, temperature=2.0), "d4")
    again, _, _ = (linked.run for linked in worked.store.runs(["d4"]))
    # The same networks under the same fingerprint: nothing is made twice.
    assert again.id == worked.teacher.id
    alone = resolve_experiment(experiment(student(), teacher={"kind": "run", "run": worked.teacher.id}, views=2))
    work(worked.store, worked.home, alone, "e5")
    assert [linked.run.id for linked in worked.store.runs(["e5"])][2] == worked.pupil.id


def test_members_that_are_not_stored_are_trained(worked: Worked, store: Store) -> None:
    work(store, worked.home, taught_by(*RECIPES))
    linked = store.runs(["a1"])
    assert [one.role for one in linked] == ["teacher", "control", "student"]
    for kind in ("weights", "predictions"):
        theirs = worked.store.read_artifact(worked.pupil.id, kind)  # type: ignore[arg-type]
        assert store.read_artifact(linked[2].run.id, kind) == theirs  # type: ignore[arg-type]


def test_members_with_one_seed_have_a_curve_each(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    members = [{**recipe, "seed": 3} for recipe in RECIPES]
    log = work(store, tmp_path, taught_by(*members), "d4")
    store.close()
    taught = [event for event in log.snapshot() if isinstance(event, TrainPoint) and event.run.startswith("teacher")]
    assert {event.run for event in taught} == {"teacher (member 1)/3", "teacher (member 2)/3"}
    for run in ("teacher (member 1)/3", "teacher (member 2)/3"):
        updates = [event.update for event in taught if event.run == run]
        assert updates == list(range(1, 31))


def test_a_teacher_that_is_stored_is_not_expected_to_train() -> None:
    full = taught_by(*RECIPES)
    known = resolve_teacher(full.teacher, DIGITS, "float32", _no_run)
    planned = expand(full, known)

    def seconds(*there: str) -> float:
        return estimate(full, known, planned, made=there).seconds

    first, second = (member.fingerprint for member in known.members)
    assert seconds() > seconds(first) > seconds(first, second) > seconds(known.fingerprint)
    # Each took 30 updates of 6 ms and more.
    assert seconds() - seconds(first, second) > 2 * 30 * 0.006


def test_a_stored_teacher_of_another_task_keeps_how_many_labels_it_saw(worked: Worked) -> None:
    task = replace(DIGITS, name="moved", sha256="0" * 64, taught_by=frozenset({"digits"}))
    known = resolve_teacher(StoredTeacher(run=worked.pupil.id), task, "float32", worked.store.run)
    data = load_task(DIGITS, worked.home, null_sink)
    datasets = {name: InMemoryImages(DIGITS, part) for name, part in (("valid", data.valid), ("test", data.test))}
    full = resolve_experiment(experiment(student()))
    found = load_or_train(known, full, task, datasets, worked.store, JobProgress({}, null_sink), lambda: None)
    assert (found.run.task, found.run.labels, worked.pupil.labels) == ("moved", 100, 100)


def test_what_cannot_be_put_together_is_refused(worked: Worked) -> None:
    whole, first = ({"kind": "run", "run": one} for one in (worked.teacher.id, worked.members[0].id))
    twin = {"kind": "run", "run": worked.members[0].fingerprint}
    for members, words in (([whole, first], "got an ensemble"), ([first, twin], "again; leave it out")):
        with pytest.raises(InvalidSetting) as refused:
            resolve_teacher(EnsembleTeacher.of({"members": members}), DIGITS, "float32", worked.store.run)
        assert words in str(refused.value)


def test_methods_on_features_are_refused_with_the_reason() -> None:
    full = taught_by(*RECIPES, method="at")
    with pytest.raises(InvalidSetting, match=r"the teacher of 'KD'.*an ensemble, which has no stages of its own"):
        expand(full, resolve_teacher(full.teacher, DIGITS, "float32", _no_run))


def _no_run(run_id: str) -> RunRecord:
    raise AssertionError(run_id)


# What ships


def test_the_two_best_that_ship_are_offered_together() -> None:
    options = [one for one in teacher_options(SMALL) if one.choice.kind in ("shipped", "ensemble")]
    assert [option.key.partition(":")[0] for option in options] == ["shipped"] * 3 + ["ensemble"]
    last = options[-1]
    assert last.name == "ensemble:shipped:fashion_resnet20,shipped:fashion_inception" == last.choice.key
    assert last.title == "Ensemble of ResNet-20 and Inception, small"
    assert not any(option.key.startswith("ensemble") for option in teacher_options(DIGITS))


def test_what_members_said_before_is_put_together() -> None:
    full = resolve_experiment(default_experiment()).model_copy(update={"teacher": EnsembleTeacher(members=SHIPPED)})
    records = precomputed_logits_of(full)
    assert [one.name for one in records] == [one.name for one in SHIPPED]
    said = read_precomputed_logits(records, 2)[1, :500].numpy()
    each = [softmax_NC(read_one_teacher(one, 2)[1, :500]) for one in records]
    assert np.abs(softmax_NC(said) - np.mean(each, axis=0)).max() < 1e-6
    known = resolve_teacher(full.teacher, SMALL, "float32", _no_run)
    fresh = full.model_copy(update={"data_seed": 1})
    assert precomputed_logits_of(fresh) == ()
    planned = expand(full, known)
    assert estimate(full, known, planned).seconds < estimate(fresh, known, planned).seconds
    assert "the mean of its members' probabilities" in describe_experiment(full, known, SMALL)[0].text


def test_one_teacher_s_record_is_what_it_was() -> None:
    full = resolve_experiment(default_experiment())
    assert precomputed_logits_of(full) == (find_precomputed_logits(full),)
    assert np.array_equal(
        read_precomputed_logits(precomputed_logits_of(full), 2).numpy(),
        read_one_teacher(precomputed_logits_of(full)[0], 2),
    )


MEMBERS_SEEN = [((100, None), None), ((100, 500), 500), ((0, 0), 0), ((None, None), None)]


@pytest.mark.parametrize(("members", "seen"), MEMBERS_SEEN)
def test_an_ensemble_saw_the_labels_of_the_member_that_saw_most(
    members: tuple[int | None, ...], seen: int | None
) -> None:
    assert most_labels([replace(KNOWN_TEACHER, labels=labels) for labels in members]) == seen
