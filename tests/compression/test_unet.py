"""Every step on a U-Net, whose answers are maps: what it makes of it, and that onnxruntime answers as torch does."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from distill_core.compression import STEPS, StepInput, StepResult, resolve_settings
from distill_core.deployment.float16 import to_float16
from distill_core.deployment.int8 import to_int8
from distill_core.deployment.onnx_export import export_onnx
from distill_core.deployment.runtime import run_onnx
from distill_core.networks import Blueprint, build, profile
from distill_core.spec import Change
from distill_core.tasks import InputSpec
from distill_core.training.fake_int8 import FakeInt8
from tests.compression.material import COST, run

SIDE, CLASSES = 16, 6


def blueprint(name: str = "unet_small", width: float = 1.0) -> Blueprint:
    given = InputSpec(shape=(1, SIDE, SIDE))
    return Blueprint(
        architecture=name, classes=CLASSES, input=given, options=(("width", width),), positions=(SIDE, SIDE)
    )


def scenes(count: int, seed: int) -> torch.Tensor:
    return torch.randn(count, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def given(one_thread: None) -> StepInput:
    """A U-Net whose norms have seen scenes, and what a step may look at: a label for each pixel."""
    torch.manual_seed(0)
    form = blueprint()
    network = build(form)
    with torch.no_grad():
        for part in network.modules():
            if isinstance(part, torch.nn.BatchNorm2d):
                torch.nn.init.uniform_(part.weight, 0.5, 1.5)
                torch.nn.init.normal_(part.bias, 0, 0.1)
        for seed in range(2):
            network.train()(scenes(16, seed))
    labels_BHW = torch.arange(20 * SIDE * SIDE).reshape(20, SIDE, SIDE) % CLASSES
    return StepInput(
        network=network.eval(),
        blueprint=form,
        target=form,
        images_BCHW=scenes(20, 2),
        labels_B=labels_BHW,
        seed=3,
        cost=COST,
    )


CASES: dict[str, tuple[str, dict[str, str], dict[str, float], Callable[[int, int], bool]]] = {
    "pruned": ("prune", {}, {"keep": 0.5, "multiple": 4.0}, lambda after, before: after <= before // 2),
    "pruned by Taylor": (
        *("prune", {"importance": "taylor", "target": "parameters"}, {"keep": 0.4, "multiple": 2.0}),
        lambda after, before: after < before,
    ),
    "Tucker": ("tucker", {}, {"keep": 0.6}, lambda after, before: after <= 0.6 * before),
    "separable": ("separable", {}, {"keep": 0.6}, lambda after, before: after <= 0.6 * before),
    "sparse": ("sparsify", {}, {}, lambda after, before: after == before),
    "rounded": ("round", {}, {}, lambda after, before: after == before),
    "norms anew": ("norms", {}, {}, lambda after, before: after == before),
    "fresh": ("fresh", {}, {}, lambda after, before: after == before),
}


@pytest.mark.parametrize("name", CASES)
def test_a_step_keeps_maps_and_its_file_answers_as_torch(given: StepInput, name: str) -> None:
    step, choices, parameters, shrinks = CASES[name]
    changed: StepResult = run(step, given, choices, **parameters)
    assert shrinks(profile(changed.blueprint).macs, profile(given.blueprint).macs)
    twin = build(changed.blueprint)
    twin.load_state_dict(changed.network.state_dict(), strict=True)
    inputs_BCHW = scenes(4, 5)
    with torch.no_grad():
        wanted_BCHW = changed.network(inputs_BCHW).numpy()
        assert np.array_equal(twin.eval()(inputs_BCHW).numpy(), wanted_BCHW)
    assert wanted_BCHW.shape == (4, CLASSES, SIDE, SIDE)
    file = export_onnx(changed.network, changed.blueprint).data
    assert run_onnx(file, inputs_BCHW.numpy()) == pytest.approx(wanted_BCHW, abs=1e-4)


def test_a_wide_one_is_sliced_into_a_narrow_one(given: StepInput) -> None:
    narrow = replace(given, target=blueprint(width=0.5))
    changed = run("slice", narrow)
    assert changed.blueprint == narrow.target
    assert profile(changed.blueprint).parameters < profile(given.blueprint).parameters / 3
    file = export_onnx(changed.network, changed.blueprint).data
    with torch.no_grad():
        wanted_BCHW = changed.network(scenes(4, 5)).numpy()
    assert run_onnx(file, scenes(4, 5).numpy()) == pytest.approx(wanted_BCHW, abs=1e-4)


@pytest.mark.parametrize("way", ["static", "dynamic"])
def test_a_file_of_8_bits_answers_nearly_alike_at_a_quarter_of_the_weights(given: StepInput, way: str) -> None:
    file = export_onnx(given.network, given.blueprint).data
    small = to_int8(file, scenes(32, 4).numpy(), way=way, per_channel=True)  # type: ignore[arg-type]
    assert len(small.data) < 0.6 * len(file)
    before, after = (run_onnx(data, scenes(4, 5).numpy()) for data in (file, small.data))
    assert after.shape == before.shape
    assert np.abs(after - before).max() < 0.1 * np.abs(before).max()
    assert (after.argmax(1) == before.argmax(1)).mean() > 0.9


def test_a_file_of_16_bits_answers_alike_at_half_the_size(given: StepInput) -> None:
    file = export_onnx(given.network, given.blueprint).data
    half = to_float16(file)
    assert len(half.data) < 0.6 * len(file)
    before, after = (run_onnx(data, scenes(4, 5).numpy()) for data in (file, half.data))
    assert after == pytest.approx(before, abs=0.02 * float(np.abs(before).max()))


def test_it_trains_with_rounded_numbers(given: StepInput) -> None:
    """Quantization-aware: the loss of what it says rounded falls, and its own weights stay in full precision."""
    network, rounding = given.network.train(), FakeInt8(given.network)
    optimiser, losses = torch.optim.AdamW(network.parameters(), lr=0.01), []
    for _ in range(12):
        with rounding():
            loss = torch.nn.functional.cross_entropy(network(given.images_BCHW[:8]), given.labels_B[:8] * 0 + 1)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.5 * losses[0]
    weights = next(network.parameters())
    assert len(weights.unique()) > 0.9 * weights.numel()


def test_each_step_is_tried_or_belongs_to_a_file() -> None:
    tried = {step for step, *_ in CASES.values()} | {"slice"}
    assert {entry.name for entry in STEPS if entry.apply} == tried
    for name in ("int8", "float16"):
        entry = STEPS.get(name)
        entry.check(blueprint(), blueprint(), resolve_settings(entry, Change(step=name)))
