"""The loop on another device, with a stand-in for a graphics card: nothing stays behind, and results come back."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

from distill_core import lazy_torch
from distill_core.events import GradientPoint, RunFailed, TrainPoint, ValidPoint
from distill_core.methods import METHODS, LossInputs, StepLoss
from distill_core.networks import Blueprint, build, profile, uses_rng
from distill_core.tasks.base import Dataset
from distill_core.training import device
from distill_core.training.cohort import CohortConfig, train_cohort
from distill_core.training.monitor import Trained
from distill_core.training.precision import autocast
from distill_core.training.student import StudentConfig, StudentTrainer
from distill_core.training.teacher_outputs import FrozenTeacher
from tests.architectures import FOR_IMAGES
from tests.methods.pairs import DENSE, PAIRS, WHOLE, blueprint, defined
from tests.training import small
from tests.training.elsewhere import DEVICE, Elsewhere
from tests.training.every_method import configs
from tests.training.test_every_method import COUNT, dataset, scenes

pytestmark = pytest.mark.anywhere

STUDENT, TEACHER = map(blueprint, PAIRS["CNN, CNN"])


def train(
    company: Sequence[StudentConfig],
    plan: CohortConfig,
    told: Any = lambda kind: None,
    given: Dataset | None = None,
    teacher: Blueprint = TEACHER,
) -> tuple[Trained, ...]:
    given = given or dataset()
    for one in company:
        profile(one.blueprint), uses_rng(one.blueprint)  # known before: here each operator is looked at
    with Elsewhere():
        return train_cohort(
            company,
            replace(plan, device=DEVICE),
            train=given,
            valid=given,
            teacher=FrozenTeacher(build(teacher), "float32", device=DEVICE),
            sink=lambda event: told(type(event)),
            checkpoint=small.forget,
        )


def test_no_tensor_of_any_method_stays_behind() -> None:
    told: Counter[type] = Counter()
    head = FrozenTeacher(build(TEACHER), "float32", device=DEVICE).head
    company = [one for method in WHOLE for one in configs(method, STUDENT, TEACHER, head, COUNT)]
    trained = train(company, small.plan(updates=1, mode="consistent"), lambda kind: told.update([kind]))
    assert {one.config.student: one.error for one in trained if one.error} == {}
    assert told[RunFailed] == 0
    assert min(told[TrainPoint], told[ValidPoint], told[GradientPoint]) == len(company)
    assert {weight.device.type for one in trained for weight in one.network.state_dict().values()} == {"cpu"}


def test_no_tensor_of_a_method_on_positions_stays_behind() -> None:
    student, teacher = map(blueprint, DENSE["U-Nets"])
    head, able = torch.nn.Identity(), [method for method in METHODS if defined(method, "U-Nets")]
    company = [one for method in able for one in configs(method, student, teacher, head, COUNT)]
    trained = train(company, small.plan(updates=1, mode="consistent"), given=scenes(), teacher=teacher)
    assert {one.config.student: one.error for one in trained if one.error} == {}


@pytest.mark.parametrize("architecture", sorted({entry.family: entry.name for entry in FOR_IMAGES}.values()))
def test_no_tensor_of_any_family_of_networks_stays_behind(architecture: str) -> None:
    (kd,) = configs(METHODS.get("kd"), blueprint(architecture), TEACHER, torch.nn.Identity(), COUNT)
    (trained,) = train([kd], small.plan(updates=1))
    assert trained.error is None
    assert {weight.device.type for weight in trained.network.state_dict().values()} == {"cpu"}


@pytest.mark.parametrize("changes", [{"int8_aware": True}, {"start": build(STUDENT), "keeps_zeros": True}])
def test_no_tensor_of_a_student_that_was_compressed_stays_behind(changes: dict[str, Any]) -> None:
    (kd,) = configs(METHODS.get("kd"), STUDENT, TEACHER, torch.nn.Identity(), COUNT)
    (trained,) = train([replace(kd, **changes)], small.plan(updates=1))
    assert trained.error is None


def test_the_stand_in_refuses_a_tensor_that_stays_behind() -> None:
    weights_C = torch.linspace(0.0, 1.0, 4)

    def loss(inputs: LossInputs) -> StepLoss:
        return StepLoss(parts={"hard": (inputs.student_BC * weights_C).mean()})

    (kd,) = configs(METHODS.get("kd"), STUDENT, TEACHER, torch.nn.Identity(), COUNT)
    with pytest.raises(AssertionError, match="meets tensors of cpu and meta"):
        train([replace(kd, loss=loss)], small.plan(updates=1))


def test_a_batch_moves_once_for_all_of_its_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    moves: list[tuple[int, ...]] = []

    def counted(tensor: Tensor, place: str) -> Tensor:
        moves.append(tuple(tensor.shape))
        return tensor.to(place)

    monkeypatch.setattr("distill_core.training.cohort.moved", counted)
    (kd,) = configs(METHODS.get("kd"), STUDENT, TEACHER, torch.nn.Identity(), COUNT)
    train([replace(kd, run=f"kd/{number}", initial=number) for number in range(3)], small.plan(updates=2))
    assert moves == 2 * [(16, 1, 16, 16), (16, 4), (16,), (16,)]


def test_rules_of_threads_are_those_of_the_cpu() -> None:
    (kd,) = configs(METHODS.get("kd"), STUDENT, TEACHER, torch.nn.Identity(), COUNT)
    here, there = (
        StudentTrainer(kd, small.plan().optimiser, updates=1, batch_size=16, precision="float32", device=place)
        for place in ("cpu", DEVICE)
    )
    assert (here.single_threaded, there.single_threaded) == (True, False)


class Generator:
    """The generator of a graphics card: ``draw`` moves it on."""

    def __init__(self) -> None:
        self.state = torch.zeros(1)

    def get_rng_state(self) -> Tensor:
        return self.state.clone()

    def set_rng_state(self, state: Tensor) -> None:
        self.state = state.clone()

    def draw(self) -> float:
        self.state = self.state + 1
        return float(self.state)


@pytest.fixture
def generator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Generator]:
    own = Generator()
    monkeypatch.setattr(lazy_torch.torch, "get_device_module", lambda place: {"cuda": own}[place])
    with torch.random.fork_rng(devices=[]):
        yield own


def test_a_device_has_a_generator_of_its_own_beside_the_cpus(generator: Generator) -> None:
    before = device.rng_state("cuda")
    with device.rng_kept("cuda"):
        first = generator.draw(), float(torch.rand(()))
    assert [torch.equal(*pair) for pair in zip(before, device.rng_state("cuda"), strict=True)] == [True, True]
    assert (generator.draw(), float(torch.rand(()))) == first


def test_a_student_that_draws_goes_on_in_its_own_numbers(generator: Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("distill_core.training.student.moved", lambda part, place: part)
    trainer = StudentTrainer(
        small.config(draws=True), small.plan().optimiser, updates=1, batch_size=16, precision="float32", device="cuda"
    )
    drawn = []
    for _ in range(2):
        with trainer._own_rng():
            drawn.append(generator.draw())
        generator.draw()  # of another student
    assert drawn == [1.0, 2.0]
    assert generator.state == 2


def test_each_device_has_its_own_autocast(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[object, ...]] = []
    monkeypatch.setattr(lazy_torch.torch, "autocast", lambda *how: asked.append(how) or SimpleNamespace())
    autocast("bfloat16", "cuda")
    autocast("bfloat16")
    autocast("float32", "mps")
    assert asked == [("cuda", torch.bfloat16), ("cpu", torch.bfloat16)]


def test_on_cuda_sums_have_one_order_and_float32_is_not_rounded() -> None:
    flags = torch.backends.cudnn
    before = flags.deterministic, flags.allow_tf32
    with device.repeatable("cuda"):
        assert (flags.deterministic, flags.allow_tf32) == (True, False)
    assert (flags.deterministic, flags.allow_tf32) == before
