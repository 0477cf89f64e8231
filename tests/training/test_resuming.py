"""A training that was cut goes on to the bits of one that was not, whatever trains."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
import torch

from distill_core import lazy_torch
from distill_core.errors import Stopped
from distill_core.methods import METHODS
from distill_core.networks import build
from distill_core.spec import Budget, Optimiser
from distill_core.training.cohort import CohortConfig, train_cohort
from distill_core.training.monitor import Trained
from distill_core.training.resuming import NOWHERE, Keeper
from distill_core.training.student import StudentConfig
from distill_core.training.teacher_outputs import FrozenTeacher
from tests.training import small
from tests.training.every_method import configs
from tests.training.kept import InMemory, after, assert_same, points
from tests.training.test_cohort import broken, nan
from tests.training.test_every_kind import COUNT, KINDS, few, form

pytestmark = pytest.mark.anywhere

Students = Callable[[], Sequence[StudentConfig]]


def cut_and_go_on(students: Students, train: Callable[..., tuple[Trained, ...]], rounds: int) -> InMemory:
    """Compares a training that ends before a round and goes on with one that does not end."""
    whole_events: list[Any] = []
    whole = train(students(), sink=whole_events.append)
    keeper, events = InMemory(), list[Any]()
    with pytest.raises(Stopped):
        train(students(), keeper=keeper, checkpoint=after(rounds))
    assert len(keeper.files) == 1
    torch.manual_seed(12345)  # another process has another state
    assert_same(train(students(), keeper=keeper, sink=events.append), whole)
    assert points(events) == points(whole_events)
    assert keeper.refused == []
    return keeper


def in_small_world(settings: CohortConfig) -> Callable[..., tuple[Trained, ...]]:
    def train(
        students: Sequence[StudentConfig],
        sink: Callable[[Any], None] = lambda event: None,
        keeper: Keeper = NOWHERE,
        checkpoint: Callable[[], None] = small.forget,
    ) -> tuple[Trained, ...]:
        return train_cohort(
            students,
            settings,
            train=small.dataset(),
            valid=small.dataset(part="valid"),
            teacher=small.teacher(settings.precision),
            sink=sink,
            checkpoint=checkpoint,
            keeper=keeper,
        )

    return train


def zeros() -> list[StudentConfig]:
    start = small.network(3)
    for weight in start.parameters():
        if weight.ndim > 1:
            weight.data[weight.abs() < weight.abs().median()] = 0.0
    return [replace(small.config(architecture="resnet8"), start=start, keeps_zeros=True)]


PLAIN: dict[str, Students] = {
    "plain": lambda: [small.config(run="a/0"), small.config("labels", run="b/0"), small.config(run="c/1", seed=1)],
    "other images": lambda: [small.config(run="a/0", visible=range(20)), small.config(run="b/0")],
    "mixtures": lambda: [small.config("patient", run="a/0"), small.config(run="b/0")],
    "8 bits": lambda: [replace(small.config(architecture="resnet8"), int8_aware=True)],
    "from a network with zeros": zeros,
    "peers": lambda: [
        small.config("mutual", run=run, peer_group=("a/0", "b/0"), initial=place)
        for place, run in enumerate(("a/0", "b/0"))
    ],
}


@pytest.mark.parametrize("rounds", [1, 3])
@pytest.mark.parametrize("kind", PLAIN)
def test_of_a_kind(kind: str, rounds: int) -> None:
    settings = small.plan(mode="consistent" if kind == "mixtures" else "cached")
    cut_and_go_on(PLAIN[kind], in_small_world(settings), rounds)


@pytest.mark.parametrize("algorithm", ["sgd", "adamw", "adagrad"])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_with_an_optimiser(algorithm, precision) -> None:
    optimiser = Optimiser(algorithm=algorithm, learning_rate=0.01)
    settings = replace(small.plan(precision=precision), optimiser=optimiser)
    cut_and_go_on(lambda: [small.config(architecture="resnet8")], in_small_world(settings), 4)


@pytest.mark.parametrize(
    ("kind", "only"), [("images", ()), ("scenes", ("kd", "cwd", "skd")), ("questions", ("kd", "vid", "ctkd", "dml"))]
)
def test_every_method_that_has_a_state_of_its_own(kind: str, only: tuple[str, ...], tmp_path) -> None:
    name, *networks, refused = KINDS[kind]
    student, teacher = (form(name, one) for one in networks)
    torch.manual_seed(1)
    frozen, given = FrozenTeacher(build(teacher), "float32"), few(name, tmp_path)

    def company() -> list[StudentConfig]:
        torch.manual_seed(2)
        methods = [method for method in METHODS if method.name not in refused and (method.name in only or not only)]
        return [one for method in methods for one in configs(method, student, teacher, frozen.head, COUNT)]

    algorithm = "adagrad" if name == "medicine" else "adamw"
    settings = replace(
        small.plan(mode="consistent"),
        optimiser=Optimiser(algorithm=algorithm, learning_rate=0.01),
        budget=Budget(updates=2, batch_size=4),
    )

    def train(
        students: Sequence[StudentConfig],
        sink: Callable[[Any], None] = lambda event: None,
        keeper: Keeper = NOWHERE,
        checkpoint: Callable[[], None] = small.forget,
    ) -> tuple[Trained, ...]:
        world = {"train": given, "valid": given, "teacher": frozen}
        return train_cohort(students, settings, **world, sink=sink, checkpoint=checkpoint, keeper=keeper)

    cut_and_go_on(company, train, 1)


def test_some_of_a_cohort_go_on_without_the_others() -> None:
    train, students = in_small_world(small.plan()), PLAIN["plain"]()
    keeper = InMemory()
    with pytest.raises(Stopped):
        train(students, keeper=keeper, checkpoint=after(2))
    assert_same(train(PLAIN["plain"]()[1:], keeper=keeper), train(PLAIN["plain"]())[1:])
    assert keeper.refused == []


def test_a_state_of_shorter_rounds_goes_on_in_the_middle_of_a_longer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a cohort with a large network, of which the small ones go on alone."""
    for points_of in ("LOSS_POINTS", "VALID_POINTS"):
        monkeypatch.setattr(f"distill_core.training.monitor.{points_of}", 1)
    train, keeper = in_small_world(small.plan()), InMemory()
    whole = train(PLAIN["plain"]())
    with monkeypatch.context() as patched:
        patched.setattr("distill_core.training.cohort.LONGEST_ROUND", 1)
        with pytest.raises(Stopped):
            train(PLAIN["plain"](), keeper=keeper, checkpoint=after(3))
    assert_same(train(PLAIN["plain"](), keeper=keeper), whole)
    assert keeper.refused == []


