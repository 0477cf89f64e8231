"""One member: its schedule, its weights, its own random numbers."""

import math
from dataclasses import replace

import pytest
import torch
from torch import nn

from distill_core.errors import TrainingDiverged
from distill_core.methods import LossInputs, StepLoss
from distill_core.spec import Optimiser
from distill_core.training.optimiser import learning_rate
from distill_core.training.student import StudentTrainer
from tests.training import small

pytestmark = pytest.mark.anywhere


def trainer(method: str = "kd", *, optimiser: Optimiser | None = None, **settings: object) -> StudentTrainer:
    given = small.config(method, **settings)  # type: ignore[arg-type]
    return StudentTrainer(given, optimiser or Optimiser(), updates=10, batch_size=16, precision="float32")


def step(one: StudentTrainer, update: int = 0) -> None:
    images = small.dataset().unaugmented(one.config.visible_M[:16])
    one.step(update, images, torch.zeros(16, 4), torch.arange(16) % 4)


def grafted(seed: int = 0) -> tuple[StudentTrainer, nn.Module]:
    """A member that ends in its teacher's head, and that head."""
    head = small.network().get_submodule("head")
    plain = small.config("labels", seed=seed)
    given = replace(
        plain, blueprint=replace(plain.blueprint, teacher_head=small.blueprint("resnet8")), teacher_head=head
    )
    return StudentTrainer(given, Optimiser(), updates=10, batch_size=16, precision="float32"), head


SCHEDULE = [
    (0, 0.05),
    (1, 0.1),
    (2, 0.1),
    (5, 0.1 * (1 + math.sqrt(3) / 2) / 2),
    (8, 0.075),
    (11, 0.05),
    (14, 0.025),
    (19, 0.000759612349389599),
]


@pytest.mark.parametrize(("update", "rate"), SCHEDULE)
def test_the_rate_rises_in_a_line_and_falls_in_a_cosine(update: int, rate: float) -> None:
    assert learning_rate(Optimiser(learning_rate=0.1, warmup_fraction=0.1), update, 20) == pytest.approx(rate)


@pytest.mark.parametrize(("warmup", "updates"), [(0.0, 1), (0.0, 2), (0.1, 1), (0.9, 10), (0.9, 1), (0.1, 480)])
def test_the_rate_is_above_nothing_and_never_above_the_highest(warmup: float, updates: int) -> None:
    optimiser = Optimiser(learning_rate=0.2, warmup_fraction=warmup)
    rates = [learning_rate(optimiser, update, updates) for update in range(updates)]
    assert max(rates) == pytest.approx(0.2, rel=1e-12)
    assert min(rates) > 0


def test_a_step_takes_the_rate_of_the_schedule() -> None:
    one = trainer()
    for update in range(3):
        step(one, update)
        assert {group["lr"] for group in one._torch_optimiser.param_groups} == {learning_rate(Optimiser(), update, 10)}


def test_decay_is_for_kernels_and_matrices_alone() -> None:
    decayed, free = trainer(optimiser=Optimiser(weight_decay=0.01))._torch_optimiser.param_groups
    assert (decayed["weight_decay"], free["weight_decay"]) == (0.01, 0.0)
    assert {weight.ndim for weight in decayed["params"]} == {2, 4}
    assert {weight.ndim for weight in free["params"]} == {1}


def test_a_head_of_the_teachers_is_taken_over_and_never_moves() -> None:
    one, head = grafted()
    before = [weight.clone() for weight in head.parameters()]
    own = list(one.network.get_submodule("head").parameters())
    stepped = {id(weight) for group in one._torch_optimiser.param_groups for weight in group["params"]}
    assert stepped.isdisjoint(map(id, own))
    assert stepped == {id(weight) for weight in one.network.parameters()} - set(map(id, own))
    body = one.network.get_submodule("stem.0").weight.clone()
    for update in range(3):
        step(one, update)
    assert not torch.equal(one.network.get_submodule("stem.0").weight, body)
    for kept, its, mine in zip(before, head.parameters(), own, strict=True):
        assert torch.equal(kept, its)
        assert torch.equal(kept, mine)
        assert mine is not its


