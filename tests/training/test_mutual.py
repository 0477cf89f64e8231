"""Students who teach each other in one cohort: one step for all of them, and nobody else feels it."""

import math

import pytest
import torch

from distill_core.errors import InvalidSetting
from distill_core.events import Event, RunFailed, TrainPoint, ValidPoint
from distill_core.jobs.pool import WorkerPool
from distill_core.machine import resolve_precision
from distill_core.methods import METHODS, DistillLoss, FeatureShapes, LossInputs, StepLoss
from distill_core.training.monitor import Trained
from distill_core.training.student import StudentConfig
from tests.training import small

pytestmark = pytest.mark.anywhere

BFLOAT16 = pytest.param(
    "bfloat16", marks=pytest.mark.skipif(resolve_precision("auto") == "float32", reason="the CPU has no bfloat16")
)
ARITHMETIC = pytest.mark.parametrize("precision", ["float32", BFLOAT16])
RUNS = ("a/0", "b/0", "c/0")


def peer(
    run: str, method: str = "mutual", *, peer_group: tuple[str, ...] = RUNS[:2], **changes: object
) -> StudentConfig:
    """The first starts as the control does, the others elsewhere."""
    return small.config(method, run=run, peer_group=peer_group, initial=RUNS.index(run), **changes)  # type: ignore[arg-type]


def mutual() -> DistillLoss:
    return METHODS.get("mutual").build(small.LOSSES["mutual"], FeatureShapes())


def recorded(kept: list[LossInputs]) -> DistillLoss:
    loss = mutual()

    def record(inputs: LossInputs) -> StepLoss:
        kept.append(inputs)
        return loss(inputs)

    return record


def by_run(trained: tuple[Trained, ...]) -> dict[str, Trained]:
    return {one.config.run: one for one in trained}


def same_networks(one: tuple[Trained, ...], other: tuple[Trained, ...]) -> list[bool]:
    there = by_run(other)
    return [small.same(network.network, there[run].network) for run, network in by_run(one).items()]


def test_each_hears_what_the_other_says_at_the_same_update() -> None:
    first: list[LossInputs] = []
    second: list[LossInputs] = []
    small.train([peer("a/0", loss=recorded(first)), peer("b/0", loss=recorded(second))])
    assert len(first) == len(second) == 6
    for here, there in zip(first, second, strict=True):
        assert len(here.peers) == len(there.peers) == 1
        assert torch.equal(here.peers[0], there.student_BC)
        assert torch.equal(there.peers[0], here.student_BC)
        assert not here.peers[0].requires_grad
        assert torch.equal(here.targets_B, there.targets_B)


def test_the_first_starts_as_the_control_does_and_the_second_elsewhere() -> None:
    heard: dict[str, list[LossInputs]] = {"control": [], "a": [], "b": []}
    control = METHODS.get("labels").build(small.LOSSES["labels"], FeatureShapes())

    def listen(inputs: LossInputs) -> StepLoss:
        heard["control"].append(inputs)
        return control(inputs)

    small.train(
        [
            small.config("labels", run="control/0", loss=listen),
            peer("a/0", loss=recorded(heard["a"])),
            peer("b/0", loss=recorded(heard["b"])),
        ]
    )
    start = {name: inputs[0].student_BC for name, inputs in heard.items()}
    assert torch.equal(start["control"], start["a"])
    assert not torch.equal(start["a"], start["b"])


@pytest.mark.parametrize("initial", [2, 4, 99])
def test_every_number_of_initial_weights_is_another_start(initial: int) -> None:
    # torch's generator looks at the last 32 bits of a seed alone.
    networks = [small.train([small.config("labels", initial=number)])[0].network for number in (0, 1, initial)]
    assert not any(small.same(one, other) for one, other in ((networks[0], networks[2]), (networks[1], networks[2])))


def test_they_learn_and_are_other_networks_than_alone() -> None:
    heard: list[Event] = []
    settings = small.plan(updates=40)
    together = small.train([peer("a/0", labelled=300), peer("b/0", labelled=300)], settings, sink=heard.append)
    last = {event.run: event.score for event in heard if isinstance(event, ValidPoint)}
    assert min(last.values()) >= 0.9
    points = [event for event in heard if isinstance(event, TrainPoint)]
    assert {name for point in points for name in point.parts} == {"hard", "peers"}
    for one in together:
        (alone,) = small.train([small.config("labels", labelled=300, initial=one.config.initial)], settings)
        assert not small.same(one.network, alone.network)


@ARITHMETIC
def test_the_order_of_the_students_changes_no_bit(precision) -> None:
    settings = small.plan(precision=precision)

    def company(order: tuple[str, ...]) -> list[StudentConfig]:
        unlike = {"b/0": "resnet8", "a/0": "plain_cnn", "c/0": "mobilenet_v2"}
        return [peer(run, peer_group=RUNS, architecture=unlike[run]) for run in order]

    a, b, c = RUNS  # each stands at each place, and before each other
    first, *others = (small.train(company(order), settings) for order in ((a, b, c), (c, a, b), (b, c, a)))
    assert all(all(same_networks(first, other)) for other in others)


@ARITHMETIC
def test_without_weight_it_is_labels_only_to_the_last_bit(precision) -> None:
    settings = small.plan(precision=precision, updates=10)
    nothing, other = small.train([peer("a/0", "mutual, weight 0"), peer("b/0")], settings)
    assert small.same(nothing.network, small.train([small.config("labels")], settings)[0].network)
    assert not small.same(other.network, small.train([small.config("labels", initial=1)], settings)[0].network)


