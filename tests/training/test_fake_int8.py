"""Training that knows of 8 bits: it rounds as the file will, its gradients reach all weights, which stay float."""

from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from distill_core.deployment.int8 import to_int8
from distill_core.deployment.onnx_export import export_onnx
from distill_core.deployment.runtime import run_onnx
from distill_core.networks import Blueprint
from distill_core.spec import Optimiser
from distill_core.training.fake_int8 import FakeInt8, rounded_input, rounded_weights
from distill_core.training.student import StudentTrainer
from tests.training import small

pytestmark = pytest.mark.anywhere

SQUARE = Blueprint.for_images(architecture="small", classes=3, channels=1, size_px=4)


def test_weights_lie_on_64_steps_of_each_outputs_largest():
    weights = torch.tensor([[0.64, 0.013, -0.017], [-6.4, 0.13, 0.06]], requires_grad=True)
    rounded = rounded_weights(weights)
    assert torch.allclose(rounded, torch.tensor([[0.64, 0.01, -0.02], [-6.4, 0.1, 0.1]]))
    rounded.sum().backward()
    assert torch.equal(weights.grad, torch.ones(2, 3))


def test_weights_that_are_all_nothing_stay_so():
    assert torch.equal(rounded_weights(torch.zeros(2, 3)), torch.zeros(2, 3))


def test_an_input_lies_on_256_values_and_has_no_gradient_where_it_was_cut_off():
    came = torch.tensor([-3.0, -0.51, 0.0, 0.004, 1.012, 9.0], requires_grad=True)
    rounded = rounded_input(came, torch.tensor(-0.51), torch.tensor(2.04))
    assert torch.allclose(rounded, torch.tensor([-0.51, -0.51, 0.0, 0.0, 1.01, 2.04]), atol=1e-6)
    rounded.sum().backward()
    assert came.grad.tolist() == [0, 1, 1, 1, 1, 0]


@pytest.mark.parametrize("ends", [(0.5, 2.0), (-2.0, -0.5)])
def test_nothing_is_always_nothing(ends):
    least, largest = map(torch.tensor, ends)
    assert rounded_input(torch.zeros(2), least, largest).tolist() == [0, 0]


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_types_and_the_order_of_channels_stay(kind):
    came = torch.randn(2, 3, 4, 4).to(kind, memory_format=torch.channels_last)
    rounded = rounded_input(came, torch.tensor(-1.0), torch.tensor(1.0))
    assert rounded.dtype == kind
    weights = rounded_weights(torch.randn(2, 3, 3, 3).to(memory_format=torch.channels_last))
    assert all(one.is_contiguous(memory_format=torch.channels_last) for one in (rounded, weights))


def test_folding_a_norm_leaves_the_integers_as_they_are():
    torch.manual_seed(0)
    weights, gains = torch.randn(4, 3, 3, 3), torch.tensor([3.0, -0.2, 1e-3, 50.0])[:, None, None, None]
    assert torch.allclose(rounded_weights(weights * gains), rounded_weights(weights) * gains, rtol=1e-4)


