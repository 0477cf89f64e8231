"""Folding changes how fast a network answers, not what it answers."""

import pytest
import torch
from torch import nn

from distill_core.networks import Architecture, Blueprint, build
from distill_core.networks.fold import fold_batch_norm
from tests.architectures import FOR_IMAGES


def trained(entry: Architecture) -> nn.Module:
    """Random weights, and batch norms whose statistics, gains and shifts are not those of the start."""
    torch.manual_seed(0)
    network = build(Blueprint.for_images(architecture=entry.name, classes=4))
    for part in network.modules():
        if isinstance(part, nn.BatchNorm2d):
            nn.init.uniform_(part.weight, 0.5, 1.5)
            nn.init.normal_(part.bias, 0, 0.1)
    with torch.no_grad():
        for _ in range(3):
            network.train()(torch.randn(16, 1, 28, 28))
    return network


@pytest.mark.parametrize("entry", FOR_IMAGES, ids=lambda entry: entry.name)
def test_a_folded_network_answers_as_the_network_does(entry: Architecture) -> None:
    network = trained(entry)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    images = torch.randn(8, 1, 28, 28)
    copied = fold_batch_norm(network)
    assert network.training
    with torch.no_grad():
        answered, expected = copied(images), network.eval()(images)
    torch.testing.assert_close(answered, expected, rtol=1e-4, atol=1e-4 * float(expected.abs().max()))
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())


@pytest.mark.parametrize("name", ["resnet20", "inception_small", "mobilenet_v2", "shufflenet_v2"])
def test_no_norm_is_left_behind_a_convolution(name: str) -> None:
    network = build(Blueprint.for_images(architecture=name, classes=4))
    assert any(isinstance(part, nn.BatchNorm2d) for part in network.modules())
    assert not any(isinstance(part, nn.BatchNorm2d) for part in fold_batch_norm(network).modules())
