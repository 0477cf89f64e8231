"""Weights as files: what comes back is what went in, or a refusal."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from distill_core.errors import CorruptFile
from distill_core.networks.stored import blueprint_of
from distill_core.networks.weights import from_bytes, to_bytes
from distill_core.tasks import InputSpec
from distill_core.training.precision import channels_last
from tests.store.records import a_run
from tests.training import small

pytestmark = pytest.mark.anywhere

BLUEPRINT = small.blueprint("resnet8")


def test_all_weights_and_statistics_come_back() -> None:
    network = small.train([small.config(architecture="resnet8")], small.plan(updates=3))[0].network
    back = from_bytes(BLUEPRINT, to_bytes(network))
    assert small.same(back, network)
    assert not back.training
    assert int(back.stem[1].num_batches_tracked) == 3


def test_the_bytes_do_not_depend_on_how_weights_lie_in_memory() -> None:
    assert to_bytes(channels_last(small.network())) == to_bytes(small.network())


def test_half_precision_takes_half_the_room_and_comes_back_in_float32() -> None:
    whole, half = to_bytes(small.network()), to_bytes(small.network(), half=True)
    assert len(half) < 0.6 * len(whole)
    back = from_bytes(BLUEPRINT, half)
    assert {weight.dtype for weight in back.parameters()} == {torch.float32}
    for here, there in zip(back.parameters(), small.network().parameters(), strict=True):
        assert torch.equal(here, there.half().float())


def test_saving_changes_nothing() -> None:
    network = small.network().train()
    to_bytes(network, half=True)
    assert small.same(network, small.network())
    assert network.training


def test_loading_draws_no_random_numbers() -> None:
    data, state = to_bytes(small.network()), torch.get_rng_state()
    from_bytes(BLUEPRINT, data)
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize(
    "other",
    [
        small.blueprint("plain_cnn"),
        small.blueprint("resnet14"),
        replace(BLUEPRINT, classes=5),
        replace(BLUEPRINT, input=InputSpec(shape=(3, 8, 8))),
    ],
    ids=["another network", "a deeper one", "more classes", "colours"],
)
def test_weights_of_another_network_are_refused(other) -> None:
    with pytest.raises(
        CorruptFile, match=f"weights: expected those of {other.architecture} for {other.classes} classes"
    ):
        from_bytes(other, to_bytes(small.network()))


@pytest.mark.parametrize("length", [0, 4, 100, -1])
def test_a_file_that_was_cut_off_is_refused(length: int) -> None:
    with pytest.raises(CorruptFile, match="or train them again"):
        from_bytes(BLUEPRINT, to_bytes(small.network())[:length])


def test_a_pickle_is_never_opened() -> None:
    import pickle

    with pytest.raises(CorruptFile):
        from_bytes(BLUEPRINT, pickle.dumps({"weights": np.zeros(3)}))


@pytest.mark.parametrize(
    "scores", [{"changes": 1}, {"changes": [{}]}, {"graft": "x"}, {"members": [3]}, {"options": "x"}]
)
def test_a_row_that_gives_no_blueprint_is_told(scores: dict[str, object]) -> None:
    with pytest.raises(CorruptFile, match="its row has no blueprint; make it again"):
        blueprint_of(a_run(scores=scores))
