"""Structured pruning: nothing but the channels that went is missing, and the target is met."""

import copy
import math
import re
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn

from distill_core.compression import StepInput, StepResult
from distill_core.compression.build import with_state
from distill_core.compression.channel_graph import (
    KeptChannels,
    build_channel_graph,
    kept_channels,
    pruned_blueprint,
    pruned_state,
    uniform_counts,
)
from distill_core.compression.prune import _magnitudes, _slope
from distill_core.errors import InvalidSetting
from distill_core.networks import Blueprint, profile
from distill_core.tasks import IGNORE
from tests.architectures import ONE_OF_EACH_WIDTH
from tests.compression.material import IMAGES, REASONS, material, ready, run, small, trained

PRUNABLE = tuple(name for name in ONE_OF_EACH_WIDTH if ("prune", name) not in REASONS)
# What hangs together is found channel by channel: narrow networks have all of the same layers.
NARROW = {"resnet8x4": 0.25, "mobilenet_v2": 0.5, "mobilenet_v3_small": 0.5, "squeezenet": 0.5}
# How much goes is looked for alike in all: sums, concatenations and depthwise kernels, each in one network.
SEARCHED = ("resnet8", "squeezenet", "mobilenet_v2", "depthwise_cnn", "plain_cnn")


@pytest.fixture(autouse=True)
def _leaves_other_cores_alone(one_thread: None) -> None:
    """Each step is small."""


def deafened(network: nn.Module, cut: KeptChannels) -> nn.Module:
    """The whole network, in which nobody listens to the channels that are to go."""
    copied = copy.deepcopy(network)
    for name, (ins, _) in cut.items():
        part = copied.get_submodule(name)
        if isinstance(part, nn.BatchNorm2d) or getattr(part, "groups", 1) > 1:
            continue
        gone = [i for i in range(part.weight.shape[1]) if i not in ins]
        with torch.no_grad():
            part.weight[:, gone] = 0
    return copied


@pytest.mark.parametrize("share", [0.3, 0.7])
@pytest.mark.parametrize("name", PRUNABLE)
def test_a_pruned_network_answers_as_the_whole_one_that_does_not_listen(name: str, share: float) -> None:
    """Residual sums, concatenations, depthwise kernels and squeezes lose the same channels everywhere."""
    given = ready(name, NARROW.get(name, 1.0))
    found = build_channel_graph(copy.deepcopy(given.network), given.blueprint, _magnitudes)
    cut = kept_channels(found, uniform_counts(found, share, 1))
    network = with_state(pruned_blueprint(given.blueprint, cut), pruned_state(given.network, cut))
    with torch.no_grad():
        wanted = deafened(given.network, cut)(IMAGES)
        torch.testing.assert_close(network(IMAGES), wanted, rtol=1e-4, atol=1e-5)


# How much a channel matters and how small the network becomes know nothing of each other.
@pytest.mark.parametrize(("importance", "target", "keep"), [("magnitude", "macs", 0.5), ("taylor", "parameters", 0.3)])
@pytest.mark.parametrize("name", SEARCHED)
def test_the_target_is_met_and_not_by_far(name: str, importance: str, target: str, keep: float) -> None:
    given = ready(name, NARROW.get(name, 1.0))
    changed = run("prune", given, {"importance": importance, "target": target}, keep=keep, multiple=1)
    before, after = (getattr(profile(one), target) for one in (given.blueprint, changed.blueprint))
    assert 0.8 * keep * before < after <= keep * before
    assert changed.notes[f"{target}_share"] == after / before


@pytest.mark.parametrize("name", SEARCHED)
def test_the_classes_stay_and_every_layer_keeps_a_channel(name: str) -> None:
    changed = run("prune", ready(name, NARROW.get(name, 1.0)), keep=0.05, multiple=1)
    with torch.no_grad():
        assert changed.network(IMAGES).shape == (6, 4)
    assert all(min(weight.shape) >= 1 for weight in changed.network.parameters())


def test_a_plain_network_by_hand() -> None:
    """Seven tenths of 16, 16, 32 and 48 channels stay, and a few more, as far as half of the multiplications goes."""
    given = ready("plain_cnn")
    changed = run("prune", given, keep=0.5, multiple=1)
    stem, first, second, third = (
        changed.network.get_submodule(name).out_channels for name in ("stem.0", "stage1.0", "stage2.0", "stage3.0")
    )
    kernels = 9 * (stem + stem * first + first * second + second * third)
    wanted = kernels + 2 * (stem + first + second + third) + 4 * third + 4
    assert profile(changed.blueprint).parameters == wanted
    stay = stem, first, second, third
    assert changed.notes["channels_share"] == sum(stay) / 112
    assert all(0.65 * many <= count <= 0.75 * many for count, many in zip(stay, (16, 16, 32, 48), strict=True))


def gone(given: StepInput, changed: StepResult, name: str) -> set[int]:
    """The outputs of a layer that are no longer there, found by the weights of its norm."""
    before, after = (one.get_submodule(name).weight.tolist() for one in (given.network, changed.network))
    return {i for i, weight in enumerate(before) if weight not in after}


def test_small_weights_go_first() -> None:
    given = ready("plain_cnn")
    weak = [4, 9, 30]
    with torch.no_grad():
        given.network.get_submodule("stage2.0").weight[weak] *= 1e-3
        given.network.get_submodule("stage2.1").weight[weak] *= 1e-3
        given.network.get_submodule("stage3.0").weight[:, weak] *= 1e-3
    assert set(weak) <= gone(given, run("prune", given, keep=0.75, multiple=1), "stage2.1")


