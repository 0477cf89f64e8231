"""Structured pruning: whole channels go, the least important ones first, until the network is as small as wanted.

Sources: Li et al. 2017 (arXiv:1608.08710) for the magnitude, Molchanov et al. 2019 (arXiv:1906.10771) for the Taylor
importance, Fang et al. 2023 (arXiv:2301.12900) for what hangs together; importances and graph are torch-pruning's.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING

from distill_core.architectures import Blueprint
from distill_core.compression.built import empty, with_state
from distill_core.compression.entry import Changed, Material, Settings, Step
from distill_core.compression.hanging import Cut, Hanging, hanging, narrowed, state_left, thinner
from distill_core.compression.refusals import one_network, own_head, refused, same

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["ENTRIES"]

TITLE = "Prune channels"
HALVINGS = 10
BATCH = 250


def _apply(material: Material, settings: Settings) -> Changed:
    found = _hanging(material, settings.choices["importance"])
    target, keep = settings.choices["target"], settings.parameters["keep"]
    share, cut, left = _smallest(material, found, target, keep)
    network = with_state(narrowed(material.blueprint, cut), state_left(material.network, cut))
    notes = {"channels_share": share, f"{target}_share": left}
    return Changed(network=network, blueprint=narrowed(material.blueprint, cut), notes=notes)


def _smallest(material: Material, found: Hanging, target: str, keep: float) -> tuple[float, Cut, float]:
    """The largest share of the channels with which the cost is at most ``keep`` of what it was, what stays then, and
    the share of the cost that is left."""
    cost = _remembered(material.cost[target])
    before = cost(material.blueprint)

    def left(share: float) -> float:
        return cost(narrowed(material.blueprint, thinner(found, share))) / before

    low, high = 0.0, 1.0
    if left(low) > keep:
        wanted = f"at least {left(low):.3f} of the {target}, which one channel a layer would leave"
        raise refused(f"{TITLE}: keep", wanted, f"{keep:g}", "choose a larger share, or another start")
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if left(middle) <= keep else (low, middle)
    return low, thinner(found, low), left(low)


def _remembered(cost: Callable[[Blueprint], float]) -> Callable[[Blueprint], float]:
    """Asks once for each network: a latency takes time, and comes out a little different each time."""
    known: dict[Blueprint, float] = {}

    def ask(blueprint: Blueprint) -> float:
        if blueprint not in known:
            known[blueprint] = cost(blueprint)
        return known[blueprint]

    return ask


def _hanging(material: Material, importance: str) -> Hanging:
    from torch_pruning import importance as known

    network = copy.deepcopy(material.network).eval().requires_grad_(True)
    if importance == "magnitude":
        return hanging(network, material.blueprint, known.GroupMagnitudeImportance(normalizer=None))
    _add_gradients(network, material.images_BCHW, material.labels_B)
    return hanging(network, material.blueprint, known.GroupTaylorImportance(normalizer=None))


def _add_gradients(network: nn.Module, images_BCHW: Tensor, labels_B: Tensor) -> None:
    """Those of the mean cross entropy of all images."""
    import torch
    from torch.nn.functional import cross_entropy

    if not len(images_BCHW):
        raise refused(TITLE, "training images for the Taylor importance", "none", "choose magnitude, or give some")
    with torch.inference_mode(False), torch.enable_grad():
        for images, labels in zip(torch.split(images_BCHW, BATCH), torch.split(labels_B, BATCH), strict=True):
            loss = cross_entropy(network(images), labels, reduction="sum") / len(images_BCHW)
            torch.autograd.backward(loss)


def _check(source: Blueprint, target: Blueprint, settings: Settings) -> None:
    one_network(TITLE, source)
    own_head(TITLE, source)
    same(TITLE, source, target)
    reason = _obstacle(empty(source))
    if reason:
        raise refused(TITLE, "a network whose channels can go one by one", reason, "choose another network or step")


def _obstacle(network: nn.Module) -> str:
    """Why single channels cannot go, or nothing."""
    from torch import nn
    from torchvision.models.shufflenetv2 import InvertedResidual

    for part in network.modules():
        if isinstance(part, nn.MultiheadAttention):
            return "attention, whose heads share the features of all blocks in equal parts"
        if isinstance(part, InvertedResidual):
            return "channels that are halved and shuffled, so that the places of all others would change"
        if isinstance(part, nn.Conv2d) and part.groups not in (1, part.out_channels):
            return "a separable convolution with several kernels a channel; prune first, and separate then"
    return ""


ENTRIES = (
    Step(
        name="prune",
        title=TITLE,
        paper="2301.12900",
        teaches="Whole channels go, with all that hangs on them: the network that is left is an ordinary smaller one, "
        "and faster everywhere.",
        family="pruning",
        parameters={"keep": 0.5},
        ranges={"keep": (0.05, 0.95)},
        choices={"importance": ("magnitude", "taylor"), "target": ("macs", "parameters", "latency")},
        help={
            "keep": "Share of the target that may be left; every layer loses the same share of its channels.",
            "importance": "Magnitude looks at the weights of a channel alone, Taylor at how much the loss on training "
            "images would change without it.",
            "target": "What becomes smaller: multiply-accumulates, parameters, or the latency measured here.",
        },
        check=_check,
        apply=_apply,
    ),
)