def test_a_student_that_had_failed_stays_failed_with_its_words() -> None:
    def students() -> list[StudentConfig]:
        bad = small.config("kd", run="bad/0", loss=broken(2, nan))
        return [bad, small.config("labels", run="good/0")]

    cut_and_go_on(students, in_small_world(small.plan()), 4)


def kept(settings: CohortConfig) -> InMemory:
    keeper = InMemory()
    with pytest.raises(Stopped):
        in_small_world(settings)([small.config()], keeper=keeper, checkpoint=after(3))
    return keeper


def goes_on(keeper: InMemory, settings: CohortConfig, **changes: Any) -> list[str]:
    """Trains with what is kept; returns why that was refused. The result is that of a training from the start."""
    whole = in_small_world(settings)([small.config(**changes)])
    assert_same(in_small_world(settings)([small.config(**changes)], keeper=keeper), whole)
    return keeper.refused


def test_a_torn_file_is_refused_and_training_starts_over() -> None:
    settings = small.plan()
    keeper = kept(settings)
    keeper.files = {names: data[:-100] for names, data in keeper.files.items()}
    (why,) = goes_on(keeper, settings)
    assert "expected a whole file, got a torn or changed one; nothing is lost, and training starts over" in why


def test_a_changed_or_empty_file_is_refused() -> None:
    settings = small.plan()
    for data in (b"", b"{}", bytes(100)):
        keeper = kept(settings)
        keeper.files = dict.fromkeys(keeper.files, data)
        assert len(goes_on(keeper, settings)) == 1


def test_a_file_of_another_loop_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = small.plan()
    keeper = kept(settings)
    monkeypatch.setattr("distill_core.training.state.LOOP_REVISION", 77)
    assert "expected loop 77, got 1" in goes_on(keeper, settings)[0]


def test_a_file_of_another_torch_or_other_threads_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = small.plan()
    keeper = kept(settings)
    monkeypatch.setattr(lazy_torch.torch, "__version__", "1.0")
    assert "expected torch 1.0" in goes_on(keeper, settings)[0]
    keeper = kept(settings)
    monkeypatch.setattr(lazy_torch.torch, "get_num_threads", lambda: 7)
    assert "expected threads 7" in goes_on(keeper, settings)[0]


def test_a_file_of_another_precision_or_network_is_refused() -> None:
    keeper = kept(small.plan())
    assert "expected precision bfloat16, got float32" in goes_on(keeper, small.plan(precision="bfloat16"))[0]
    keeper = kept(small.plan())
    assert "weights called" in goes_on(keeper, small.plan(), architecture="resnet8")[0]


def test_without_a_place_to_keep_it_nothing_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("distill_core.training.resuming.to_bytes", lambda *_: pytest.fail("a state was made"))
    with pytest.raises(Stopped):
        in_small_world(small.plan())([small.config()], checkpoint=after(2))
