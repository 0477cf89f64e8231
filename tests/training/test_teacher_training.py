"""A teacher that is trained first: filed under its recipe, so nothing else may reach it."""

from distill_core.events import TrainPoint
from distill_core.planning.blueprints import task_blueprint
from distill_core.spec import Budget, TrainedTeacher
from distill_core.tasks import null_sink
from distill_core.training.monitor import Trained
from distill_core.training.teacher_training import train_teacher
from tests.training import small

CHOICE = TrainedTeacher(architecture="plain_cnn", budget=Budget(updates=8, batch_size=16), seed=2)


def taught(choice: TrainedTeacher = CHOICE, *, data_seed: int = 0, sink=null_sink) -> Trained:
    return train_teacher(
        choice,
        small.TASK,
        train=small.dataset(data_seed=data_seed),
        valid=small.dataset(part="valid", data_seed=data_seed),
        precision="float32",
        sink=sink,
        checkpoint=small.forget,
    )


def test_members_with_one_seed_are_told_apart() -> None:
    told: list[object] = []
    for name in ("first", "second"):
        train_teacher(
            CHOICE,
            small.TASK,
            train=small.dataset(),
            valid=small.dataset(part="valid"),
            precision="float32",
            sink=told.append,
            checkpoint=small.forget,
            name=name,
        )
    assert {event.run for event in told if isinstance(event, TrainPoint)} == {"first/2", "second/2"}


def test_its_blueprint_is_the_recipe_s_on_the_task() -> None:
    blueprint = task_blueprint(CHOICE, small.TASK)
    assert (blueprint.architecture, blueprint.classes, blueprint.channels, blueprint.size_px) == ("plain_cnn", 4, 1, 8)


def test_the_experiment_that_asks_first_does_not_change_the_teacher() -> None:
    # The recipe and the task name it in the store, and the data seed of the experiment is in neither.
    assert small.same(taught(data_seed=0).network, taught(data_seed=11).network)


def test_another_seed_is_another_teacher() -> None:
    assert not small.same(taught().network, taught(CHOICE.model_copy(update={"seed": 3})).network)


def test_it_is_told_under_a_name_that_no_student_may_have() -> None:
    heard: list[object] = []
    trained = taught(sink=heard.append)
    assert trained.config.run == "teacher/2"
    assert {event.run for event in heard if isinstance(event, TrainPoint)} == {"teacher/2"}
    assert trained.error is None
    assert trained.updates == 8
