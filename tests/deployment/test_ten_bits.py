"""Weights in 10 bits on the way: a third of the bytes, the same graph behind them, answers that differ by rounding."""

import zlib

import numpy as np
import onnx
import pytest
from onnx import TensorProto

from distill_core.deployment.ten_bits import with_ten_bits
from distill_core.errors import CorruptFile
from tests.architectures import ONE_OF_EACH
from tests.deployment.networks import answers, file_of


def weight(values: np.ndarray) -> bytes:
    """The file of a graph that adds this weight to its input."""
    shape = list(values.shape)
    added = onnx.helper.make_node("Add", ["images", "w"], ["logits"])
    told = [onnx.helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in ("images", "logits")]
    graph = onnx.helper.make_graph([added], "g", told[:1], told[1:], [onnx.numpy_helper.from_array(values, "w")])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    return model.SerializeToString()


def kept(data: bytes) -> dict[str, int]:
    return {tensor.name: tensor.data_type for tensor in onnx.load_from_string(data).graph.initializer}


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_every_architecture_answers_as_before_but_for_rounding(name):
    full = file_of(name).data
    short = with_ten_bits(full)
    onnx.checker.check_model(onnx.load_from_string(short), full_check=True)
    assert len(zlib.compress(short)) < 0.6 * len(zlib.compress(full))
    images = np.random.default_rng(0).standard_normal((5, 1, 28, 28)).astype(np.float32)
    before, after = answers(full, images), answers(short, images)
    assert before.dtype == after.dtype
    assert 0 < np.abs(after - before).max() < 0.02 + 0.005 * np.abs(before).max()


@pytest.mark.parametrize("shape", [(9, 40), (16, 4, 3, 3), (1, 8, 40), (2, 3, 4, 64)])
def test_weights_are_off_by_a_step_at_most_and_the_sum_of_a_row_by_half_of_one(shape):
    values = np.random.default_rng(1).standard_normal(shape).astype(np.float32)
    values[0] = 0.0
    values[-1].flat[5] = -7.0
    back = answers(with_ten_bits(weight(values)), np.zeros(shape, np.float32))
    rows = {(1, 8, 40): 8, (2, 3, 4, 64): 24}.get(shape, shape[0])
    off, largest = (back - values).reshape(rows, -1), np.abs(values.reshape(rows, -1)).max(axis=1)
    assert (np.abs(off).max(axis=1) <= 1.001 * largest / 511).all()
    assert (np.abs(off.sum(axis=1)) <= 0.501 * largest / 511 + 1e-5).all()
    assert set(kept(with_ten_bits(weight(values))).values()) >= {TensorProto.INT8, TensorProto.UINT8}


def test_short_rows_are_numbers_of_16_bits():
    values = np.random.default_rng(2).standard_normal((32, 1, 3, 3)).astype(np.float32)
    short = with_ten_bits(weight(values))
    assert kept(short)["w.half"] == TensorProto.FLOAT16
    np.testing.assert_array_equal(answers(short, np.zeros_like(values)), values.astype(np.float16))


@pytest.mark.parametrize("odd", [70_000.0, np.inf, np.nan])
def test_what_no_16_bits_hold_and_what_is_small_stays(odd):
    large = np.ones((8, 40), np.float32)
    large[3, 7] = odd
    for values in (large, np.ones(63, np.float32)):
        assert with_ten_bits(weight(values)) == weight(values)


def test_no_file_is_none():
    with pytest.raises(CorruptFile):
        with_ten_bits(b"no file")
