"""U-Nets: size and stages by hand, what they take, and their file."""

import numpy as np
import pytest
import torch

from distill_core.deployment.onnx_export import export_onnx
from distill_core.deployment.runtime import run_onnx
from distill_core.errors import InvalidSetting
from distill_core.networks import Blueprint, build, check, profile, taking
from distill_core.networks.example import example_input
from distill_core.tasks import TASKS, InputSpec

pytestmark = pytest.mark.anywhere

NAMES = ("unet", "unet_small")
SIDE = 48


def blueprint(name: str, side: int = SIDE, classes: int = 6) -> Blueprint:
    return Blueprint(architecture=name, classes=classes, input=InputSpec(shape=(1, side, side)), positions=(side, side))


@pytest.mark.parametrize(
    ("name", "classes", "parameters", "stages"),
    [
        # As the definition of the task counts them, with its eleven classes.
        ("unet", 11, 482_443, ((128, 6, 6), (64, 12, 12), (32, 24, 24), (12, 48, 48))),
        ("unet_small", 11, 29_867, ((32, 12, 12), (16, 24, 24), (8, 48, 48))),
    ],
)
def test_size_and_stages(name: str, classes: int, parameters: int, stages: tuple[tuple[int, ...], ...]) -> None:
    found = profile(blueprint(name, classes=classes))
    assert found.parameters == parameters
    assert tuple(tap.shape for tap in found.taps) == stages


def test_macs_of_the_small_one() -> None:
    pixels, wide = SIDE * SIDE, (8, 16, 32)
    levels = (1 * 8 + 8 * 8, (8 * 16 + 16 * 16) / 4, (16 * 32 + 32 * 32) / 16)
    grown = ((wide[1] + wide[2]) * wide[1] + wide[1] ** 2) / 4, (wide[0] + wide[1]) * wide[0] + wide[0] ** 2
    assert profile(blueprint("unet_small")).macs == 9 * pixels * (sum(levels) + sum(grown)) + pixels * 8 * 6


def test_it_is_offered_for_pixels_alone() -> None:
    task = TASKS.get("scenes")
    assert tuple(entry.name for entry in taking(task.input, task.target.positions)) == NAMES
    assert not {entry.name for entry in taking(task.input)} & set(NAMES)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (blueprint("unet", side=28), "multiple of 8 px"),
        (Blueprint(architecture="unet", classes=6, input=InputSpec(shape=(1, 48, 48))), "a label a position"),
        (blueprint("resnet8"), "one label an example"),
    ],
)
def test_what_it_does_not_take_is_refused(wrong: Blueprint, said: str) -> None:
    with pytest.raises(InvalidSetting, match=said):
        check(wrong)


@pytest.mark.parametrize("name", NAMES)
def test_its_file_answers_as_it_does_for_any_batch(name: str) -> None:
    torch.manual_seed(0)
    network = build(blueprint(name)).eval()
    data = export_onnx(network, blueprint(name)).data
    batch = example_input(blueprint(name), 3)
    with torch.inference_mode():
        expected = network(batch).numpy()
    assert expected.shape == (3, 6, SIDE, SIDE)
    np.testing.assert_allclose(run_onnx(data, batch.numpy()), expected, atol=1e-4 * np.abs(expected).max())
