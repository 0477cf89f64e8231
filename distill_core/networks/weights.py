"""Weights as safetensors, the only stored form of a network."""

from __future__ import annotations

from distill_core.errors import CorruptFile, said
from distill_core.lazy_torch import nn, torch
from distill_core.networks import Blueprint, build


def to_bytes(network: nn.Module, *, half: bool = False) -> bytes:
    """All parameters and buffers as safetensors; ``half`` stores floating-point ones as float16."""
    from safetensors.torch import save

    tensors = {
        name: (tensor.half() if half and tensor.is_floating_point() else tensor).detach().contiguous()
        for name, tensor in network.state_dict().items()
    }
    return save({name: tensor.to(memory_format=torch.contiguous_format) for name, tensor in tensors.items()})


def from_bytes(blueprint: Blueprint, data: bytes) -> nn.Module:
    """The network in float32 and eval mode. Raises CorruptFile if the weights are not those of the blueprint."""
    from safetensors import SafetensorError
    from safetensors.torch import load

    # On meta no random numbers are drawn: a page may load a network while another one trains.
    with torch.device("meta"):
        network = build(blueprint)
    try:
        network.load_state_dict(load(data), assign=True)
    except (SafetensorError, RuntimeError, ValueError) as error:
        raise CorruptFile(
            "weights",
            expected=said("those of {architecture} for {classes} classes", blueprint.architecture, blueprint.classes),
            got=str(error).splitlines()[0],
            hint="choose the weights of this architecture or train them again",
        ) from error
    return network.float().eval()
