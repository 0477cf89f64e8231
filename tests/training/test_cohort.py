"""The cohort loop: equal specifications give equal weights, and nobody feels who trains beside him."""

import math
import weakref
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from distill_core.errors import InvalidSetting, Stopped
from distill_core.events import Event, GradientPoint, Progress, RunFailed, RunStarted, TrainPoint, ValidPoint
from distill_core.jobs.pool import WorkerPool
from distill_core.machine import resolve_precision
from distill_core.methods import METHODS, DistillLoss, FeatureShapes, LossInputs, Settings, StepLoss
from distill_core.methods.feature_shapes import pair_of
from distill_core.tasks import IGNORE
from distill_core.training import cohort, monitor
from distill_core.training.cohort import train_cohort
from distill_core.training.student import StudentConfig
from distill_core.training.teacher_outputs import FrozenTeacher
from tests.training import small, toys

BFLOAT16 = pytest.param(
    "bfloat16", marks=pytest.mark.skipif(resolve_precision("auto") == "float32", reason="the CPU has no bfloat16")
)
ARITHMETIC = pytest.mark.parametrize("precision", ["float32", BFLOAT16])
MODES = pytest.mark.parametrize("mode", ["cached", "consistent"])


def broken(at: int, how: Callable[[torch.Tensor], torch.Tensor]) -> DistillLoss:
    """KD until update ``at`` (counted from 0); then what ``how`` makes of it."""
    kd, calls = METHODS.get("kd").build(small.LOSSES["kd"], FeatureShapes()), iter(range(1_000))

    def loss(inputs: LossInputs) -> StepLoss:
        step = kd(inputs)
        return step if next(calls) < at else StepLoss(parts={"hard": how(step.total)})

    return loss


def nan(total: torch.Tensor) -> torch.Tensor:
    return total * math.nan


def huge(total: torch.Tensor) -> torch.Tensor:
    """A step as of an extreme learning rate: finite itself, ruinous for the weights."""
    return total * 1e38


def drawing() -> DistillLoss:
    """KD with random weights, as a method with noise or mixing would draw them."""
    kd = METHODS.get("kd").build(small.LOSSES["kd"], FeatureShapes())

    def loss(inputs: LossInputs) -> StepLoss:
        step = kd(inputs)
        return StepLoss(parts={"hard": step.total * (1 + torch.rand(()))})

    return loss


class Watching(FrozenTeacher):
    """Counts how many batches' stages are in memory at once."""

    def __init__(self) -> None:
        super().__init__(small.network(), "float32")
        self.most = 0
        self._shown = list[weakref.ref[torch.Tensor]]()

    def logits_and_stages(self, images_BCHW: torch.Tensor) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        logits_BC, taps = super().logits_and_stages(images_BCHW)
        self._shown = [one for one in (*self._shown, weakref.ref(taps[0])) if one() is not None]
        self.most = max(self.most, len(self._shown))
        return logits_BC, taps


def attending(seed: int) -> StudentConfig:
    """A student that looks where its teacher looks."""
    method = METHODS.get("at")
    loss = method.build(Settings(parameters=method.defaults), pair_of(small.blueprint(), small.blueprint("resnet8")))
    return replace(small.config("kd", run=f"at/{seed}", seed=seed, loss=loss), features=True)


def company() -> list[StudentConfig]:
    """Other seeds, transfer sets, architectures and methods; two that fail, each in its own way."""
    return [
        small.config("kd", run="few/3", seed=3, visible=range(200, 300)),
        small.config("kd", run="seed/4", seed=4),
        small.config("labels", run="control/3", seed=3, visible=range(60)),
        small.config("labels", run="stream/3", seed=3),
        small.config("kd", run="resnet/3", seed=3, architecture="resnet8"),
        small.config("kd", run="mobile/3", seed=3, architecture="mobilenet_v2"),
        small.config("kd", run="drawing/3", seed=3, loss=drawing(), draws=True),
        small.config("kd", run="nan/3", seed=3, loss=broken(2, nan)),
        small.config("kd", run="huge/3", seed=3, loss=broken(1, huge)),
    ]


@MODES
@ARITHMETIC
def test_trained_twice_the_weights_are_equal(precision, mode) -> None:
    first, again = (
        small.train([small.config()], small.plan(precision=precision, mode=mode, updates=10))[0] for _ in range(2)
    )
    assert small.same(first.network, again.network)
    assert not small.same(first.network, small.train([small.config()], small.plan(updates=9))[0].network)


