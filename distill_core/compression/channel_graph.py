"""The dependency graph of a network's channels, and the network without some of them.

torch-pruning's dependency graph (Fang et al. 2023, arXiv:2301.12900) finds channels that must be removed together; the
network itself is not changed, so that many sizes can be tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from distill_core.errors import InvalidSetting
from distill_core.lazy_torch import LazyModule, Tensor, nn, torch
from distill_core.networks import Blueprint, LayerChange
from distill_core.networks.example import example_input

torch_pruning = LazyModule("torch_pruning")
# The importance of each channel, for each group of the graph.
Importances = Callable[[Sequence[Any]], "Sequence[Tensor]"]
# The kept input and output channels of each layer, by name.
KeptChannels = Mapping[str, tuple[list[int], list[int]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Channels:
    """A group of dependent channels; ``order`` has their indices, the least important first."""

    group: Any
    order: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelGraph:
    """A network, its dependency graph, and all channels that may be removed."""

    network: nn.Module
    graph: Any
    channels: tuple[Channels, ...]


def build_channel_graph(network: nn.Module, blueprint: Blueprint, importances: Importances) -> ChannelGraph:
    """All channels but the input's and the classes', by importance."""
    with torch.inference_mode(False), torch.enable_grad():
        graph = torch_pruning.DependencyGraph().build_dependency(network, example_input(blueprint), verbose=False)
        groups = list(graph.get_all_groups(ignored_layers=[network.get_submodule("head")]))
        orders = [each.argsort(stable=True).tolist() for each in importances(groups)]
    channels = (Channels(group=group, order=tuple(order)) for group, order in zip(groups, orders, strict=True))
    return ChannelGraph(network=network, graph=graph, channels=tuple(channels))


def uniform_counts(graph: ChannelGraph, share: float, multiple: int) -> tuple[int, ...]:
    """The number of channels of each group where all keep ``share``, in multiples of ``multiple`` where possible."""
    many = [len(channels.order) for channels in graph.channels]
    return tuple(min(count, multiple * max(1, round(share * count / multiple))) for count in many)


def kept_channels(graph: ChannelGraph, stay: Sequence[int]) -> KeptChannels:
    """The kept channels of each layer where ``stay`` gives the number of each group."""
    dropped: dict[Any, tuple[set[int], set[int]]] = {}
    for channels, count in zip(graph.channels, stay, strict=True):
        for module, ins, outs in _dropped(graph, channels, len(channels.order) - count):
            before = dropped.setdefault(module, (set(), set()))
            before[0].update(ins)
            before[1].update(outs)
    named = ((name, part) for name, part in graph.network.named_modules() if part in dropped)
    return {name: _kept(part, *dropped[part]) for name, part in named}


def _dropped(graph: ChannelGraph, channels: Channels, few: int) -> Iterable[tuple[Any, Sequence[int], Sequence[int]]]:
    """Each layer that loses channels with the ``few`` least important of a group: module, inputs, outputs."""
    if few == 0:
        return
    root = channels.group[0].dep
    for dep, indices in graph.graph.get_pruning_group(root.target.module, root.handler, list(channels.order[:few])):
        module = dep.target.module
        same = getattr(module, "groups", 1) > 1 or hasattr(module, "num_features")
        if same:
            yield module, indices, indices
        elif graph.graph.is_out_channel_pruning_fn(dep.handler):
            yield module, (), indices
        else:
            yield module, indices, ()


def _kept(part: nn.Module, ins: set[int], outs: set[int]) -> tuple[list[int], list[int]]:
    before, after = _widths(part)
    return [i for i in range(before) if i not in ins], [i for i in range(after) if i not in outs]


def _widths(part: Any) -> tuple[int, int]:
    """Inputs and outputs of a convolution, a batch norm or a linear layer. Raises: InvalidSetting for other layers."""
    if hasattr(part, "num_features"):
        return part.num_features, part.num_features
    if hasattr(part, "in_features"):
        return part.in_features, part.out_features
    if hasattr(part, "in_channels"):
        return part.in_channels, part.out_channels
    expected, hint = "convolutions, batch norms and linear layers alone", "choose another network or step"
    raise InvalidSetting("channels that go together", expected=expected, got=type(part).__name__, hint=hint)


def pruned_blueprint(blueprint: Blueprint, cut: KeptChannels) -> Blueprint:
    """The blueprint of the network with only the kept channels."""
    sizes = tuple((name, (len(ins), len(outs))) for name, (ins, outs) in cut.items())
    return (
        replace(blueprint, changes=(*blueprint.changes, LayerChange(kind="widths", sizes=sizes))) if cut else blueprint
    )


def pruned_state(network: nn.Module, cut: KeptChannels) -> dict[str, Tensor]:
    """The network's state dict with only the kept channels."""
    state: dict[str, Tensor] = dict(network.state_dict())
    for name, (ins, outs) in cut.items():
        for key in [key for key in state if key.rpartition(".")[0] == name and state[key].dim()]:
            tensor = state[key].index_select(0, torch.tensor(outs))
            # A depthwise kernel always has one input.
            alone = tensor.dim() == 1 or tensor.shape[1] == 1
            state[key] = tensor if alone else tensor.index_select(1, torch.tensor(ins))
    return state
