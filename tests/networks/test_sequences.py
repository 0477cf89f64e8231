"""One-dimensional networks: parameters, work and stages by hand, and what they take."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from distill_core.deployment.onnx_export import export_onnx
from distill_core.deployment.runtime import run_onnx
from distill_core.errors import InvalidSetting
from distill_core.networks import ARCHITECTURES, Blueprint, build, check, profile, taking, uses_rng
from distill_core.networks.example import example_input
from distill_core.networks.fold import fold_batch_norm
from distill_core.tasks import TASKS, InputSpec
from distill_core.tasks.sound import mfcc

pytestmark = pytest.mark.anywhere

NAMES = ("sequence_cnn", "sequence_depthwise")


def blueprint(name: str, width: float = 1.0) -> Blueprint:
    return Blueprint(architecture=name, classes=10, input=mfcc.INPUT, options=(("width", width),))


@pytest.mark.parametrize(
    ("name", "parameters", "macs", "stages"),
    [
        # Three convolutions of five frames over 40, 20 and 10 frames, a norm each, and the head.
        (
            "sequence_cnn",
            5 * (13 * 64 + 64 * 96 + 96 * 128) + 2 * (64 + 96 + 128) + 1_290,
            5 * (40 * 13 * 64 + 20 * 64 * 96 + 10 * 96 * 128) + 1_280,
            ((64, 1, 20), (96, 1, 10), (128, 1, 10), (128,)),
        ),
        # A stem over 40 frames; three pairs over 20, 10 and 10, of five weights a channel and 32 to 32 channels.
        (
            "sequence_depthwise",
            5 * 13 * 32 + 64 + 3 * (5 * 32 + 32 * 32 + 128) + 330,
            40 * 5 * 13 * 32 + (20 + 10 + 10) * (5 * 32 + 32 * 32) + 320,
            ((32, 1, 10), (32, 1, 10), (32, 1, 10), (32,)),
        ),
    ],
)
def test_size_and_stages(name: str, parameters: int, macs: int, stages: tuple[tuple[int, ...], ...]) -> None:
    profiled = profile(blueprint(name))
    assert (profiled.parameters, profiled.macs) == (parameters, macs)
    assert tuple(tap.shape for tap in profiled.taps) == stages
    assert not uses_rng(blueprint(name))


def test_the_published_sizes() -> None:
    assert [profile(blueprint(name)).parameters for name in NAMES] == [98_186, 6_410]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [0.25, 2.0])
def test_a_file_answers_as_the_network(name: str, width: float) -> None:
    torch.manual_seed(0)
    form = blueprint(name, width)
    network = build(form).eval()
    exported, batch = export_onnx(network, form), example_input(form, 5)
    torch.testing.assert_close(
        torch.from_numpy(run_onnx(exported.data, batch.numpy())), network(batch).detach(), atol=1e-4, rtol=1e-4
    )


@pytest.mark.parametrize("name", NAMES)
def test_its_norms_can_be_folded(name: str) -> None:
    torch.manual_seed(0)
    network = build(blueprint(name))
    network(torch.randn(32, *mfcc.INPUT.shape))  # so that a norm changes something
    folded, batch = fold_batch_norm(network), torch.randn(4, *mfcc.INPUT.shape)
    assert not any(isinstance(part, nn.BatchNorm1d) for part in folded.modules())
    torch.testing.assert_close(folded(batch), network.eval()(batch), atol=1e-5, rtol=1e-5)


def test_sound_gets_them_and_images_do_not() -> None:
    assert tuple(entry.name for entry in taking(TASKS.get("spoken_digits").input)) == NAMES
    assert not set(NAMES) & {entry.name for entry in taking(TASKS.get("digits").input)}
    with pytest.raises(InvalidSetting, match="1-D CNN: input: expected numbers of shape"):
        check(replace(blueprint("sequence_cnn"), input=InputSpec(shape=(13, 7))))
    with pytest.raises(InvalidSetting, match="ResNet-8: input: expected square images"):
        check(replace(blueprint("resnet8")))
    assert ARCHITECTURES.get("sequence_cnn").widths == (0.25, 0.5, 1.0, 2.0)
