"""Quantization-aware training: weights and inputs of layers are rounded as in the int8 file, gradients are not.

B images, C channels, O outputs of a layer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from distill_core.lazy_torch import F, Tensor, nn, torch

# As deployment.int8 rounds: weights to -64 ... 64, with a scale for each output; inputs to 0 ... 255.
WEIGHT_STEPS = 64
INPUT_STEPS = 255
# The weight of the newest batch in the moving average of a range.
MOMENTUM = 0.1
SMALLEST_SCALE = 1e-8


class FakeInt8:
    """Makes the convolutions and linear layers of a network round in a context: ``with rounding(): network(images)``.

    Outside of it, and in the state dict, the network is unchanged: float weights and no ranges. The products inside an
    attention belong to no layer and are not rounded.
    Source: Jacob et al. 2018 (arXiv:1712.05877), section 3, with a scale for each output (Krishnamoorthi 2018,
    arXiv:1806.08342). Such a scale is proportional to the weights of its output. So a batch norm that is folded into
    the weights later changes the scale and not the integers, and the file holds the integers that were trained.
    """

    def __init__(self, network: nn.Module) -> None:
        self._layers = [part for part in network.modules() if isinstance(part, nn.Conv1d | nn.Conv2d | nn.Linear)]
        self.ranges: dict[int, Tensor] = {}  # least and largest input of a layer, by its place

    def restore(self, ranges: Mapping[str, Tensor]) -> None:
        """Take over ``ranges``; names that are no place of a layer are others' tensors."""
        found = {int(name): known for name, known in ranges.items() if name.isdecimal()}
        self.ranges = {place: known.to(self._layers[place].weight.device) for place, known in found.items()}

    @contextmanager
    def __call__(self) -> Iterator[None]:
        for place, layer in enumerate(self._layers):
            layer.forward = partial(self._forward, place, layer)  # type: ignore[method-assign]
        try:
            yield
        finally:
            for layer in self._layers:
                del layer.forward

    def _forward(self, place: int, layer: nn.Conv1d | nn.Conv2d | nn.Linear, inputs: Tensor) -> Tensor:
        if layer.training:
            self._observe_range(place, inputs.detach())
        known = self.ranges.get(place)
        given = inputs if known is None else rounded_input(inputs, known[0], known[1])
        weights = rounded_weights(layer.weight)
        if isinstance(layer, nn.Conv1d | nn.Conv2d):
            return layer._conv_forward(given, weights, layer.bias)  # type: ignore[no-any-return]
        return F.linear(given, weights, layer.bias)

    def _observe_range(self, place: int, inputs: Tensor) -> None:
        newest = torch.stack(torch.aminmax(inputs)).float()
        known = self.ranges.get(place)
        self.ranges[place] = newest if known is None else torch.lerp(known, newest, MOMENTUM)


def rounded_weights(weights: Tensor) -> Tensor:
    """Weights (O, ...) rounded to multiples of 1/64 of the largest of their output; gradients pass unchanged."""
    scale_O = weights.detach().abs().flatten(1).amax(1).float().clamp_min(SMALLEST_SCALE * WEIGHT_STEPS) / WEIGHT_STEPS
    middle_O = torch.zeros_like(scale_O, dtype=torch.int32)
    return torch.fake_quantize_per_channel_affine(weights, scale_O, middle_O, 0, -WEIGHT_STEPS, WEIGHT_STEPS)


def rounded_input(inputs: Tensor, least: Tensor, largest: Tensor) -> Tensor:
    """A layer's input rounded to 256 values from ``least`` to ``largest`` (scalars), one of which is 0. Gradients pass
    inside of the range and are 0 outside."""
    low, high = least.clamp_max(0.0), largest.clamp_min(0.0)
    scale = ((high - low) / INPUT_STEPS).clamp_min(SMALLEST_SCALE)
    zero = (-low / scale).round().clamp(0, INPUT_STEPS).to(torch.int32)
    return torch.fake_quantize_per_tensor_affine(inputs, scale, zero, 0, INPUT_STEPS)