# Each arithmetic with each mode, and each network with both of either; the first, in the middle, and the last.
@pytest.mark.parametrize(
    ("architecture", "mode", "precision", "place"),
    [
        ("plain_cnn", "cached", "float32", 0),
        ("mobilenet_v2", "consistent", "float32", 4),
        pytest.param("plain_cnn", "consistent", *BFLOAT16.values, 9, marks=BFLOAT16.marks),
        pytest.param("mobilenet_v2", "cached", *BFLOAT16.values, 4, marks=BFLOAT16.marks),
    ],
)
def test_a_student_in_company_is_the_student_alone(architecture: str, mode, precision, place: int) -> None:
    settings, others = small.plan(precision=precision, mode=mode), company()
    me = small.config("kd", run="me/3", seed=3, architecture=architecture)
    (alone,) = small.train([me], settings)
    trained = small.train([*others[:place], me, *others[place:]], settings)
    assert small.same(trained[place].network, alone.network)
    errors = {one.config.student: one.error for one in trained}
    assert {name for name, error in errors.items() if error} == {"nan", "huge"}


def test_random_numbers_of_a_student_in_company_are_his_own() -> None:
    alone, other = (small.train([small.config(seed=seed, loss=drawing(), draws=True)])[0] for seed in (3, 4))
    me = small.config(run="me/3", seed=3, loss=drawing(), draws=True)
    assert small.same(small.train([*company(), me])[-1].network, alone.network)
    assert not small.same(alone.network, other.network)


@ARITHMETIC
def test_a_crew_of_threads_trains_the_same_students(pool: WorkerPool, precision) -> None:
    settings = small.plan(precision=precision, updates=40)
    configs = [small.config(run=f"{seed}/{seed}", seed=seed) for seed in range(3)]
    alone = [small.train([config], settings)[0] for config in configs]
    together = small.train(configs, settings, run_parallel=pool)
    assert [small.same(one.network, other.network) for one, other in zip(alone, together, strict=True)] == [True] * 3


def test_stages_of_a_few_batches_are_in_memory_at_once_and_no_bit_is_another(
    pool: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitor, "LOSS_POINTS", 20)
    settings, found = small.plan(updates=40), []
    # A batch's stages are 16 images of 16·8·8, 32·4·4, 64·2·2 and 64 numbers: 122,880 bytes.
    for held_bytes, most in ((2**28, 6), (400_000, 4), (1, 2)):
        monkeypatch.setattr(cohort, "MOST_HELD_BYTES", held_bytes)
        teacher = Watching()
        configs = [*map(attending, range(3)), small.config("kd", run="kd/0")]
        found.append(small.train(configs, settings, by=teacher, run_parallel=pool))
        assert teacher.most - most in (0, 1)  # a thread may still be about to let go of the one before
    for others in found[1:]:
        assert all(small.same(one.network, other.network) for one, other in zip(found[0], others, strict=True))


def test_a_student_of_a_crew_that_diverges_leaves_the_others(pool: WorkerPool) -> None:
    configs = [small.config(run="good/0"), small.config(run="bad/0", loss=broken(2, nan))]
    good, bad = small.train(configs, run_parallel=pool)
    assert (good.error, good.updates) == (None, 6)
    assert bad.error is not None
    assert bad.updates == 2
    assert small.same(good.network, small.train([small.config(run="good/0")])[0].network)


def test_a_loss_that_draws_without_saying_so_ends_its_own_student_alone() -> None:
    (undisturbed,) = small.train([small.config(run="b/0")])
    drew, plain = small.train([small.config(loss=drawing()), small.config(run="b/0")])
    wanted = "the loss of 'a' (seed 0) at update 1: expected no random numbers, got aten::rand; set Method.uses_rng"
    assert (drew.error, drew.updates, plain.error) == (wanted, 0, None)
    assert small.same(plain.network, undisturbed.network)


def test_a_network_that_draws_in_any_layer_trains_beside_one_that_does_not(
    monkeypatch: pytest.MonkeyPatch, pool: WorkerPool
) -> None:
    toys.register(monkeypatch, toys.RECURRENT)
    drawing, plain = small.config(run="a/0", architecture=toys.RECURRENT.name), small.config(run="b/0")
    (drew_alone,), (plain_alone,) = small.train([drawing]), small.train([plain])
    torch.rand(3)  # whose numbers a student of its own has no part in
    drew, beside = small.train([drawing, plain], run_parallel=pool)
    assert (drew.error, beside.error) == (None, None)
    assert small.same(drew.network, drew_alone.network)
    assert small.same(beside.network, plain_alone.network)
    assert not small.same(small.train([replace(drawing, seed=1)])[0].network, drew.network)


def test_the_gate_is_passed_often_also_where_nothing_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    passed: list[int] = []
    monkeypatch.setattr(monitor, "LOSS_POINTS", 20)
    small.train([small.config()], small.plan(updates=400), checkpoint=lambda: passed.append(1))
    # A point of the loss every 20 updates takes rounds of 8, 8 and 4; four of the looks at accuracy, every 50
    # updates, come in the middle of 20.
    assert len(passed) == 20 * 3 + 4


