"""Whose answers can be looked at, and that they are what these networks say."""

import json
import shutil
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save

from distill_core.assets import ASSETS, Manifest, manifests, read_asset
from distill_core.errors import CorruptFile, NotFound, UnknownName
from distill_core.lab import Lab
from distill_core.networks.stored import blueprint_of
from distill_core.networks.weights import from_bytes
from distill_core.planning.blueprints import task_blueprint
from distill_core.planning.resolve import resolve_experiment
from distill_core.planning.runs import expand
from distill_core.planning.teacher_sources import resolve_teacher
from distill_core.planning.teacher_sources.shipped import shipped_manifest
from distill_core.reports.images import test_logits as read_test_logits
from distill_core.reports.prediction_sources import FOLDER, list_prediction_sources, read_predictions, run_title
from distill_core.spec import ShippedTeacher, TrainedTeacher
from distill_core.store import Store
from distill_core.tasks import TASKS, Split, load_task, null_sink
from distill_core.tasks.images import InMemoryImages
from distill_core.templates.presets import default_experiment
from distill_core.training.predict import predict
from tests.quick import experiment, student
from tests.reports.conftest import Swept
from tests.store.records import NOON, a_job, a_run

SHIPPED = manifests(FOLDER)
TEACHERS = [one for one in SHIPPED if one.details["role"] == "teacher"]
SMALL = TASKS.get("fashion_mnist_small")
ORDER = [
    *("shipped:fashion_resnet20", "shipped:fashion_inception", "shipped:fashion_resnet8_weak"),
    *("shipped:default_control", "shipped:default_kd_same", "shipped:default_kd_all"),
]


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return load_task(SMALL, tmp_path_factory.mktemp("data"), null_sink)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "home")
    yield opened
    opened.close()


def part(split: Split, places: "np.ndarray") -> InMemoryImages:
    return InMemoryImages(SMALL, Split(split.images_NHWC[places], split.labels_N[places]))


def show(store: Store, job: str, **runs: Any) -> None:
    """File a job that shows these runs under these names."""
    for position, (name, run) in enumerate(runs.items(), start=1):
        store.save_run(run, curves=[], files={})
        store.link_run(job, run.id, position=position, student=name, role=run.role)


# What ships


