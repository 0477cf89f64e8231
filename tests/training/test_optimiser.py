"""The optimiser: torch's own over matrices that decay and the rest that does not, and specifications from before."""

import pytest
import torch
from torch import nn

from distill_core.spec import Optimiser, fingerprint
from distill_core.training.optimiser import torch_optimiser

pytestmark = pytest.mark.anywhere


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 3))


def test_adamw_takes_the_steps_of_its_paper() -> None:
    """Decoupled decay on matrices alone, moments with bias correction: algorithm 2 of arXiv:1711.05101 by hand."""
    trained = network()
    chosen = Optimiser(algorithm="adamw", learning_rate=0.01, weight_decay=0.1, momentum=0.8)
    optimiser = torch_optimiser(chosen, [trained], "cpu")
    expected = {name: weight.detach().double().clone() for name, weight in trained.named_parameters()}
    first = {name: torch.zeros_like(weight) for name, weight in expected.items()}
    second = {name: torch.zeros_like(weight) for name, weight in expected.items()}
    for update in range(1, 4):
        optimiser.zero_grad()
        trained(torch.randn(16, 4)).square().sum().backward()
        for name, weight in trained.named_parameters():
            slope = weight.grad.double()
            expected[name] *= 1 - 0.01 * 0.1 * (weight.ndim > 1)
            first[name] = 0.8 * first[name] + 0.2 * slope
            second[name] = 0.999 * second[name] + 0.001 * slope**2
            step = first[name] / (1 - 0.8**update) / ((second[name] / (1 - 0.999**update)).sqrt() + 1e-8)
            expected[name] -= 0.01 * step
        optimiser.step()
        for name, weight in trained.named_parameters():
            torch.testing.assert_close(weight.detach().double(), expected[name], rtol=1e-4, atol=1e-6)
            expected[name] = weight.detach().double().clone()


def test_adagrad_takes_the_steps_of_its_paper() -> None:
    """Each weight's rate falls with the root of the sum of its squared slopes (Duchi et al. 2011), by hand."""
    weight = nn.Parameter(torch.tensor([[1.0, -2.0]]))
    part = nn.Module()
    part.register_parameter("weight", weight)
    optimiser = torch_optimiser(Optimiser(algorithm="adagrad", learning_rate=0.1, weight_decay=0.0), [part], "cpu")
    for slopes, expected in (([3.0, -0.5], [0.9, -1.9]), ([4.0, 0.0], [0.82, -1.9])):
        weight.grad = torch.tensor([slopes])
        optimiser.step()
        assert weight.tolist()[0] == pytest.approx(expected)


def test_a_specification_with_sgd_reads_as_before_there_was_another() -> None:
    plain = Optimiser()
    assert not {"algorithm", "n3"} & set(plain.model_dump(mode="json"))
    assert Optimiser.of(plain.model_dump(mode="json")) == plain
    assert fingerprint(plain) != fingerprint(Optimiser(algorithm="adamw"))
    assert Optimiser.from_json(Optimiser(algorithm="adamw").to_json()).algorithm == "adamw"