def test_a_recorded_teacher_teaches_as_the_living_one_does() -> None:
    """What the teacher would have said is read, for every transfer set, and the network is not asked at all."""
    network, everything = small.network(), np.arange(small.COUNT)
    living = FrozenTeacher(network, "float32")
    said = [living(small.dataset().views(everything, np.full(small.COUNT, view))) for view in range(3)]
    dead = small.network()
    dead.register_forward_hook(lambda module, images, out: pytest.fail("it was asked"))
    configs = [small.config(run="all/0"), small.config(run="few/0", visible=range(60))]
    read = small.train(configs, by=FrozenTeacher(dead, "float32", torch.stack(said)))
    asked = small.train(configs, by=living)
    for one, other in zip(read, asked, strict=True):
        for name, weights in one.network.state_dict().items():
            torch.testing.assert_close(weights, other.network.state_dict()[name], rtol=1e-3, atol=1e-4)


def test_the_order_of_answers_is_that_of_the_recipes() -> None:
    configs = company()
    assert [one.config for one in small.train(configs)] == configs


def test_a_diverged_student_ends_alone_with_a_message() -> None:
    heard: list[Event] = []
    good, bad = small.train(
        [small.config(run="good/0"), small.config(run="bad/0", loss=broken(2, nan))], sink=heard.append
    )
    assert (good.error, good.updates) == (None, 6)
    assert bad.updates == 2
    assert bad.error == (
        "the loss of 'bad' (seed 0) at update 3: expected a finite number, got nan; "
        "lower the learning rate or the weight of the soft term"
    )
    assert [event for event in heard if isinstance(event, RunFailed)] == [RunFailed("bad/0", bad.error)]
    assert [event.update for event in heard if isinstance(event, TrainPoint) and event.run == "bad/0"] == [1, 2]
    assert [event.update for event in heard if isinstance(event, TrainPoint) and event.run == "good/0"] == [
        *range(1, 7)
    ]


def test_an_extreme_step_is_noticed_even_if_it_was_the_last() -> None:
    # The loss tells of the weights before the step: only a look at the weights themselves tells of the last one.
    heard: list[Event] = []
    good, bad = small.train(
        [small.config(run="good/0"), small.config(run="bad/0", loss=broken(5, huge))], sink=heard.append
    )
    assert good.error is None
    assert bad.updates == 6
    assert bad.error is not None
    assert bad.error.startswith("the network of 'bad' (seed 0) at update 6: expected finite weights, got others in ")
    assert RunFailed("bad/0", bad.error) in heard
    assert not [event for event in heard if isinstance(event, TrainPoint) and (event.run, event.update) == ("bad/0", 6)]


def test_after_the_last_active_student_no_batch_is_made() -> None:
    gates: list[int] = []
    (bad,) = small.train([small.config(loss=broken(2, nan))], checkpoint=lambda: gates.append(1))
    assert bad.updates == 2
    assert len(gates) == 3


def recorded(method: str, kept: list[LossInputs]) -> DistillLoss:
    loss = METHODS.get(method).build(small.LOSSES[method], FeatureShapes())

    def record(inputs: LossInputs) -> StepLoss:
        kept.append(inputs)
        return loss(inputs)

    return record


@MODES
def test_the_control_starts_as_its_student_does_and_sees_the_same_batches(mode) -> None:
    control: list[LossInputs] = []
    student: list[LossInputs] = []
    small.train(
        [
            small.config("labels", run="control/7", seed=7, visible=range(60), loss=recorded("labels", control)),
            small.config("kd", run="student/7", seed=7, visible=range(60), loss=recorded("kd", student)),
        ],
        small.plan(mode=mode),
    )
    # Equal weights and equal pixels give equal first answers.
    assert torch.equal(control[0].student_BC, student[0].student_BC)
    assert len(control) == len(student) == 6
    for here, there in zip(control, student, strict=True):
        assert torch.equal(here.targets_B, there.targets_B)


def test_another_seed_sees_other_batches() -> None:
    first: list[LossInputs] = []
    other: list[LossInputs] = []
    small.train(
        [
            small.config(run="a/1", seed=1, loss=recorded("kd", first)),
            small.config(run="a/2", seed=2, loss=recorded("kd", other)),
        ]
    )
    assert not any(torch.equal(here.targets_B, there.targets_B) for here, there in zip(first, other, strict=True))


