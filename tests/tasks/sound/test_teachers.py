"""Teachers of sound that ship: each task begins with one, and their files answer as well as their manifests say."""

from pathlib import Path

import pytest

from distill_core.assets import Manifest, manifests, read_asset
from distill_core.errors import InvalidSetting
from distill_core.networks.weights import from_bytes
from distill_core.planning.blueprints import task_blueprint
from distill_core.planning.resolve import resolve_experiment
from distill_core.planning.teacher_sources import resolve_teacher, teacher_options
from distill_core.spec import EnsembleTeacher, ShippedTeacher, StoredTeacher, TrainedTeacher
from distill_core.tasks import TASKS, Task, load_task, null_sink
from distill_core.tasks.sound import SOUND
from distill_core.tasks.sound.spoken_digits import new_voice, voice
from distill_core.training.predict import predict
from tests.store.records import a_run

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


def made_for(manifest: Manifest) -> Task:
    """The task that a shipped teacher was trained on."""
    return next(task for task in TASKS_OF_SOUND if task.sha256 == manifest.details["data_sha256"])


@pytest.mark.parametrize("manifest", SHIPPED, ids=lambda manifest: manifest.name)
def test_its_file_is_as_good_as_it_says(manifest, tmp_path) -> None:
    task = made_for(manifest)
    assert task.name in manifest.details["tasks"]
    form = task_blueprint(TrainedTeacher.model_validate(manifest.details["recipe"]), task)
    test = task.dataset(task, load_task(task, tmp_path, null_sink).test)
    network = from_bytes(form, read_asset("teachers", manifest))
    assert task.metrics(test, predict(network, test))["accuracy"] == pytest.approx(
        manifest.measured["test_accuracy"], abs=0.01
    )
    assert manifest.size_bytes < 2_000_000


def heard(task: Task, part: str, home: Path) -> set[bytes]:
    """The recordings of a part, without their mean: tasks differ in whether it stays."""
    return {values.tobytes() for values in getattr(load_task(task, home, null_sink), part).values_NTC}


def test_whatever_teaches_a_task_has_not_heard_its_test(tmp_path: Path) -> None:
    trained = {task.name: heard(task, "train", tmp_path) for task in TASKS_OF_SOUND}
    shipped = {(task, name) for m in SHIPPED for task in m.details["tasks"] for name in [made_for(m).name]}
    own = {(task.name, name) for task in TASKS_OF_SOUND for name in task.taught_by}
    assert {pair for pair in shipped if len(set(pair)) == 2} == own
    for name, teaching in shipped | own:
        task, other = TASKS.get(name), TASKS.get(teaching)
        assert not trained[teaching] & heard(task, "test", tmp_path), (name, teaching)
        assert (task.input, task.target) == (other.input, other.target)


@pytest.mark.parametrize("of", [new_voice("jackson"), "spoken_digits"])
def test_a_run_that_heard_the_test_neither_teaches_nor_joins_an_ensemble(of: str) -> None:
    task, made = TASKS.get(voice("george")), {"architecture": "sequence_cnn", "stem_stride": 1}
    runs = {run: a_run(run, task=name, **made) for run, name in (("a" * 16, of), ("b" * 16, new_voice("george")))}
    heard_it, other = (StoredTeacher(run=run) for run in runs)
    assert resolve_teacher(other, task, "float32", runs.__getitem__).choice == other
    for choice in (heard_it, EnsembleTeacher(members=(heard_it, other))):
        with pytest.raises(InvalidSetting, match=f"trained for .{of}., got {task.name}"):
            resolve_teacher(choice, task, "float32", runs.__getitem__)
