"""Whether a network draws while it trains, found without numbers and whatever else draws meanwhile."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.ops import StochasticDepth

from distill_core.networks import Architecture, Blueprint, build, uses_rng
from distill_core.networks.randomness import measure_rng_use, random_operators
from tests.architectures import FOR_IMAGES

BLUEPRINT = Blueprint.for_images(architecture="resnet8", classes=4, channels=1, size_px=8)


class Functional(nn.Module):
    """Dropout that no layer of the network tells of."""

    def forward(self, inputs: Tensor) -> Tensor:
        return functional.dropout(inputs, 0.1, self.training)


class Noisy(nn.Module):
    def forward(self, inputs: Tensor) -> Tensor:
        return inputs + torch.randn_like(inputs)


class Attending(nn.Module):
    def __init__(self, dropout: float = 0.0) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, dropout=dropout)

    def forward(self, inputs: Tensor) -> Tensor:
        out: Tensor = self.attention(inputs, inputs, inputs)[0]
        return out


class Rows(nn.Module):
    """An image as a sequence of its rows."""

    def __init__(self, part: nn.Module) -> None:
        super().__init__()
        self.part = part

    def forward(self, images_BCHW: Tensor) -> Tensor:
        out: Tensor = self.part(images_BCHW.flatten(1, 2))
        return out


DRAWING = {
    "dropout": nn.Dropout(0.1),
    "dropout of channels": nn.Dropout1d(0.1),
    "stochastic depth": StochasticDepth(0.1, "row"),
    "attention": Attending(0.1),
    "LSTM": nn.LSTM(8, 8, 2, dropout=0.1),
    "GRU": nn.GRU(8, 8, 2, dropout=0.1),
    "function": Functional(),
    "noise": Noisy(),
    "leaky at random": nn.RReLU(),
}
QUIET = {
    "dropout 0": nn.Dropout(0.0),
    "attention": Attending(),
    "LSTM": nn.LSTM(8, 8, 2),
    "encoder": nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0),
}


@pytest.mark.parametrize("part", DRAWING.values(), ids=DRAWING)
def test_a_network_that_draws_is_found_whatever_layer_or_function_does_it(part: nn.Module) -> None:
    assert measure_rng_use(BLUEPRINT, lambda _: Rows(part).to("meta"))


@pytest.mark.parametrize("part", QUIET.values(), ids=QUIET)
def test_layers_that_could_draw_and_do_not_are_quiet(part: nn.Module) -> None:
    assert not measure_rng_use(BLUEPRINT, lambda _: Rows(part).to("meta"))


@pytest.mark.parametrize("entry", FOR_IMAGES, ids=lambda entry: entry.name)
def test_a_network_that_is_called_quiet_draws_nothing(entry: Architecture) -> None:
    blueprint = Blueprint.for_images(architecture=entry.name, classes=4)
    network = build(blueprint).train()
    before = torch.get_rng_state()
    assert not uses_rng(blueprint)
    network(torch.zeros(2, 1, 28, 28))
    assert torch.equal(torch.get_rng_state(), before)


def test_attention_on_the_processor_draws_for_dropout_alone() -> None:
    tokens = torch.zeros(1, 2, 4, 8)
    for dropout in (0.0, 0.1):
        with random_operators() as drawn:
            functional.scaled_dot_product_attention(tokens, tokens, tokens, dropout_p=dropout)
        assert bool(drawn) == (dropout > 0)
