"""The recorded logits that ship: what the shipped teachers say, about the very views that students see."""

from pathlib import Path

import numpy as np
import pytest
import torch

from distill_core.assets import Manifest, manifests, read_asset
from distill_core.networks.weights import from_bytes
from distill_core.planning.blueprints import task_blueprint
from distill_core.planning.precomputed_logits import (
    FOLDER,
    find_precomputed_logits,
    precomputed_logits_hash,
    read_one_teacher,
)
from distill_core.planning.resolve import resolve_experiment
from distill_core.planning.teacher_sources import resolve_teacher
from distill_core.planning.teacher_sources.shipped import shipped_manifest
from distill_core.spec import Experiment, ShippedTeacher, TrainedTeacher
from distill_core.tasks import TASKS, load_task, null_sink
from distill_core.tasks.images import InMemoryImages
from distill_core.templates.presets import default_experiment
from distill_core.training.teacher_outputs import FrozenTeacher

SHIPPED = manifests(FOLDER)


def changed(**changes: object) -> Experiment:
    return default_experiment().model_copy(update=changes)


@pytest.mark.parametrize("manifest", SHIPPED, ids=lambda manifest: manifest.name)
def test_the_record_is_what_the_shipped_teacher_says_about_these_views(manifest: Manifest, tmp_path: Path) -> None:
    teacher, task = shipped_manifest(manifest.details["teacher"]), TASKS.get(manifest.details["task"])
    assert (teacher.sha256, task.sha256) == (manifest.details["teacher_sha256"], manifest.details["data_sha256"])
    recipe = TrainedTeacher.model_validate(teacher.details["recipe"])
    network = from_bytes(task_blueprint(recipe, task), read_asset("teachers", teacher))
    train = load_task(task, tmp_path, null_sink).train
    dataset = InMemoryImages(task, train, data_seed=manifest.details["data_seed"])
    recorded_VNC = read_one_teacher(manifest, 8)
    assert recorded_VNC.shape == (8, len(train), len(task.classes))
    places = np.arange(0, len(train), 401)
    for view in (0, 7):
        said = FrozenTeacher(network, "float32")(dataset.views(places, np.full(len(places), view)))
        # Half precision keeps 11 bits: of a logit of 16 that is a 128th.
        torch.testing.assert_close(torch.from_numpy(recorded_VNC[view, places]), said, rtol=1e-3, atol=1e-2)


def test_every_shipped_teacher_has_a_record() -> None:
    shipped = {one.name for one in manifests("teachers") if "fashion_mnist_small" in one.details["tasks"]}
    assert shipped == {one.details["teacher"] for one in SHIPPED}


def test_the_default_comparison_has_a_record_and_fewer_views_use_the_same() -> None:
    manifest = find_precomputed_logits(default_experiment())
    assert manifest is not None
    assert manifest.name == "fashion_resnet20"
    assert find_precomputed_logits(changed(views=3)) == manifest
    assert np.array_equal(read_one_teacher(manifest, 3), read_one_teacher(manifest, 8)[:3])


@pytest.mark.parametrize(
    "changes",
    [
        {"views": 9},
        {"data_seed": 1},
        {"mode": "consistent"},
        {"task": "fashion_mnist"},
        {"teacher": TrainedTeacher(architecture="resnet20")},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_where_other_views_are_seen_there_is_no_record(changes: dict[str, object]) -> None:
    assert find_precomputed_logits(changed(**changes)) is None


def test_another_record_is_another_teacher(monkeypatch: pytest.MonkeyPatch) -> None:
    choice, task = ShippedTeacher(name="fashion_resnet20"), TASKS.get("fashion_mnist_small")
    full = resolve_experiment(default_experiment())

    def known() -> str:
        return resolve_teacher(full.teacher, task, "float32", lambda run: pytest.fail(run)).fingerprint

    with_it, its_hash = known(), precomputed_logits_hash(choice, task)
    monkeypatch.setattr("distill_core.planning.precomputed_logits.manifests", lambda folder: ())
    assert precomputed_logits_hash(choice, task) != its_hash
    assert known() != with_it