def test_a_grafted_member_starts_from_the_body_of_the_plain_one() -> None:
    there = grafted(seed=5)[0].network.state_dict()
    plain = trainer("labels", seed=5).network.state_dict()
    assert all(torch.equal(value, there[name]) for name, value in plain.items() if not name.startswith("head."))


def test_equal_seeds_start_from_equal_weights_whatever_was_drawn_before() -> None:
    first = trainer("kd", seed=5)
    torch.rand(10)
    assert small.same(first.network, trainer("labels", seed=5).network)
    assert not small.same(first.network, trainer("kd", seed=6).network)


def test_a_member_leaves_the_random_numbers_of_others_alone() -> None:
    torch.manual_seed(0)
    undisturbed = torch.rand(3)
    torch.manual_seed(0)
    step(trainer(architecture="mobilenet_v2"))
    assert torch.equal(torch.rand(3), undisturbed)


def test_a_loss_that_draws_draws_from_the_member_s_own_numbers() -> None:
    drawn: list[float] = []

    def loss(inputs: LossInputs) -> StepLoss:
        drawn.append(float(torch.rand(())))
        return StepLoss(parts={"hard": inputs.student_BC.square().mean()})

    torch.manual_seed(0)
    for _ in range(2):
        one = trainer(loss=loss, draws=True)
        step(one)
        torch.rand(10)
        step(one)
    assert drawn[0] != drawn[1]
    assert drawn[:2] == drawn[2:]


def test_a_loss_hears_how_far_the_training_is() -> None:
    heard: list[float] = []

    def loss(inputs: LossInputs) -> StepLoss:
        heard.append(inputs.progress)
        return StepLoss(parts={"hard": inputs.student_BC.square().mean()})

    one = trainer(loss=loss)
    for update in (0, 5, 9):
        step(one, update)
    assert heard == [0.0, 0.5, 0.9]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_no_number_changes_no_weight(value: float) -> None:
    one = trainer(loss=lambda inputs: StepLoss(parts={"hard": inputs.student_BC.sum() * value}))
    before = [weight.clone() for weight in one.network.parameters()]
    with pytest.raises(TrainingDiverged) as error:
        step(one, 6)
    assert str(error.value).startswith("the loss of 'a' (seed 0) at update 7: expected a finite number, got ")
    assert str(error.value).endswith("; lower the learning rate or the weight of the soft term")
    assert all(torch.equal(now, then) for now, then in zip(one.network.parameters(), before, strict=True))


def test_means_are_over_the_steps_since_they_were_last_asked_for() -> None:
    values = iter([1.0, 3.0, 8.0])

    def loss(inputs: LossInputs) -> StepLoss:
        total = inputs.student_BC.sum() * 0 + next(values)
        return StepLoss(parts={"hard": total / 2}, weights={"hard": 2.0})

    one = trainer(loss=loss)
    step(one, 0)
    step(one, 1)
    assert one.take_means() == {"total": 2.0, "hard": 1.0}
    step(one, 2)
    assert one.take_means() == {"total": 8.0, "hard": 4.0}


def test_weights_that_are_no_numbers_are_found() -> None:
    one = trainer()
    one.check(3)
    with torch.no_grad():
        next(one.network.parameters())[0] = math.inf
    with pytest.raises(
        TrainingDiverged, match=r"the network of 'a' .* at update 3: expected finite weights, got others"
    ):
        one.check(3)


def test_only_small_and_quiet_members_step_beside_others() -> None:
    large = StudentTrainer(small.config(), Optimiser(), updates=10, batch_size=100_000, precision="float32")
    assert (trainer().single_threaded, trainer(draws=True).single_threaded, large.single_threaded) == (
        True,
        False,
        False,
    )


def test_a_step_beside_others_gives_torch_its_threads_back() -> None:
    before = torch.get_num_threads()
    counts: list[int] = []

    def loss(inputs: LossInputs) -> StepLoss:
        counts.append(torch.get_num_threads())
        return StepLoss(parts={"hard": inputs.student_BC.square().mean()})

    step(trainer(loss=loss))
    assert (counts, torch.get_num_threads()) == ([1], before)