def layered() -> nn.Module:
    torch.manual_seed(0)
    layers = nn.Conv2d(1, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(64, 3)
    return nn.Sequential(*layers)


def test_inside_it_rounds_and_outside_the_network_is_as_before():
    network, images = layered(), torch.randn(8, 1, 4, 4)
    before, keys = network.eval()(images), list(network.state_dict())
    rounding = FakeInt8(network)
    with rounding():
        inside = network.train()(images)
        assert list(network.state_dict()) == keys
    assert all("forward" not in vars(part) for part in network.modules())
    assert not torch.equal(inside, layered().train()(images))
    network = network.eval()
    network[1].reset_running_stats()
    assert torch.equal(network(images), before)


def test_a_failure_inside_leaves_the_network_as_before():
    network = layered()
    with pytest.raises(RuntimeError), FakeInt8(network)():
        network(torch.randn(8, 2, 4, 4))
    assert all("forward" not in vars(part) for part in network.modules())


def test_ranges_follow_the_batches_in_training_and_stand_still_in_eval_mode():
    network = nn.Sequential(nn.Flatten(), nn.Linear(2, 1, bias=False))
    nn.init.ones_(network[1].weight)
    rounding = FakeInt8(network)

    def ask(*pixels: float) -> float:
        with rounding():
            return float(network(torch.tensor([pixels]))[0, 0].detach())

    network.train()
    assert ask(1.0, 0.0) == pytest.approx(1)
    assert ask(2.0, 0.0) == pytest.approx(1.1)  # a tenth of the way from 1 to 2
    network.eval()
    assert ask(9.0, 0.0) == pytest.approx(1.1)
    assert ask(9.0, 0.0) == pytest.approx(1.1)


def test_it_rounds_as_the_file_does():
    network, images = layered(), torch.randn(200, 1, 4, 4)
    rounding = FakeInt8(network)
    network[1].momentum = None
    network.train()(images)  # the norm's statistics are those of the images, and stay so
    network[1].momentum = 0.0
    with rounding(), torch.no_grad():
        network.train()(images)
        told = network.eval()(images).numpy()
    data = export_onnx(network.eval(), SQUARE).data
    file = run_onnx(to_int8(data, images.numpy(), way="static", per_channel=True).data, images.numpy())
    plain = run_onnx(data, images.numpy())
    # the file rounds one thing more, the bias; what is left is a tenth of what rounding does at all
    assert np.abs(told - file).mean() < 0.5 * np.abs(plain - file).mean()


def with_one_large_weight(*, aware: bool) -> tuple[float, float]:
    """The accuracy of a trained network, and of its int8 file, whose scale is given by a weight of a pixel that is
    always black: between two steps of it lies all that the network learns, if it does not know of them."""
    torch.manual_seed(0)
    images = torch.randn(600, 1, 4, 4)
    images[:, 0, 0, 0] = 0
    labels = images.flatten(1)[:, 1:4].argmax(1)
    network = nn.Sequential(nn.Flatten(), nn.Linear(16, 3))
    with torch.no_grad():
        network[1].weight[:, 0] = 400
    optimiser = torch.optim.SGD(network.parameters(), lr=0.5)
    rounding = FakeInt8(network) if aware else nullcontext
    for _ in range(150):
        with rounding():
            logits = network(images)
        optimiser.zero_grad()
        nn.functional.cross_entropy(logits, labels).backward()
        optimiser.step()
    data = export_onnx(network, SQUARE).data
    file = to_int8(data, images.numpy(), way="static", per_channel=True).data
    full, small = (run_onnx(one, images.numpy()).argmax(1) == labels.numpy() for one in (data, file))
    return float(full.mean()), float(small.mean())


def test_where_rounding_loses_what_was_learnt_the_file_of_a_training_that_rounds_keeps_it():
    full, small = with_one_large_weight(aware=False)
    assert full > 0.95
    assert small < 0.5
    _, kept = with_one_large_weight(aware=True)
    assert kept > 0.85


def aware(method: str = "kd", **settings: object) -> StudentTrainer:
    given = replace(small.config(method, **settings), int8_aware=True)
    return StudentTrainer(given, Optimiser(), updates=10, batch_size=16, precision="float32")


def test_a_members_gradients_reach_every_weight():
    trainer = aware(architecture="resnet8")
    answer = trainer.forward(small.dataset().unaugmented(np.arange(16)))
    answer[0].square().sum().backward()
    for name, weight in trainer.network.named_parameters():
        assert weight.grad is not None, name
        assert float(weight.grad.abs().max()) > 0, name


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("architecture", ["plain_cnn", "resnet8"])
def test_it_trains_in_the_loop_to_another_network_with_the_same_state(architecture, precision):
    settings = small.plan(updates=8, precision=precision)
    plain = small.config(architecture=architecture)
    (before,) = small.train([plain], settings)
    (after,) = small.train([replace(plain, int8_aware=True)], settings)
    assert (before.error, after.error) == (None, None)
    assert list(after.network.state_dict()) == list(before.network.state_dict())
    assert not small.same(after.network, before.network)
    (again,) = small.train([replace(plain, int8_aware=True)], settings)
    assert small.same(after.network, again.network)


def test_a_rounding_student_does_not_change_other_students():
    beside = replace(small.config(run="b/0"), int8_aware=True)
    (alone,) = small.train([small.config()])
    first, _ = small.train([small.config(), beside])
    assert small.same(alone.network, first.network)
