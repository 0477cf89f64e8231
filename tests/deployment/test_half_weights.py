"""Weights in 16 bits on the way: half the bytes, the same graph behind them, answers that differ by rounding."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto

from distill_core.deployment.half_weights import with_half_weights
from distill_core.errors import CorruptFile
from tests.architectures import ONE_OF_EACH
from tests.deployment.networks import answers, file_of


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_every_architecture_answers_as_before_but_for_rounding(name):
    full = file_of(name).data
    half = with_half_weights(full)
    onnx.checker.check_model(onnx.load_from_string(half), full_check=True)
    assert len(half) < 0.7 * len(full)
    images = np.random.default_rng(0).standard_normal((5, 1, 28, 28)).astype(np.float32)
    before, after = answers(full, images), answers(half, images)
    assert before.dtype == after.dtype
    assert 0 < np.abs(after - before).max() < 0.02 + 0.005 * np.abs(before).max()


def test_what_16_bits_cannot_hold_and_what_is_small_stays():
    full = onnx.load_from_string(file_of("resnet8").data)
    large = next(tensor for tensor in full.graph.initializer if np.prod(tensor.dims) > 1000)
    values = onnx.numpy_helper.to_array(large).copy()
    values.flat[7] = 70_000.0
    large.CopyFrom(onnx.numpy_helper.from_array(values, large.name))
    half = onnx.load_from_string(with_half_weights(full.SerializeToString())).graph
    kept = {tensor.name: tensor.data_type for tensor in half.initializer}
    assert kept[large.name] == TensorProto.FLOAT
    assert {kept[tensor.name] for tensor in full.graph.initializer if np.prod(tensor.dims) < 64} <= {
        TensorProto.FLOAT,
        TensorProto.INT64,
    }
    assert TensorProto.FLOAT16 in kept.values()


def test_no_file_is_none():
    with pytest.raises(CorruptFile):
        with_half_weights(b"no file")