@pytest.mark.parametrize("manifest", TEACHERS, ids=lambda manifest: manifest.name)
def test_what_ships_of_a_teacher_is_what_its_network_says(manifest: Manifest, store: Store, images: Any) -> None:
    teacher = shipped_manifest(manifest.name)
    recipe = TrainedTeacher.model_validate(teacher.details["recipe"])
    network = from_bytes(task_blueprint(recipe, SMALL), read_asset("teachers", teacher))
    found = read_predictions(store, f"shipped:{manifest.name}")
    for split, said_NC in ((images.valid, found.valid_logits_NC), (images.test, found.test_logits_NC)):
        assert said_NC.shape == (len(split), 10)
        assert said_NC.dtype == np.float32
        places = np.arange(0, len(split), 97)
        np.testing.assert_allclose(said_NC[places], predict(network, part(split, places)), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("manifest", SHIPPED, ids=lambda manifest: manifest.name)
def test_the_accuracy_that_a_manifest_tells_is_that_of_its_logits(
    manifest: Manifest, store: Store, images: Any
) -> None:
    found = read_predictions(store, f"shipped:{manifest.name}")
    assert found.title == manifest.title
    np.testing.assert_array_equal(found.test_labels_N, images.test.labels_N)
    for name, split, said_NC in (
        ("valid_accuracy", images.valid, found.valid_logits_NC),
        ("test_accuracy", images.test, found.test_logits_NC),
    ):
        assert manifest.measured[name] == (said_NC.argmax(1) == split.labels_N).mean()
    assert manifest.details["data_sha256"] == SMALL.sha256


def test_every_shipped_teacher_of_the_default_task_has_answers() -> None:
    teachers = {one.name for one in manifests("teachers") if SMALL.name in one.details["tasks"]}
    assert {one.name for one in TEACHERS} == teachers


@pytest.mark.parametrize("manifest", SHIPPED, ids=lambda manifest: manifest.name)
def test_what_ships_is_filed_under_the_run_that_this_lab_would_make(manifest: Manifest, store: Store) -> None:
    """Otherwise a teacher or the default comparison, once trained here, would stand in the picker twice."""
    details = manifest.details
    if manifest in TEACHERS:
        teacher = resolve_teacher(ShippedTeacher(name=manifest.name), SMALL, "float32", store.run)
        assert details["run_id"] == teacher.fingerprint[:16]
        return
    full = resolve_experiment(
        default_experiment().model_copy(update={"precision": details["specification"]["precision"]})
    )
    assert json.loads(full.to_json()) == details["specification"]
    teacher = resolve_teacher(full.teacher, SMALL, "float32", store.run)
    filed = {(one.fingerprint[:16], one.seed, one.role) for one in expand(full, teacher)}
    assert (details["run_id"], details["seed"], details["role"]) in filed


def test_an_empty_lab_has_those_that_ship_in_the_order_of_the_pickers(store: Store) -> None:
    found = list_prediction_sources(store, TASKS, SMALL.name)
    assert [one.key for one in found] == ORDER
    assert [one.role for one in found] == [*["teacher"] * 3, "control", "student", "student"]
    for one in found:
        right = [manifest.measured["test_accuracy"] for manifest in SHIPPED if manifest.title == one.title]
        assert right == [one.test_accuracy]


def test_nothing_ships_for_other_data(store: Store) -> None:
    """The large Fashion-MNIST has other test images than the subset."""
    for name in ("digits", "fashion_mnist"):
        assert list_prediction_sources(store, TASKS, name) == ()
    with pytest.raises(UnknownName, match="Did you mean 'digits'"):
        list_prediction_sources(store, TASKS, "digit")


# Runs of this lab


def test_every_finished_run_is_there_once_the_newest_first(store: Store) -> None:
    for place, job in enumerate("ab"):
        store.add_job(a_job(job, owner=store.lab_id, submitted_at=NOON + timedelta(minutes=place)))
    first, second = a_run("00000000000000aa"), a_run("00000000000000bb", seed=1, labels=500)
    failed = a_run("00000000000000cc", state="failed", scores={})
    elsewhere = a_run("00000000000000dd", task="digits")
    show(store, "a", one=first, broken=failed, other=elsewhere)
    show(store, "b", again=first, new=second)
    found = list_prediction_sources(store, TASKS, SMALL.name)
    assert [one.key for one in found] == [*ORDER, "run:00000000000000bb", "run:00000000000000aa"]
    assert [(one.title, one.role, one.test_accuracy) for one in found[6:]] == [
        ("KD on all (ResNet-8, 500 labels, seed 1)", "student", 0.84),
        ("KD on all (ResNet-8, all labels, seed 2147483647)", "student", 0.84),
    ]
    assert [one.key for one in list_prediction_sources(store, TASKS, "digits")] == ["run:00000000000000dd"]


def test_a_student_that_taught_another_is_listed_in_both_roles(store: Store) -> None:
    for place, job in enumerate("abc"):
        store.add_job(a_job(job, owner=store.lab_id, submitted_at=NOON + timedelta(minutes=place)))
    both = a_run("00000000000000aa", labels=500, seed=1)
    show(store, "a", KD=both)
    for job in "bc":
        store.link_run(job, both.id, position=0, student="KD (teacher)", role="teacher")
    assert [(one.key, one.role) for one in list_prediction_sources(store, TASKS, SMALL.name)[len(ORDER) :]] == [
        ("run:00000000000000aa", "teacher"),
        ("run:00000000000000aa", "student"),
    ]
    assert {one.title for one in list_prediction_sources(store, TASKS, SMALL.name)[len(ORDER) :]} == {
        "KD on all (ResNet-8, 500 labels, seed 1)"
    }


def test_so_many_are_there_at_most_beside_those_that_ship(store: Store) -> None:
    store.add_job(a_job("a", owner=store.lab_id))
    runs = {f"student {number}": a_run(f"{number:016}", seed=number) for number in range(4)}
    show(store, "a", **runs)
    found = list_prediction_sources(store, TASKS, SMALL.name, limit=2)
    assert [one.key for one in found] == [*ORDER, "run:0000000000000003", "run:0000000000000002"]


def test_a_run_that_ships_is_not_there_twice(store: Store) -> None:
    store.add_job(a_job("a", owner=store.lab_id))
    runs = {one.name: a_run(one.details["run_id"], student=one.name, role=one.details["role"]) for one in SHIPPED}
    show(store, "a", **runs, mine=a_run())
    assert [one.key for one in list_prediction_sources(store, TASKS, SMALL.name)] == [*ORDER, "run:00000000000000aa"]


def test_a_title_says_whose_it_is_which_network_how_many_labels_and_the_seed() -> None:
    assert run_title(a_run(labels=1_000, seed=7)) == "KD on all (ResNet-8, 1,000 labels, seed 7)"
    assert run_title(a_run(missing_class="Bag", seed=7)) == "KD on all (ResNet-8, all labels, never Bag, seed 7)"
    assert run_title(a_run(role="teacher", student="ResNet-8")) == "ResNet-8"
    assert run_title(a_run(role="teacher", student="My teacher")) == "My teacher (ResNet-8)"


def test_the_answers_of_a_run_are_what_its_weights_say(swept: Swept) -> None:
    lab, images = swept.lab, swept.lab.catalog.images("digits")
    rows = swept.lab.reports.results([swept.job]).set_index("run_id")
    listed = {one.key: one for one in lab.reports.prediction_sources("digits")}
    assert {f"run:{run}" for run in rows.index} <= listed.keys()
    for run in rows.index[[0, 1, -1]]:
        found, record = lab.reports.predictions(f"run:{run}"), lab._store.run(run)
        network = from_bytes(blueprint_of(record), lab.reports.artifact(run, "weights").read_bytes())
        for split, said_NC in zip(images, (found.valid_logits_NC, found.test_logits_NC), strict=True):
            dataset = InMemoryImages(TASKS.get("digits"), split)
            np.testing.assert_allclose(said_NC, predict(network, dataset), rtol=1e-4, atol=1e-4)
        accuracy = (found.test_logits_NC.argmax(1) == images[1].labels_N).mean()
        assert accuracy == rows.loc[run, "test_accuracy"] == listed[f"run:{run}"].test_accuracy
        assert found.title == listed[f"run:{run}"].title
        np.testing.assert_array_equal(found.test_labels_N, images[1].labels_N)


def test_images_are_the_validation_and_test_images_of_the_task_read_once(swept: Swept) -> None:
    valid, test = swept.lab.catalog.images("digits")
    assert (valid.images_NHWC.shape, test.images_NHWC.shape) == ((360, 8, 8, 1), (360, 8, 8, 1))
    told = TASKS.get("digits")
    assert (told.counts.valid, told.counts.test) == (len(valid), len(test))
    assert swept.lab.catalog.images("digits")[1] is test
    with pytest.raises(UnknownName):
        swept.lab.catalog.images("nowhere")


def test_a_run_that_was_deleted_has_no_answers_any_more(swept: Swept) -> None:
    lab = swept.lab
    job = lab.submit(experiment(student("gone", temperature=2.5), views=1))
    assert lab.wait(job, 120).state == "finished"
    run = lab.reports.results([job]).set_index("student").loc["gone", "run_id"]
    assert lab.reports.predictions(f"run:{run}").test_logits_NC.shape == (360, 10)
    lab.delete(job)
    with pytest.raises(NotFound, match="may have been deleted"):
        lab.reports.predictions(f"run:{run}")
    assert f"run:{run}" not in {one.key for one in lab.reports.prediction_sources("digits")}


UNKNOWN = ["", "fashion_resnet20", "shipped", "shipped:", "shipped:none", "run:none", "run:", "job:fashion_resnet20"]


@pytest.mark.parametrize("key", UNKNOWN)
def test_an_unknown_key_is_not_found(key: str, store: Store) -> None:
    with pytest.raises(NotFound):
        read_predictions(store, key)


def test_a_run_that_failed_has_no_answers(store: Store) -> None:
    store.save_run(a_run(state="failed", scores={}), curves=[], files={})
    with pytest.raises(NotFound, match="the run failed or"):
        read_predictions(store, "run:00000000000000aa")


def test_answers_that_were_changed_on_the_disk_are_refused(store: Store) -> None:
    logits = {"valid_logits_NC": np.zeros((2, 10), np.float32), "test_logits_NC": np.ones((3, 10), np.float32)}
    store.save_run(a_run(), curves=[], files={"predictions": save(logits)})
    path = store.artifact("00000000000000aa", "predictions").path
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")
    with pytest.raises(CorruptFile):
        read_predictions(store, "run:00000000000000aa")


def test_shipped_answers_with_another_hash_are_refused(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "assets" / FOLDER
    folder.mkdir(parents=True)
    for name in ("default_control.json", "recorded.zip"):
        shutil.copy(ASSETS / FOLDER / name, folder)
    # By its full name in sys.modules: in the package that name is a function.
    monkeypatch.setattr(sys.modules["distill_core.reports.prediction_sources"], "ASSETS", tmp_path / "assets")
    assert [one.key for one in list_prediction_sources(store, TASKS, SMALL.name)] == ["shipped:default_control"]
    path = folder / "recorded.zip"
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")
    manifest = folder / "default_control.json"
    told = json.loads(manifest.read_text(encoding="utf-8"))
    # Another hash than that of what was read before, and not the file's either.
    manifest.write_text(json.dumps(told | {"sha256": "0" * 64}), encoding="utf-8")
    with pytest.raises(CorruptFile, match=r"recorded\.zip: expected SHA-256"):
        read_predictions(store, "shipped:default_control")


def test_a_new_lab_answers_for_the_shipped_teacher_at_once(tmp_path: Path) -> None:
    lab = Lab.open(tmp_path)
    assert [one.key for one in lab.reports.prediction_sources(SMALL.name)] == ORDER
    assert lab.reports.predictions(ORDER[0]).test_logits_NC.shape == (2_000, 10)
    valid, test = lab.catalog.images(SMALL.name)
    assert (len(valid), len(test)) == (len(lab.reports.predictions(ORDER[0]).valid_logits_NC), 2_000)
    assert (len(valid), len(test)) == (SMALL.counts.valid, SMALL.counts.test)
    lab.close()


def test_all_readers_share_one_read_only_copy_of_a_file(trained: Path) -> None:
    opened = Store.open(trained)
    run = opened.runs()[-1].run.id
    told = read_predictions(opened, f"run:{run}").test_logits_NC
    assert np.shares_memory(told, read_test_logits(opened, run))
    opened.close()
    with pytest.raises(ValueError, match="read-only"):
        told[0, 0] = 1.0
