"""Which channels of a network hang together, and the network without some of them.

torch-pruning's dependency graph (Fang et al. 2023, arXiv:2301.12900) tells what hangs together; nothing is cut out of
the network itself, so that many sizes can be tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from distill_core.networks import Blueprint, LayerChange
from distill_core.networks.example import example_input

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = [
    "ChannelGraph",
    "Channels",
    "Importances",
    "KeptChannels",
    "build_channel_graph",
    "kept_channels",
    "pruned_blueprint",
    "pruned_state",
    "uniform_counts",
]

# For each group of the graph, how much each of its channels matters.
Importances = Callable[[Sequence[Any]], "Sequence[Tensor]"]
# Of each layer by name, the input and output channels that stay.
KeptChannels = Mapping[str, tuple[list[int], list[int]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Channels:
    """Channels of one layer that go with those of others; ``order`` has the least important one first."""

    group: Any
    order: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelGraph:
    """A network, its dependency graph, and all channels that may go."""

    network: nn.Module
    graph: Any
    channels: tuple[Channels, ...]


def build_channel_graph(network: nn.Module, blueprint: Blueprint, importances: Importances) -> ChannelGraph:
    """All channels but the input's and the classes', by importance."""
    import torch
    from torch_pruning import DependencyGraph

    with torch.inference_mode(False), torch.enable_grad():
        graph = DependencyGraph().build_dependency(network, example_input(blueprint), verbose=False)
        groups = list(graph.get_all_groups(ignored_layers=[network.get_submodule("head")]))
        orders = [each.argsort(stable=True).tolist() for each in importances(groups)]
    channels = (Channels(group=group, order=tuple(order)) for group, order in zip(groups, orders, strict=True))
    return ChannelGraph(network=network, graph=graph, channels=tuple(channels))


def uniform_counts(found: ChannelGraph, share: float, multiple: int) -> tuple[int, ...]:
    """How many channels stay where each layer keeps that share, in multiples of a number where it has as many."""
    many = [len(channels.order) for channels in found.channels]
    return tuple(min(count, multiple * max(1, round(share * count / multiple))) for count in many)


def kept_channels(found: ChannelGraph, stay: Sequence[int]) -> KeptChannels:
    """What stays where so many channels of each layer do."""
    gone: dict[Any, tuple[set[int], set[int]]] = {}
    for channels, count in zip(found.channels, stay, strict=True):
        for module, ins, outs in _dropped(found, channels, len(channels.order) - count):
            before = gone.setdefault(module, (set(), set()))
            before[0].update(ins)
            before[1].update(outs)
    named = ((name, part) for name, part in found.network.named_modules() if part in gone)
    return {name: _kept(part, *gone[part]) for name, part in named}


def _dropped(found: ChannelGraph, channels: Channels, few: int) -> Iterable[tuple[Any, Sequence[int], Sequence[int]]]:
    """Each layer that loses channels with the least important ones: its inputs and its outputs."""
    if few == 0:
        return
    root = channels.group[0].dep
    for dep, indices in found.graph.get_pruning_group(root.target.module, root.handler, list(channels.order[:few])):
        module = dep.target.module
        both = getattr(module, "groups", 1) > 1 or hasattr(module, "num_features")
        if both:
            yield module, indices, indices
        elif found.graph.is_out_channel_pruning_fn(dep.handler):
            yield module, (), indices
        else:
            yield module, indices, ()


def _kept(part: nn.Module, ins: set[int], outs: set[int]) -> tuple[list[int], list[int]]:
    before, after = _widths(part)
    return [i for i in range(before) if i not in ins], [i for i in range(after) if i not in outs]


def _widths(part: Any) -> tuple[int, int]:
    """Inputs and outputs of a convolution, a batch norm or a linear layer."""
    if hasattr(part, "num_features"):
        return part.num_features, part.num_features
    if hasattr(part, "in_features"):
        return part.in_features, part.out_features
    return part.in_channels, part.out_channels


def pruned_blueprint(blueprint: Blueprint, cut: KeptChannels) -> Blueprint:
    """The blueprint of the network without the channels that do not stay."""
    sizes = tuple((name, (len(ins), len(outs))) for name, (ins, outs) in cut.items())
    return (
        replace(blueprint, changes=(*blueprint.changes, LayerChange(kind="widths", sizes=sizes))) if cut else blueprint
    )


def pruned_state(network: nn.Module, cut: KeptChannels) -> dict[str, Tensor]:
    """The network's state without them."""
    import torch

    state: dict[str, Tensor] = dict(network.state_dict())
    for name, (ins, outs) in cut.items():
        for key in [key for key in state if key.rpartition(".")[0] == name and state[key].dim()]:
            tensor = state[key].index_select(0, torch.tensor(outs))
            # A depthwise kernel has one input, whatever stays.
            alone = tensor.dim() == 1 or tensor.shape[1] == 1
            state[key] = tensor if alone else tensor.index_select(1, torch.tensor(ins))
    return state
