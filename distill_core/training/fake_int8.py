"""Training that knows it will end in 8 bits: what a layer multiplies is rounded as in the int8 file, gradients are not.

B images, C channels, O outputs of a layer.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor, nn

# As export.to_int8 rounds: weights to -64 ... 64, a scale for each output; what comes in to 0 ... 255.
WEIGHT_STEPS = 64
INPUT_STEPS = 255
# How much of a range is that of the newest batch.
MOMENTUM = 0.1
SMALLEST_SCALE = 1e-8


class FakeInt8:
    """A network whose convolutions and linear layers round while this is open: ``with rounding(): network(images)``.

    Outside, and in its state dict, the network is as before: float weights, and no word of any range. The products
    inside an attention, which belong to no layer, are not rounded.
    Source: Jacob et al. 2018 (arXiv:1712.05877), section 3, with a scale for each output (Krishnamoorthi 2018,
    arXiv:1806.08342). That scale is proportional to the output's own weights, so the gain of a batch norm that is
    folded into them later changes it and leaves the integers: what trains here is what the file holds. With one scale
    for all outputs it would not be so.
    """

    def __init__(self, network: "nn.Module") -> None:
        from torch import nn

        self._layers = [part for part in network.modules() if isinstance(part, nn.Conv1d | nn.Conv2d | nn.Linear)]
        self._ranges: dict[int, Tensor] = {}

    @contextmanager
    def __call__(self) -> Iterator[None]:
        for place, layer in enumerate(self._layers):
            layer.forward = partial(self._forward, place, layer)  # type: ignore[method-assign]
        try:
            yield
        finally:
            for layer in self._layers:
                del layer.forward

    def _forward(self, place: int, layer: "nn.Conv1d | nn.Conv2d | nn.Linear", inputs: "Tensor") -> "Tensor":
        from torch import nn
        from torch.nn import functional

        if layer.training:
            self._observe_range(place, inputs.detach())
        known = self._ranges.get(place)
        given = inputs if known is None else rounded_input(inputs, known[0], known[1])
        weights = rounded_weights(layer.weight)
        if isinstance(layer, nn.Conv1d | nn.Conv2d):
            return layer._conv_forward(given, weights, layer.bias)  # type: ignore[no-any-return]
        return functional.linear(given, weights, layer.bias)

    def _observe_range(self, place: int, inputs: "Tensor") -> None:
        import torch

        newest = torch.stack(torch.aminmax(inputs)).float()
        known = self._ranges.get(place)
        self._ranges[place] = newest if known is None else torch.lerp(known, newest, MOMENTUM)


def rounded_weights(weights: "Tensor") -> "Tensor":
    """Weights (O, ...) at multiples of the 64th part of their output's largest; gradients pass as if nothing were."""
    import torch

    scale_O = weights.detach().abs().flatten(1).amax(1).float().clamp_min(SMALLEST_SCALE * WEIGHT_STEPS) / WEIGHT_STEPS
    middle_O = torch.zeros_like(scale_O, dtype=torch.int32)
    return torch.fake_quantize_per_channel_affine(weights, scale_O, middle_O, 0, -WEIGHT_STEPS, WEIGHT_STEPS)


def rounded_input(inputs: "Tensor", least: "Tensor", largest: "Tensor") -> "Tensor":
    """A layer's input at 256 values from ``least`` to ``largest`` (scalars), 0 exactly among them. Gradients pass where
    it lies inside, and end where it was cut off."""
    import torch

    low, high = least.clamp_max(0.0), largest.clamp_min(0.0)
    scale = ((high - low) / INPUT_STEPS).clamp_min(SMALLEST_SCALE)
    zero = (-low / scale).round().clamp(0, INPUT_STEPS).to(torch.int32)
    return torch.fake_quantize_per_tensor_affine(inputs, scale, zero, 0, INPUT_STEPS)
