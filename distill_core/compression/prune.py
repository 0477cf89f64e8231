"""Structured pruning: removes whole channels, the least important first, down to a share of the cost.

Sources: Li et al. 2017 (arXiv:1608.08710) for the magnitude, Molchanov et al. 2019 (arXiv:1906.10771) for the Taylor
importance, Fang et al. 2023 (arXiv:2301.12900) for the dependency graph; importances and graph are torch-pruning's.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any

from distill_core.compression.base import CompressionStep, Settings, StepInput, StepResult
from distill_core.compression.build import on_meta, with_state
from distill_core.compression.channel_graph import (
    ChannelGraph,
    KeptChannels,
    build_channel_graph,
    kept_channels,
    pruned_blueprint,
    pruned_state,
    uniform_counts,
)
from distill_core.compression.preconditions import one_network, own_head, refused, same
from distill_core.errors import InvalidSetting, said
from distill_core.lazy_torch import LazyModule, Tensor, nn, torch
from distill_core.networks import Blueprint, profile
from distill_core.networks.memory_order import contiguous_if_narrow
from distill_core.spec.parameters import Choice, Parameter
from distill_core.tasks import IGNORE

shufflenetv2 = LazyModule("torchvision.models.shufflenetv2")
torch_pruning = LazyModule("torch_pruning")
TITLE = "Prune channels"
HALVINGS = 10
BATCH = 50


def _apply(material: StepInput, settings: Settings) -> StepResult:
    graph = _channel_graph(material, settings.choices["importance"])
    share, cut, left = _largest(material, graph, settings)
    blueprint = pruned_blueprint(material.blueprint, cut)
    network = with_state(blueprint, pruned_state(material.network, cut))
    notes = {"channels_share": share, f"{settings.choices['target']}_share": left}
    return StepResult(network=network, blueprint=blueprint, notes=notes)


def _largest(material: StepInput, graph: ChannelGraph, settings: Settings) -> tuple[float, KeptChannels, float]:
    """The largest share of channels with a cost of at most ``keep`` of the source's, the kept channels, and the cost's
    share. Single layers then get blocks of channels back while the cost allows."""
    target, keep = settings.choices["target"], settings.parameters["keep"]
    multiple, cost = int(settings.parameters["multiple"]), _remembered(material.cost[target])
    before = cost(material.blueprint)

    def left(stay: Sequence[int]) -> float:
        return cost(pruned_blueprint(material.blueprint, kept_channels(graph, stay))) / before

    low, high = 0.0, 1.0
    if (least := left(uniform_counts(graph, low, multiple))) > keep:
        raise _too_small(target, least, keep)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if left(uniform_counts(graph, middle, multiple)) <= keep else (low, middle)
    stay = uniform_counts(graph, low, multiple)
    many = [len(channels.order) for channels in graph.channels]
    # A block that costs too much now costs too much in every fuller network: its layer is not asked again.
    layers = set(range(len(stay)))
    while growing := [layer for layer in layers if stay[layer] < many[layer]]:
        layer = min(growing, key=lambda layer: (stay[layer] / many[layer], layer))
        more = (*stay[:layer], min(many[layer], stay[layer] + multiple), *stay[layer + 1 :])
        if left(more) <= keep:
            stay = more
        else:
            layers.remove(layer)
    return sum(stay) / sum(many), kept_channels(graph, stay), left(stay)


def _too_small(target: str, least: float, keep: float) -> InvalidSetting:
    expected = said("at least {least:.3f} of the {target}, which the narrowest layers would leave", least, target)
    return refused(
        said("{title}: keep", TITLE), expected, said("{value:g}", keep), "choose a larger share, or a smaller multiple"
    )


def _remembered(cost: Callable[[Blueprint], float]) -> Callable[[Blueprint], float]:
    """Cache the cost of each network: a latency takes time and varies between measurements."""
    known: dict[Blueprint, float] = {}

    def ask(blueprint: Blueprint) -> float:
        if blueprint not in known:
            known[blueprint] = cost(blueprint)
        return known[blueprint]

    return ask


def _channel_graph(material: StepInput, importance: str) -> ChannelGraph:
    network = copy.deepcopy(material.network).eval().requires_grad_(True)
    if importance == "magnitude":
        return build_channel_graph(network, material.blueprint, _magnitudes)
    if not len(material.images_BCHW):
        raise refused(TITLE, "training images for the Taylor importance", "none", "choose magnitude, or give some")
    return build_channel_graph(
        network, material.blueprint, partial(_by_loss, network, material.images_BCHW, material.labels_B)
    )


def _magnitudes(groups: Sequence[Any]) -> list[Tensor]:
    ask = torch_pruning.importance.GroupMagnitudeImportance(normalizer=None)
    return [ask(group) for group in groups]


def _by_loss(network: nn.Module, images_BCHW: Tensor, labels_B: Tensor, groups: Sequence[Any]) -> list[Tensor]:
    """The squared change of a batch's loss without a channel, summed over batches, up to a factor that all channels
    share.

    By batches, since in a trained network the gradients of all images sum to about zero.
    """
    contiguous_if_narrow(network)
    ask, gradients, logs = torch_pruning.importance.GroupTaylorImportance(normalizer=None, multivariable=True), [], []
    for images, labels in zip(torch.split(images_BCHW, BATCH), torch.split(labels_B, BATCH), strict=True):
        network.zero_grad()
        logits_BC = network(images)
        slope_BC, log = _slope(logits_BC.detach(), labels)
        torch.autograd.backward(logits_BC, slope_BC)
        gradients.append([ask(group).double() for group in groups])
        logs.append(log)
    shares = [math.exp(log - max(logs)) for log in logs]
    return [
        torch.stack([(share * gradient).square() for share, gradient in zip(shares, each, strict=True)]).sum(0)
        for each in zip(*gradients, strict=True)
    ]


def _slope(logits_BC: Tensor, labels_B: Tensor) -> tuple[Tensor, float]:
    """The gradient of a batch's mean cross-entropy divided by its largest element, and the log of that element: for a
    very confident network the gradient itself is exactly zero in float32. A hidden target has none. Shapes: logits
    (B, C, *positions), targets (B, *positions)."""
    hidden_B1 = (labels_B == IGNORE)[:, None]
    logs_BC = logits_BC.double().log_softmax(1)
    label_B1 = labels_B[:, None].masked_fill(hidden_B1, 0)
    others_BC = logs_BC.scatter(1, label_B1, -math.inf).masked_fill(hidden_B1, -math.inf)
    log = float(others_BC.max())
    slope_BC = (others_BC - log).exp() if math.isfinite(log) else others_BC.new_zeros(others_BC.shape)
    slope_BC = slope_BC.scatter(1, label_B1, -slope_BC.sum(1, keepdim=True))
    return slope_BC.to(logits_BC.dtype), log - math.log(max(1, int((~hidden_B1).sum())))


def _check(source: Blueprint, target: Blueprint, settings: Settings) -> None:
    one_network(TITLE, source)
    own_head(TITLE, source)
    same(TITLE, source, target)
    reason = _obstacle(on_meta(source))
    if reason:
        raise refused(TITLE, "a network whose channels can go one by one", reason, "choose another network or step")
    target_cost, keep = settings.choices["target"], settings.parameters["keep"]
    if target_cost != "latency":
        narrow = profile(_narrowest(source, int(settings.parameters["multiple"])))
        least = getattr(narrow, target_cost) / getattr(profile(source), target_cost)
        if least > keep:
            raise _too_small(target_cost, least, keep)


@lru_cache(maxsize=256)
def _narrowest(blueprint: Blueprint, multiple: int) -> Blueprint:
    """The blueprint with every layer as narrow as possible; independent of the weights."""
    network = on_meta(blueprint).to_empty(device="cpu")
    state = {name: torch.zeros_like(tensor) for name, tensor in network.state_dict().items()}
    network.load_state_dict(state)
    graph = build_channel_graph(network, blueprint, _magnitudes)
    return pruned_blueprint(blueprint, kept_channels(graph, uniform_counts(graph, 0.0, multiple)))


def _obstacle(network: nn.Module) -> str:
    """The reason why single channels cannot be removed; empty where they can."""
    for part in network.modules():
        if isinstance(part, nn.MultiheadAttention):
            return "attention, whose heads share the features of all blocks in equal parts"
        if isinstance(part, shufflenetv2.InvertedResidual):
            return "channels that are halved and shuffled, so that the places of all others would change"
        if isinstance(part, nn.Conv1d | nn.Conv2d) and part.groups not in (1, part.out_channels):
            return "a separable convolution with several kernels a channel; prune first, and separate then"
    layers = [part for part in network.modules() if isinstance(part, nn.Conv1d | nn.Conv2d | nn.Linear)]
    # What a head answers are classes: none of its outputs can go.
    return "" if len(layers) > 1 else "one layer behind its features, whose outputs are the classes"


KEEP = "Share of the target that may be left; layers lose about the same share of their channels."
MULTIPLE = (
    "Layers keep channels in multiples of this: processors work through 8 or 16 at once, and the places that stay "
    "empty take as long."
)
IMPORTANCE = (
    "Magnitude looks at the weights of a channel alone, Taylor at how much the loss on the training set would change "
    "without it."
)
TARGET = "What becomes smaller: multiply-accumulates, parameters, or the latency measured here."
ENTRIES = (
    CompressionStep(
        name="prune",
        title=TITLE,
        paper="2301.12900",
        teaches="Whole channels go, with all that hangs on them: the network that is left is an ordinary smaller one, "
        "and faster everywhere.",
        family="pruning",
        parameters={
            "keep": Parameter(0.5, 0.05, 0.95, KEEP),
            "multiple": Parameter(8.0, 1.0, 32.0, MULTIPLE, whole=True),
        },
        choices={
            "importance": Choice(("magnitude", "taylor"), IMPORTANCE),
            "target": Choice(("macs", "parameters", "latency"), TARGET),
        },
        check=_check,
        apply=_apply,
        shrinks="keep",
        revision=2,
    ),
)