def test_channels_that_the_loss_does_not_need_go_first_however_large() -> None:
    given = ready("plain_cnn")
    unheard = [4, 9, 30]
    with torch.no_grad():
        given.network.get_submodule("stage2.0").weight[unheard] *= 100
        given.network.get_submodule("stage3.0").weight[:, unheard] = 0
    by_loss = run("prune", given, {"importance": "taylor"}, keep=0.75, multiple=1)
    by_size = run("prune", given, {"importance": "magnitude"}, keep=0.75, multiple=1)
    assert set(unheard) <= gone(given, by_loss, "stage2.1")
    assert not set(unheard) & gone(given, by_size, "stage2.1")


@pytest.mark.parametrize(
    ("logits", "labels"),
    [
        ([[2.0, 1.0, -1.0], [0.0, 0.5, 3.0]], [0, 1]),
        ([[2.0, 1.0, -1.0], [0.0, 0.5, 3.0], [9.0, 0.0, 0.0]], [0, 1, IGNORE]),
        ([[[2.0, 1.0], [-1.0, 0.0], [0.5, 3.0]]], [[2, IGNORE]]),
    ],
)
def test_by_loss_is_the_gradient_of_the_cross_entropy(logits: Any, labels: Any) -> None:
    logits, labels = torch.tensor(logits, requires_grad=True), torch.tensor(labels)
    nn.functional.cross_entropy(logits, labels).backward()
    slope, log = _slope(logits.detach(), labels)
    torch.testing.assert_close(slope * math.exp(log), logits.grad)
    assert slope.abs().max() == pytest.approx(1, rel=0.2)


@pytest.mark.parametrize("scale", [1, 100, 1e4])
def test_sure_networks_lose_what_they_need_least_too(scale: float) -> None:
    """In float32 the gradient of a sure network's loss is exactly zero: the first channels would go, whichever."""
    given = ready("plain_cnn")
    unheard = [4, 9, 30]
    with torch.no_grad():
        given.network.get_submodule("stage3.0").weight[:, unheard] = 0
        given.network.head.weight *= scale
        given.network.head.bias *= scale
        sure = replace(given, labels_B=given.network(given.images_BCHW).argmax(1))
    assert set(unheard) <= gone(sure, run("prune", sure, {"importance": "taylor"}, keep=0.75, multiple=1), "stage2.1")


def test_a_latency_is_met_as_it_is_measured_each_network_once() -> None:
    asked: list[Blueprint] = []

    def latency_ms(blueprint: Blueprint) -> float:
        asked.append(blueprint)
        return 0.1 + profile(blueprint).macs / 1e6

    given = ready("resnet8")
    given = replace(given, cost={"latency": latency_ms})
    changed = run("prune", given, {"target": "latency"}, keep=0.6, multiple=1)
    assert 0.8 * 0.6 < latency_ms(changed.blueprint) / latency_ms(given.blueprint) <= 0.6
    assert len(asked[:-2]) == len(set(asked[:-2]))


@pytest.mark.parametrize("name", SEARCHED)
def test_channels_come_in_blocks_unless_told_otherwise(name: str) -> None:
    given = ready(name, NARROW.get(name, 1.0))
    changed = run("prune", given, keep=0.6)
    assert profile(changed.blueprint).macs <= 0.6 * profile(given.blueprint).macs
    for layer, (_, outputs) in changed.blueprint.changes[-1].sizes:
        part = given.network.get_submodule(layer)
        before = getattr(part, "out_channels", 0)
        assert not before or outputs % 8 == 0 or outputs == before or (outputs < 8 and before < 8)


def test_a_share_that_blocks_cannot_reach_is_refused_before_anything_runs() -> None:
    message = "of the macs, which the narrowest layers would leave, got 0.05; choose a larger share, or a smaller"
    with pytest.raises(InvalidSetting, match=message):
        run("prune", ready("plain_cnn"), keep=0.05)
    run("prune", ready("plain_cnn"), keep=0.05, multiple=1)


def test_a_latency_that_no_width_reaches_is_refused() -> None:
    given = replace(ready("plain_cnn"), cost={"latency": lambda blueprint: 1 + profile(blueprint).macs / 1e9})
    with pytest.raises(InvalidSetting, match=re.escape("of the latency, which the narrowest layers would leave")):
        run("prune", given, {"target": "latency"}, keep=0.5)


def test_importance_by_the_loss_needs_images() -> None:
    given = replace(ready("plain_cnn"), images_BCHW=IMAGES[:0], labels_B=torch.arange(0))
    with pytest.raises(InvalidSetting, match="expected training images for the Taylor importance, got none"):
        run("prune", given, {"importance": "taylor"})


def test_pruned_twice_is_a_network_like_any_other() -> None:
    blueprint = small("resnet8")
    once = run("prune", material(trained(blueprint), blueprint))
    twice = run("prune", material(once.network, once.blueprint, blueprint))
    assert len(twice.blueprint.changes) == 2
    assert profile(twice.blueprint).macs <= 0.25 * profile(blueprint).macs
    with torch.no_grad():
        assert twice.network(IMAGES).isfinite().all()


def test_factors_can_be_pruned_but_not_those_with_several_kernels_a_channel() -> None:
    given = ready("resnet8")
    factored = run("tucker", given)
    pruned = run("prune", material(factored.network, factored.blueprint, given.blueprint))
    assert profile(pruned.blueprint).macs <= 0.5 * profile(factored.blueprint).macs
    pairs = run("separable", given, {"by": "energy"}, energy=0.9)
    with pytest.raises(InvalidSetting, match="several kernels a channel; prune first, and separate then"):
        run("prune", material(pairs.network, pairs.blueprint, given.blueprint))
    run("separable", material(pruned.network, pruned.blueprint, given.blueprint), {"by": "energy"}, energy=0.5)
