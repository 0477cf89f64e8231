"""Every step on the networks of sound, text and tables: the file shrinks and answers alike, or says before why."""

import re

import numpy as np
import pytest
import torch

from distill_core.compression import STEPS, CompressionStep, StepInput, resolve_settings
from distill_core.deployment.float16 import to_float16
from distill_core.deployment.int8 import to_int8
from distill_core.deployment.onnx_export import OnnxFile, export_onnx
from distill_core.deployment.runtime import run_onnx
from distill_core.errors import InvalidSetting
from distill_core.networks import Blueprint, build
from distill_core.networks.example import example_input
from distill_core.spec import Change
from distill_core.tasks import TASKS
from tests.compression.material import COST
from tests.networks.test_mlp import GIVEN as ROWS

pytestmark = pytest.mark.anywhere

NETWORKS = {
    **dict.fromkeys(("sequence_cnn", "sequence_depthwise"), "spoken_digits"),
    **dict.fromkeys(("byte_cnn", "hashed_ngrams", "byte_transformer"), "languages"),
    "mlp": "",  # tables do not ship
}
NO_KERNEL = "a convolution with a kernel, in one group, behind the first one, got a network without"
NO_NORMS = "a network with batch norms, got one without"
REASONS = {
    **{(step, name): NO_KERNEL for step in ("tucker", "separable") for name in NETWORKS},
    ("norms", "hashed_ngrams"): NO_NORMS,
    ("norms", "byte_transformer"): NO_NORMS,
    ("prune", "hashed_ngrams"): "got one layer behind its features, whose outputs are the classes",
    ("prune", "byte_transformer"): "got attention, whose heads share the features of all blocks",
}
for able in ("sequence_cnn", "byte_cnn"):
    del REASONS["tucker", able], REASONS["separable", able]
# Ranks of 1 leave more than the default of these parameters.
LARGER = {("tucker", "byte_cnn"): {"keep": 0.8}, ("separable", "byte_cnn"): {"keep": 0.9}}
# What keeps the form of a network or its weights keeps the bytes of its file too.
KEEPING = {"sparsify", "round", "norms", "fresh"}


def form(name: str, width: float) -> Blueprint:
    options = ("width", width), ("stem_stride", 1)
    if not NETWORKS[name]:
        return Blueprint(architecture=name, classes=4, input=ROWS, options=options)
    task = TASKS.get(NETWORKS[name])
    return Blueprint(architecture=name, classes=len(task.classes), input=task.input, options=options)


def changed(step: CompressionStep, name: str, whole: OnnxFile, network: torch.nn.Module) -> OnnxFile:
    """The file after a step, checked first as the lab does it. Raises what the check raises."""
    before = form(name, 1.0)
    target = form(name, 0.5) if step.resizes else before
    settings = resolve_settings(step, Change(step=step.name, parameters=LARGER.get((step.name, name), {})))
    step.check(before, target, settings)
    examples = example_input(before, 24)
    if step.apply is None:
        return (
            to_float16(whole.data)
            if step.file == "float16"
            else to_int8(whole.data, examples.numpy(), way="static", per_channel=True)
        )
    labels_B = torch.arange(24) % before.classes
    given = StepInput(
        network=network, blueprint=before, target=target, images_BCHW=examples, labels_B=labels_B, seed=0, cost=COST
    )
    found = step.apply(given, settings)
    return export_onnx(found.network, found.blueprint)  # which raises where the file answers otherwise


@pytest.mark.parametrize("name", NETWORKS)
def test_a_step_shrinks_the_file_or_tells_before_why_not(name: str, one_thread: None) -> None:
    torch.manual_seed(0)
    before = form(name, 1.0)
    network = build(before).eval()
    whole = export_onnx(network, before)
    examples = example_input(before, 24).numpy()
    wanted = run_onnx(whole.data, examples)
    for step in STEPS:
        if reason := REASONS.get((step.name, name)):
            with pytest.raises(InvalidSetting, match=re.escape(reason)):
                changed(step, name, whole, network)
            continue
        file = changed(step, name, whole, network)
        assert len(file.data) < (1.1 if step.name in KEEPING else 0.95) * len(whole.data), step.name
        if step.file:
            answered = run_onnx(file.data, examples)
            assert np.abs(answered - wanted).max() <= 0.2 * np.abs(wanted).max(), step.name