@ARITHMETIC
@pytest.mark.parametrize("mode", ["cached", "consistent"])
def test_peers_and_other_students_do_not_change_each_other(precision, mode) -> None:
    settings = small.plan(precision=precision, mode=mode)
    pair = [peer("a/0"), peer("b/0", architecture="mobilenet_v2")]
    others = [
        small.config("kd", run="kd/0"),
        small.config("labels", run="control/0"),
        small.config("kd", run="few/0", visible=range(100)),
    ]
    alone = small.train(pair, settings), small.train(others, settings)
    mixed = small.train([others[0], pair[1], others[1], pair[0], others[2]], settings)
    assert all(same_networks(alone[0], mixed))
    assert all(same_networks(alone[1], mixed))


def test_random_numbers_of_each_peer_are_its_own() -> None:
    """A peer that draws changes what the others hear, but not what they draw."""
    drawn: dict[str, list[float]] = {run: [] for run in RUNS}

    def drawing(run: str) -> DistillLoss:
        loss = mutual()

        def draw(inputs: LossInputs) -> StepLoss:
            drawn[run].append(float(torch.rand(())))
            return loss(inputs)

        return draw

    state = torch.get_rng_state()
    small.train([peer(run, loss=drawing(run), draws=True) for run in RUNS[:2]])
    assert torch.equal(torch.get_rng_state(), state)
    small.train(
        [peer(run, loss=drawing(run), draws=True, architecture="resnet8") for run in RUNS[:1]]
        + [peer("b/0", loss=drawing("b/0"), draws=True)]
    )
    assert drawn["b/0"][:6] == drawn["b/0"][6:]
    assert len(set(drawn["a/0"] + drawn["b/0"][:6])) == 18


def test_a_crew_of_threads_trains_the_same_peers(pool: WorkerPool) -> None:
    settings = small.plan(updates=20)
    configs = [peer("a/0"), peer("b/0"), small.config("kd", run="kd/0"), small.config("kd", run="kd/1", seed=1)]
    assert all(same_networks(small.train(configs, settings), small.train(configs, settings, run_parallel=pool)))


def broken(at: int) -> DistillLoss:
    """Mutual until update ``at`` (counted from 0), then no number."""
    loss, calls = mutual(), iter(range(1_000))

    def judge(inputs: LossInputs) -> StepLoss:
        step = loss(inputs)
        return step if next(calls) < at else StepLoss(parts={"hard": step.total * math.nan})

    return judge


def test_where_one_diverges_all_end_with_the_reason_and_the_rest_goes_on() -> None:
    heard: list[Event] = []
    a, b, kd = small.train(
        [peer("a/0"), peer("b/0", loss=broken(2)), small.config("kd", run="kd/0")], sink=heard.append
    )
    assert (a.updates, b.updates, kd.updates, kd.error) == (2, 2, 6, None)
    assert b.error == (
        "the loss of 'b' (seed 0) at update 3: expected a finite number, got nan; "
        "lower the learning rate or the weight of the soft term"
    )
    assert a.error == (
        "the peers of 'a' (seed 0) at update 3: expected finite answers, got a loss of 'b' that is no finite number; "
        "lower the learning rate, or train without that peer"
    )
    failed = {event.run: event.message for event in heard if isinstance(event, RunFailed)}
    assert failed == {"a/0": a.error, "b/0": b.error}
    assert small.same(kd.network, small.train([small.config("kd", run="kd/0")])[0].network)


def ruinous(at: int) -> DistillLoss:
    """Mutual, with one step that is finite itself and leaves weights that are not."""
    loss, calls = mutual(), iter(range(1_000))

    def judge(inputs: LossInputs) -> StepLoss:
        step = loss(inputs)
        nothing = inputs.student_BC.sum() - inputs.student_BC.sum().detach()
        return step if next(calls) != at else StepLoss(parts={"hard": step.total + 1e38 * nothing * 1e3})

    return judge


@pytest.mark.parametrize("order", [("a/0", "b/0"), ("b/0", "a/0")])
def test_a_peer_that_received_nan_is_not_the_origin(order: tuple[str, ...]) -> None:
    """The loss of the other is no number either then, though its own answers are."""
    a, b = small.train([peer("a/0", peer_group=order), peer("b/0", peer_group=order, loss=ruinous(1))])
    assert (a.updates, b.updates) == (2, 2)
    assert str(b.error).startswith("the loss of 'b' (seed 0) at update 3: expected a finite number, got ")
    assert str(a.error).startswith("the peers of 'a' (seed 0) at update 3: expected finite answers, got a loss of 'b'")


def test_peers_that_reached_the_last_update_are_finished() -> None:
    a, b = small.train([peer("a/0"), peer("b/0", loss=ruinous(5))])
    assert (a.error, a.updates) == (None, 6)
    assert str(b.error).startswith("the network of 'b' (seed 0) at update 6: expected finite weights")


@pytest.mark.parametrize(
    "others",
    [[], [peer("b/0", visible=range(60))], [peer("b/0", seed=1)]],
    ids=["nobody", "other images", "another seed"],
)
def test_a_peer_that_is_not_on_the_stream_is_refused(others: list[StudentConfig]) -> None:
    with pytest.raises(
        InvalidSetting, match=r"peers: expected all of them on one stream, got none for '[ab]/0'; train"
    ):
        small.train([peer("a/0"), *others])
