"""Factors of convolutions: equal at full rank, counted by formula, the error that linear algebra allows."""

import re
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torch import nn

from distill_core.compression import StepInput
from distill_core.compression.convolutions import Ranks, conv_sites, factorable, kernel, ranks_at
from distill_core.compression.separable import SEPARABLE
from distill_core.compression.tucker import TUCKER
from distill_core.errors import InvalidSetting
from distill_core.networks import Blueprint, profile
from tests.compression.material import IMAGES, material, ready, run, small, trained

FACTORABLE = ("resnet8", "inception_small", "squeezenet", "plain_cnn", "vit_small")
BOTH = (TUCKER, SEPARABLE)


@pytest.fixture(autouse=True)
def _leaves_other_cores_alone(one_thread: None) -> None:
    """Each step is small."""


def added(kind: str, part: nn.Conv2d, ranks: Ranks) -> int:
    """Parameters that factors have more than the convolution, by the papers' formulas."""
    inputs, outputs, pixels = part.in_channels, part.out_channels, part.kernel_size[0] * part.kernel_size[1]
    if kind == "separable":
        return ranks[0] * inputs * (pixels + outputs) - pixels * inputs * outputs
    first, second = ranks
    return inputs * first + pixels * first * second + second * outputs - pixels * inputs * outputs


@pytest.mark.parametrize("name", FACTORABLE)
@pytest.mark.parametrize("kind", ["tucker", "separable"])
def test_full_rank_gives_the_originals_outputs(kind: str, name: str) -> None:
    given = ready(name)
    changed = run(kind, given, {"by": "energy"}, energy=1.0)
    (change,) = changed.blueprint.changes
    assert dict(change.sizes).keys() == factorable(given.network).keys()
    with torch.no_grad():
        torch.testing.assert_close(changed.network(IMAGES), given.network(IMAGES), rtol=0, atol=1e-5)
    assert changed.notes["largest_error"] < 1e-6


@pytest.mark.parametrize("name", FACTORABLE)
@pytest.mark.parametrize("kind", ["tucker", "separable"])
def test_parameters_are_those_of_the_formula(kind: str, name: str) -> None:
    given = ready(name)
    before = profile(given.blueprint).parameters
    for energy in (0.3, 0.8, 1.0):
        changed = run(kind, given, {"by": "energy"}, energy=energy)
        ranks = dict(changed.blueprint.changes[-1].sizes)
        wanted = before + sum(added(kind, part, ranks[name]) for name, part in factorable(given.network).items())
        assert sum(weight.numel() for weight in changed.network.parameters()) == wanted
        assert profile(changed.blueprint).parameters == wanted


@pytest.mark.parametrize(
    ("kind", "name", "keep"),
    [
        *((kind, name, keep) for kind in ("tucker", "separable") for name in FACTORABLE[:4] for keep in (0.4, 0.8)),
        ("tucker", "vit_small", 0.95),
        ("separable", "vit_small", 0.95),
    ],
)
def test_the_work_left_is_near_what_was_wanted_and_never_more(kind: str, name: str, keep: float) -> None:
    blueprint = Blueprint.for_images(architecture=name, classes=10, size_px=28)
    changed = run(kind, ready_at(blueprint), keep=keep)
    share = profile(changed.blueprint).macs / profile(blueprint).macs
    assert 0.8 * keep < share <= keep
    assert changed.notes["macs_share"] == share


def ready_at(blueprint: Blueprint) -> StepInput:
    return material(trained(blueprint), blueprint)


@pytest.mark.parametrize("factoring", BOTH, ids=lambda one: one.kind)
def test_the_cost_that_is_reckoned_is_the_profiles(factoring) -> None:
    given = ready("resnet8")
    there = conv_sites(given.blueprint)
    ranks = {name: (3, 5)[: len(factoring.least)] for name in there}
    changed = factoring.factored(given.network, given.blueprint, ranks)
    saved = sum(place.macs - factoring.cost(place, ranks[name]) for name, place in there.items())
    assert profile(changed.blueprint).macs == profile(given.blueprint).macs - saved


def test_a_convolution_that_would_not_get_cheaper_stays() -> None:
    """At 95 % of the work few factors are needed; those that stay are exact, so the answer is closer."""
    given = ready("resnet8")
    changed = run("separable", given, keep=0.95)
    for name, ranks in changed.blueprint.changes[-1].sizes:
        place = conv_sites(given.blueprint)[name]
        assert SEPARABLE.cost(place, ranks) < place.macs


def test_which_convolutions_can_be_factored() -> None:
    network = ready("resnet8").network
    assert list(factorable(network)) == [f"stage{i}.0.conv{j}" for i in (1, 2, 3) for j in (1, 2)]
    assert factorable(ready("mobilenet_v2").network) == {}


@pytest.mark.parametrize(("energy", "rank"), [(0.0, 1), (0.4, 1), (0.41, 2), (0.7, 2), (0.9, 3), (0.95, 4), (1.0, 4)])
def test_ranks_by_energy_by_hand(energy: float, rank: int) -> None:
    assert ranks_at(np.array([4.0, 3.0, 2.0, 1.0]), energy) == rank


