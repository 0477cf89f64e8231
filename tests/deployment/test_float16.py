"""Float16 files: the same answers up to rounding, for every architecture; what cannot be held is refused."""

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto
from torch import nn

from distill_core.deployment.float16 import to_float16
from distill_core.deployment.graph_digest import graph_hash
from distill_core.deployment.parity import within_tolerance
from distill_core.errors import CorruptFile, ExportMismatch
from tests.architectures import ONE_OF_EACH
from tests.deployment.networks import answers, exported, file_of


@pytest.mark.parametrize("name", [*ONE_OF_EACH, "resnet110"])
def test_every_architecture_answers_in_half_the_bytes_as_before(name):
    full = file_of(name)
    half = to_float16(full.data)
    model = onnx.load_from_string(half.data)
    onnx.checker.check_model(model, full_check=True)
    assert [value.type.tensor_type.elem_type for value in (*model.graph.input, *model.graph.output)] == [1, 1]
    assert TensorProto.FLOAT not in {tensor.data_type for tensor in model.graph.initializer}
    assert len(half.data) < 0.7 * len(full.data)
    assert half.graph == graph_hash(half.data) != full.graph
    for batch_size in (1, 5, 16):
        images = np.random.default_rng(batch_size).standard_normal((batch_size, 1, 28, 28)).astype(np.float32)
        agrees, difference = within_tolerance(answers(half.data, images), answers(full.data, images), "float16")
        assert agrees
        assert 0 < difference <= 0.1


def test_the_same_file_gives_the_same_bytes_and_stays_as_it_is():
    data = exported()
    assert to_float16(data).data == to_float16(data).data
    assert data == exported()


def test_the_difference_is_told():
    assert 0 < to_float16(exported()).largest_difference < 0.01


class Times(nn.Module):
    def __init__(self, *factors: float) -> None:
        super().__init__()
        self.factors = nn.ParameterList([nn.Parameter(torch.full((3,), factor)) for factor in factors])

    def forward(self, logits_BC: torch.Tensor) -> torch.Tensor:
        for factor in self.factors:
            logits_BC = logits_BC * factor
        return logits_BC


def test_a_weight_that_float16_cannot_hold_is_named():
    with pytest.raises(ExportMismatch, match=r"float16: expected numbers up to 65,504, got 70000 in .*; keep float32"):
        to_float16(exported(Times(70_000.0, 1e-6)))


def test_sums_that_float16_cannot_hold_are_refused():
    """Though on a CPU onnxruntime would add them in float32, and answer as before."""
    with pytest.raises(ExportMismatch, match=r"float16: expected numbers up to 65,504, got \d[.\de+]+ in /2/Mul"):
        to_float16(exported(Times(60_000.0, 60_000.0, 1e-9)))


def test_answers_that_rounding_changes_are_refused():
    # 300 and 300.1 are one number in float16, so that nothing is left of their difference
    class Fine(Times):
        def forward(self, logits_BC: torch.Tensor) -> torch.Tensor:
            left, right, scale = self.factors
            return (logits_BC * left - logits_BC * right) * scale

    with pytest.raises(ExportMismatch, match="expected those of float32, up to rounding, got a difference of"):
        to_float16(exported(Fine(300.1, 300.0, 10.0)))


def test_what_is_no_onnx_file_is_refused():
    with pytest.raises(CorruptFile, match="expected a graph"):
        to_float16(b"no graph")
