"""Teachers of sound that ship: each task begins with one, and their files answer as well as their manifests say."""

import pytest

from distill_core.assets import manifests, read_asset
from distill_core.networks.weights import from_bytes
from distill_core.planning.blueprints import task_blueprint
from distill_core.planning.resolve import resolve_experiment
from distill_core.planning.teacher_sources import resolve_teacher, teacher_options
from distill_core.spec import ShippedTeacher, TrainedTeacher
from distill_core.tasks import TASKS, Task, load_task, null_sink
from distill_core.tasks.sound import SOUND
from distill_core.training.predict import predict

TASKS_OF_SOUND = [task for task in TASKS if task.kind == SOUND]
SHIPPED = [
    manifest for manifest in manifests("teachers") if manifest.details["recipe"]["architecture"] == "sequence_cnn"
]


@pytest.mark.parametrize("task", TASKS_OF_SOUND, ids=lambda task: task.name)
def test_a_task_begins_with_a_teacher_that_ships(task: Task) -> None:
    assert task.default is not None
    (offered,) = teacher_options(task)
    assert offered.choice == task.default.teacher == ShippedTeacher(name=offered.choice.name)
    assert "test recordings" in offered.note
    resolve_experiment(task.default)
    resolve_teacher(task.default.teacher, task, "float32", lambda run: None)


@pytest.mark.parametrize("manifest", SHIPPED, ids=lambda manifest: manifest.name)
def test_its_file_is_as_good_as_it_says(manifest, tmp_path) -> None:
    task = next(task for task in TASKS_OF_SOUND if task.sha256 == manifest.details["data_sha256"])
    assert task.name in manifest.details["tasks"]
    form = task_blueprint(TrainedTeacher.model_validate(manifest.details["recipe"]), task)
    test = task.dataset(task, load_task(task, tmp_path, null_sink).test)
    network = from_bytes(form, read_asset("teachers", manifest))
    assert task.metrics(test, predict(network, test))["accuracy"] == pytest.approx(
        manifest.measured["test_accuracy"], abs=0.01
    )
    assert manifest.size_bytes < 2_000_000
