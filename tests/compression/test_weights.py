"""Steps that change numbers and no shapes: zeros, decimals, random weights."""

import numpy as np
import pytest
import torch

from distill_core.compression.round import rounded
from distill_core.compression.sparsify import weights
from distill_core.networks import build
from tests.compression.material import IMAGES, material, ready, run, small, trained


@pytest.mark.parametrize("share", [0.05, 0.5, 0.8, 0.99])
@pytest.mark.parametrize("name", ["resnet8", "mobilenet_v3_small", "vit_small"])
def test_the_share_wanted_is_zero_and_it_is_the_smallest(name: str, share: float) -> None:
    given = ready(name)
    changed = run("sparsify", given, zeros=share)
    before = torch.cat([weight.flatten() for weight in weights(given.network).values()])
    after = torch.cat([weight.flatten() for weight in weights(changed.network).values()])
    zero = after == 0
    assert int(zero.sum()) == round(share * len(before))
    assert before[zero].abs().max() <= before[~zero].abs().min()
    assert torch.equal(after[~zero], before[~zero])
    assert changed.notes["largest_error"] == pytest.approx(float(before[zero].abs().max()))


def test_norms_and_biases_are_no_weights_that_become_zero() -> None:
    given = ready("mobilenet_v3_small")
    changed = run("sparsify", given, zeros=0.99)
    touched = weights(given.network).keys()
    state = changed.network.state_dict()
    assert all(
        torch.equal(state[key], value) for key, value in given.network.state_dict().items() if key not in touched
    )
    assert "head.weight" in touched
    assert not {"head.bias", "stem.1.weight"} & touched


def test_zeros_that_were_there_count() -> None:
    once = run("sparsify", ready("plain_cnn"), zeros=0.5)
    twice = run("sparsify", material(once.network, once.blueprint), zeros=0.5)
    state = twice.network.state_dict()
    assert all(torch.equal(tensor, state[name]) for name, tensor in once.network.state_dict().items())


@pytest.mark.parametrize(("decimals", "wanted"), [(1, [0.1, -0.1, 0.0, 1.2]), (2, [0.12, -0.12, 0.01, 1.23])])
def test_rounding_by_hand(decimals: int, wanted: list[float]) -> None:
    came = torch.tensor([0.123, -0.124, 0.009, 1.23])
    assert torch.equal(rounded(came, decimals), torch.tensor(wanted))


@pytest.mark.parametrize("decimals", [1, 2, 3])
@pytest.mark.parametrize("name", ["resnet8", "mobilenet_v3_small", "vit_small"])
def test_no_weight_moves_by_more_than_half_a_step(name: str, decimals: int) -> None:
    given = ready(name)
    changed = run("round", given, decimals=decimals)
    after = dict(changed.network.named_parameters())
    largest = 0.0
    for key, weight in given.network.named_parameters():
        exact, near = weight.detach().double().numpy(), after[key].detach().double().numpy()
        largest = max(largest, float(np.abs(exact - near).max()))
        np.testing.assert_allclose(near * 10**decimals, np.rint(near * 10**decimals), atol=1e-4)
    # A float32 is itself a rounded number.
    assert largest <= 0.5 * 10**-decimals + 1e-7
    assert changed.notes["largest_error"] == pytest.approx(largest)
    buffers, kept = dict(given.network.named_buffers()), dict(changed.network.named_buffers())
    assert all(torch.equal(kept[key], value) for key, value in buffers.items())


def test_random_weights_are_those_of_a_student_of_this_seed() -> None:
    pruned = run("prune", ready("resnet8"))
    fresh = run("fresh", material(pruned.network, pruned.blueprint, small("resnet8")))
    assert fresh.blueprint == pruned.blueprint
    torch.manual_seed(3)
    wanted = build(pruned.blueprint).state_dict()
    state = fresh.network.state_dict()
    assert state.keys() == wanted.keys()
    assert all(torch.equal(tensor, state[name]) for name, tensor in wanted.items())


def test_random_weights_of_a_pruned_network_are_drawn_as_those_of_any_other() -> None:
    """He's: the standard deviation of a kernel is the root of 2 / (outputs · places)."""
    pruned = run("prune", ready("resnet8x4"))
    fresh = run("fresh", material(pruned.network, pruned.blueprint, small("resnet8x4")))
    kernel = fresh.network.get_submodule("stage3.0.conv2").weight
    assert float(kernel.detach().std()) == pytest.approx((2 / (kernel.shape[0] * 9)) ** 0.5, rel=0.02)


def test_another_seed_gives_other_weights_and_nothing_of_the_source_is_left() -> None:
    blueprint = small("plain_cnn")
    one, other = (run("fresh", material(trained(blueprint, seed), blueprint)) for seed in (0, 1))
    with torch.no_grad():
        assert torch.equal(one.network(IMAGES), other.network(IMAGES))
