"""The state of a half-trained cohort as one file: safetensors for numbers, JSON for the rest, no pickle.

It holds what a round of updates changes: weights, statistics, adapters, optimisers, random states, streams, meters,
ranges of 8-bit inputs, and the events so far. Each run has its own part, so that some of a cohort can go on alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from distill_core.errors import CorruptFile, said
from distill_core.lazy_torch import Tensor, nn, torch
from distill_core.machine import ResolvedPrecision
from distill_core.planning.loop import LOOP_REVISION

FORMAT = 1
HEAD, SUM = "state", "sha256"
START_OVER = "nothing is lost, and training starts over"
# Name of a tensor within its run's part.
Named = Mapping[str, "Tensor"]


@dataclass(frozen=True, slots=True)
class RunState:
    """``values``: what JSON can hold. ``tensors``: by name; ``strides`` of those whose order in memory counts."""

    values: dict[str, Any]
    tensors: dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class CohortState:
    """The states of runs after ``updates`` updates, by what they are called in the file."""

    updates: int
    runs: dict[str, RunState]


def conditions(precision: ResolvedPrecision, device: str) -> dict[str, Any]:
    """What else the bits of a training depend on: another value here would go on with other numbers."""
    return {
        "format": FORMAT,
        "loop": LOOP_REVISION,
        "torch": torch.__version__,
        "precision": precision,
        "threads": torch.get_num_threads(),
        "device": device,
        "instructions": torch.backends.cpu.get_cpu_capability(),
    }


def to_bytes(state: CohortState, where: Mapping[str, Any]) -> bytes:
    """One file; ``where`` are its ``conditions``."""
    from safetensors.torch import save

    names = list(state.runs)
    tensors = {
        f"{place}/{name}": tensor
        for place, run in enumerate(state.runs.values())
        for name, tensor in run.tensors.items()
    }
    values = {name: run.values for name, run in state.runs.items()}
    strides = {name: list(tensor.stride()) for name, tensor in tensors.items()}
    head = json.dumps(
        {"where": dict(where), "updates": state.updates, "names": names, "values": values, "strides": strides}
    )
    plain = {name: tensor.cpu().clone(memory_format=torch.contiguous_format) for name, tensor in tensors.items()}
    data = save(plain, metadata={HEAD: head})
    return hashlib.sha256(data).digest() + data


def of_bytes(data: bytes, where: Mapping[str, Any], runs: Sequence[str]) -> CohortState:
    """The states of these runs. Raises CorruptFile where the file is torn, of another training or of another machine's
    arithmetic."""
    head, tensors = _read(data)
    for name, value in where.items():
        if head["where"].get(name) != value:
            raise _refused(said("{name} {value}", name, value), f"{head['where'].get(name)}")
    missing = [run for run in runs if run not in head["names"]]
    if missing:
        raise _refused(said("the run {run}", missing[0]), "others")
    states = {}
    for run in runs:
        start = f"{head['names'].index(run)}/"
        part = {name: tensor for name, tensor in tensors.items() if name.startswith(start)}
        laid = {name.removeprefix(start): _laid(tensor, head["strides"][name]) for name, tensor in part.items()}
        states[run] = RunState(head["values"][run], laid)
    return CohortState(head["updates"], states)


def _read(data: bytes) -> tuple[dict[str, Any], dict[str, Tensor]]:
    from safetensors.torch import load

    length = hashlib.sha256().digest_size
    if hashlib.sha256(data[length:]).digest() != data[:length]:
        raise _refused("a whole file", "a torn or changed one")
    body = data[length:]
    size = int.from_bytes(body[:8], "little")
    return json.loads(json.loads(body[8 : 8 + size])["__metadata__"][HEAD]), load(body)


def _refused(expected: object, got: object) -> CorruptFile:
    return CorruptFile("a half-trained cohort", expected=expected, got=got, hint=START_OVER)


def _laid(tensor: Tensor, strides: Sequence[int]) -> Tensor:
    """The tensor in its own order in memory: sums and fused steps may depend on it."""
    return torch.empty_strided(tensor.shape, strides, dtype=tensor.dtype).copy_(tensor)


def weights_of(modules: Sequence[nn.Module]) -> dict[str, Tensor]:
    """Weights and buffers of modules, by the module's place and their own names."""
    return {
        f"{place}/{name}": tensor.detach()
        for place, module in enumerate(modules)
        for name, tensor in module.state_dict().items()
    }


def check_weights(modules: Sequence[nn.Module], tensors: Named) -> None:
    """Raises CorruptFile where the weights are those of other networks."""
    for name, tensor in weights_of(modules).items():
        saved = tensors.get(name)
        if saved is None or saved.shape != tensor.shape or saved.dtype != tensor.dtype:
            raise _refused(said("weights called {name}", name), "none of that shape")


def refill(modules: Sequence[nn.Module], tensors: Named) -> None:
    """Replace weights and buffers in place, so that their order in memory and who refers to them stay."""
    with torch.no_grad():
        for name, tensor in weights_of(modules).items():
            tensor.copy_(tensors[name])


def optimiser_tensors(optimiser: torch.optim.Optimizer, start: str) -> dict[str, Tensor]:
    """What the optimiser remembers of each weight, by the weight's place; what is no tensor is None or a constant."""
    return {
        f"{start}{place}/{name}": value
        for place, weight in enumerate(_weights(optimiser))
        for name, value in optimiser.state.get(weight, {}).items()
        if isinstance(value, torch.Tensor)
    }


def refill_optimiser(optimiser: torch.optim.Optimizer, tensors: Named, start: str) -> None:
    weights = _weights(optimiser)
    for name, tensor in tensors.items():
        if name.startswith(start):
            place, _, key = name.removeprefix(start).partition("/")
            weight = weights[int(place)]
            # A counter stays where the optimiser made it; all else lies beside its weight.
            optimiser.state[weight][key] = tensor.to(weight.device) if tensor.ndim else tensor.clone()


def _weights(optimiser: torch.optim.Optimizer) -> list[Tensor]:
    return [weight for group in optimiser.param_groups for weight in group["params"]]