def test_a_kernel_of_zeros_has_one_rank() -> None:
    assert ranks_at(np.zeros(3), 0.5) == 1
    parts = SEPARABLE.factors(np.zeros((2, 3, 3, 3)), (1,))
    assert all(np.isfinite(part).all() for part in parts)


def weights() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(6, 5, 3, 3))


def test_a_separable_kernel_loses_just_the_smallest_singular_values() -> None:
    """Eckart and Young: no other pairs come nearer."""
    whole, rank = weights(), 2
    depthwise, mixed = SEPARABLE.factors(whole, (rank,))
    product = np.einsum("oir,irhw->oihw", mixed.reshape(6, 5, rank), depthwise.reshape(5, rank, 3, 3))
    values = np.linalg.svd(whole.transpose(1, 0, 2, 3).reshape(5, 6, 9), compute_uv=False)
    np.testing.assert_allclose(((whole - product) ** 2).sum(), (values[:, rank:] ** 2).sum(), rtol=1e-10)


def test_a_tucker_kernel_lies_between_the_bounds_of_both_unfoldings() -> None:
    whole, (first, second) = weights(), (3, 4)
    inward, core, outward = TUCKER.factors(whole, (first, second))
    product = np.einsum("os,srhw,ri->oihw", outward[:, :, 0, 0], core, inward[:, :, 0, 0])
    lost = ((whole - product) ** 2).sum()
    dropped = [
        (np.linalg.svd(matrix, compute_uv=False)[rank:] ** 2).sum()
        for matrix, rank in ((whole.reshape(6, -1), second), (whole.transpose(1, 0, 2, 3).reshape(5, -1), first))
    ]
    assert max(dropped) <= lost <= sum(dropped)


def test_the_error_noted_is_that_of_the_kernel() -> None:
    given = ready("plain_cnn")
    changed = TUCKER.factored(given.network, given.blueprint, {"stage2.0": (7, 9)})
    whole = kernel(given.network.get_submodule("stage2.0").weight)
    inward, core, outward = (kernel(part.weight) for part in changed.network.get_submodule("stage2.0"))
    product = np.einsum("os,srhw,ri->oihw", outward[:, :, 0, 0], core, inward[:, :, 0, 0])
    wanted = np.linalg.norm(whole - product) / np.linalg.norm(whole)
    assert changed.notes["largest_error"] == pytest.approx(wanted, rel=1e-5)


def test_a_bias_goes_to_the_last_part() -> None:
    part = nn.Conv2d(3, 4, 3, padding=1)
    parts = SEPARABLE.factors(kernel(part.weight), (4,))
    rebuilt = nn.Sequential(nn.Conv2d(3, 12, 3, padding=1, groups=3, bias=False), nn.Conv2d(12, 4, 1))
    rebuilt[0].weight.data, rebuilt[1].weight.data = (torch.from_numpy(one.copy()).float() for one in parts)
    rebuilt[1].bias.data = part.bias.data
    images = torch.randn(2, 3, 6, 6)
    torch.testing.assert_close(rebuilt(images), part(images), rtol=0, atol=1e-5)


def test_more_energy_is_nearer_to_the_original() -> None:
    given = ready("squeezenet")
    errors = [
        run("tucker", given, {"by": "energy"}, energy=energy).notes["largest_error"] for energy in (0.4, 0.7, 0.95)
    ]
    assert errors == sorted(errors, reverse=True)


def test_factors_come_out_the_same_in_the_worker_thread() -> None:
    given = ready("plain_cnn")
    here = run("tucker", given)
    with ThreadPoolExecutor(1) as worker:
        there = worker.submit(run, "tucker", given).result()
    state = there.network.state_dict()
    assert all(torch.equal(tensor, state[name]) for name, tensor in here.network.state_dict().items())


def test_a_share_that_ranks_of_one_cannot_reach_is_refused_before_anything_runs() -> None:
    message = "Tucker convolutions: keep: expected at least 0."
    with pytest.raises(InvalidSetting, match=re.escape(message)):
        run("tucker", ready("vit_small"), keep=0.3)


def test_factors_can_be_factored_again() -> None:
    """The core of a Tucker convolution is a convolution like any other."""
    given = ready("plain_cnn")
    once = run("tucker", given, {"by": "energy"}, energy=0.9)
    twice = run("separable", material(once.network, once.blueprint, small("plain_cnn")), {"by": "energy"}, energy=1.0)
    assert [change.kind for change in twice.blueprint.changes] == ["tucker", "separable"]
    assert [name for name, _ in twice.blueprint.changes[1].sizes] == ["stage1.0.1", "stage2.0.1", "stage3.0.1"]
    with torch.no_grad():
        torch.testing.assert_close(twice.network(IMAGES), once.network(IMAGES), rtol=0, atol=1e-5)