def test_only_the_labels_that_a_student_may_use_reach_its_loss() -> None:
    kept: list[LossInputs] = []
    small.train([small.config(labelled=60, loss=recorded("kd", kept))], small.plan(updates=37))
    seen = sum(int((inputs.targets_B != IGNORE).sum()) for inputs in kept)
    # 37 batches of 16 are one pass of 300 images, with 60 labels, and nearly a second one.
    assert 60 < seen <= 120


@MODES
def test_kd_with_alpha_0_trains_as_labels_only_does(mode) -> None:
    nothing, labels = small.train(
        [small.config("kd, alpha 0", run="kd/0"), small.config("labels", run="labels/0")], small.plan(mode=mode)
    )
    assert small.same(nothing.network, labels.network)


@MODES
def test_the_teacher_is_the_same_after_training(mode) -> None:
    network = small.network()
    small.train([small.config()], small.plan(mode=mode), by=FrozenTeacher(network, "float32"))
    assert small.same(network, small.network())
    assert all(weight.grad is None for weight in network.parameters())


def test_without_a_need_for_the_teacher_it_is_not_asked() -> None:
    network = small.network()
    network.register_forward_hook(lambda module, images, out: pytest.fail("the teacher was asked"))
    (trained,) = small.train([small.config("labels")], by=FrozenTeacher(network, "float32"))
    assert trained.error is None


def test_a_student_that_needs_a_teacher_is_refused_where_there_is_none() -> None:
    with pytest.raises(InvalidSetting, match="the method of 'a': expected a teacher, got none; choose one"):
        train_cohort(
            [small.config()], small.plan(), train=small.dataset(), valid=small.dataset(part="valid"), teacher=None,
            sink=lambda event: None, checkpoint=small.forget,
        )  # fmt: skip


def stopping(after: int) -> Callable[[], None]:
    calls = iter(range(1_000))

    def checkpoint() -> None:
        if next(calls) == after:
            raise Stopped("enough")

    return checkpoint


def test_a_stop_leaves_cleanly() -> None:
    network, heard = small.network(), []
    (undisturbed,) = small.train([small.config()])
    state = torch.get_rng_state()
    with pytest.raises(Stopped, match="enough"):
        small.train(
            [small.config()], by=FrozenTeacher(network, "float32"), sink=heard.append, checkpoint=stopping(after=3)
        )
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.is_grad_enabled()
    assert not torch.is_autocast_enabled("cpu")
    assert small.same(network, small.network())
    assert [event.update for event in heard if isinstance(event, TrainPoint)] == [1, 2, 3]
    assert not [event for event in heard if isinstance(event, RunFailed)]
    assert small.same(small.train([small.config()])[0].network, undisturbed.network)


def test_what_the_sink_hears() -> None:
    heard: list[Event] = []
    small.train([small.config(run="a/0"), small.config("labels", run="b/0")], small.plan(updates=3), sink=heard.append)
    assert heard[:2] == [RunStarted("a/0", "a", 0), RunStarted("b/0", "b", 0)]
    kinds = [type(event) for event in heard[2:]]
    told, looked = [TrainPoint, TrainPoint, Progress, ValidPoint, ValidPoint], [GradientPoint, TrainPoint]
    assert kinds == [*looked, *looked, *told[2:], *told, *looked, *looked, *told[2:]]
    points = [event for event in heard if isinstance(event, TrainPoint)]
    assert [set(point.parts) for point in points[:2]] == [{"hard", "soft"}, {"hard"}]
    last = [event for event in heard if isinstance(event, Progress)][-1]
    assert (last.done, last.total) == (3, 3)


def test_long_trainings_are_told_in_few_points_that_end_at_the_last_update() -> None:
    heard: list[Event] = []
    small.train([small.config("labels")], small.plan(updates=121), sink=heard.append)
    losses = [event.update for event in heard if isinstance(event, TrainPoint)]
    accuracies = [event.update for event in heard if isinstance(event, ValidPoint)]
    assert losses == [*range(2, 121, 2), 121]
    assert accuracies == [*range(15, 121, 15), 121]


def test_it_learns() -> None:
    heard: list[Event] = []
    small.train([small.config("labels", labelled=300)], small.plan(updates=40), sink=heard.append)
    accuracies = [event.score for event in heard if isinstance(event, ValidPoint)]
    assert accuracies[-1] >= 0.9


def losses(precision) -> list[float]:
    heard: list[Event] = []
    small.train([small.config()], small.plan(precision=precision, updates=5), sink=heard.append)
    return [event.loss for event in heard if isinstance(event, TrainPoint)]


@pytest.mark.parametrize("precision", [BFLOAT16])
def test_bfloat16_starts_on_the_way_of_float32(precision) -> None:
    assert losses(precision) == pytest.approx(losses("float32"), rel=0.03)
