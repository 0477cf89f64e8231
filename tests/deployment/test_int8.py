"""Int8 files: integers that are really computed with, for every architecture; what cannot be is refused."""

import logging
import tempfile

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto
from torch import nn

from distill_core.deployment import int8
from distill_core.deployment.graph_digest import graph_hash
from distill_core.deployment.int8 import to_int8
from distill_core.deployment.onnx_export import export_onnx
from distill_core.errors import CorruptFile, ExportMismatch, InvalidSetting
from distill_core.networks import Blueprint, build
from distill_core.tasks import TASKS
from tests.architectures import ONE_OF_EACH
from tests.deployment.networks import SMALL, answers, executed, exported, file_of, pixels

WEIGHTS = {"static": TensorProto.INT8, "dynamic": TensorProto.UINT8}


def small(*, per_channel: bool = True, way: str = "static"):
    return to_int8(exported(), pixels(8, size_px=8), way=way, per_channel=per_channel)


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_every_architecture_becomes_a_smaller_file_for_the_same_images(name, capfd):
    full = file_of(name)
    images = pixels(16)
    wanted = answers(full.data, images)
    for way, weights_type in WEIGHTS.items():
        made = to_int8(full.data, images, way=way, per_channel=True)
        model = onnx.load_from_string(made.data)
        onnx.checker.check_model(model, full_check=True)
        assert [value.type.tensor_type.elem_type for value in (*model.graph.input, *model.graph.output)] == [1, 1]
        assert weights_type in {tensor.data_type for tensor in model.graph.initializer if np.prod(tensor.dims) > 100}
        assert len(made.data) < 0.6 * len(full.data)
        assert made.graph == graph_hash(made.data) != full.graph
        capfd.readouterr()
        came = answers(made.data, images)
        assert capfd.readouterr().err == "", "what another program's onnxruntime would say of it"
        assert (came.shape, came.dtype) == ((16, 10), np.float32)
        assert answers(made.data, images[:1]).shape == (1, 10)
        assert 0 < np.abs(came - wanted).max() == pytest.approx(made.largest_difference, rel=1e-4)
        # the same direction: half of a logit's spread is a lot, another network would have all of it
        assert np.abs(came - wanted).mean() < 0.5 * wanted.std()


@pytest.mark.parametrize("name", ["resnet20", "inception_small", "plain_cnn"])
@pytest.mark.parametrize("per_channel", [True, False])
def test_a_static_file_counts_in_integers_from_the_first_layer_to_the_last(name, per_channel, tmp_path):
    data = file_of(name).data
    ran = executed(to_int8(data, pixels(16), way="static", per_channel=per_channel).data, tmp_path)
    convolutions = [node.op_type for node in onnx.load_from_string(data).graph.node].count("Conv")
    assert ran.count("QLinearConv") == convolutions
    assert ran.count("QGemm") == 1
    assert ran.count("QuantizeLinear") == 1  # the images
    assert "DequantizeLinear" not in ran  # the logits are summed up in float32 as they are
    assert not {"Conv", "Gemm", "Add", "Relu"} & set(ran)


def test_a_dynamic_file_works_out_a_scale_for_each_layer_in_each_run(tmp_path):
    data = file_of("plain_cnn").data
    model = onnx.load_from_string(to_int8(data, pixels(4), way="dynamic", per_channel=False).data)
    made = [node.op_type for node in model.graph.node]
    convolutions = [node.op_type for node in onnx.load_from_string(data).graph.node].count("Conv")
    assert made.count("ConvInteger") == convolutions
    assert made.count("DynamicQuantizeLinear") == convolutions + 1  # and one for the last layer
    assert "Relu" in made  # what lies between stays in float32


def test_in_a_dynamic_file_an_answer_depends_on_the_images_beside_it():
    """The docstring says so; a static file has no such trait."""
    images = pixels(2, size_px=8)
    images[1] *= 30
    for way, alike in (("dynamic", False), ("static", True)):
        data = small(way=way).data
        assert np.array_equal(answers(data, images)[:1], answers(data, images[:1])) is alike


def weights(data: bytes) -> onnx.TensorProto:
    model = onnx.load_from_string(data)
    (found,) = (one for one in model.graph.initializer if list(one.dims) in ([3, 64], [64, 3]))
    return found


def test_the_weights_of_a_static_file_have_7_bits_and_0_in_the_middle():
    values = onnx.numpy_helper.to_array(weights(small().data))
    assert values.dtype == np.int8
    assert np.abs(values).max() == 64
    assert np.abs(values.astype(int)).max(axis=int(values.shape[0] == 3)).tolist() == [64, 64, 64]


@pytest.mark.parametrize(("per_channel", "scales"), [(True, 3), (False, 1)])
def test_a_scale_for_each_output_or_one_for_all(per_channel, scales):
    model = onnx.load_from_string(small(per_channel=per_channel).data)
    name = weights(model.SerializeToString()).name
    (unpacked,) = (node for node in model.graph.node if name in node.input)
    (scale,) = (one for one in model.graph.initializer if one.name == unpacked.input[1])
    assert onnx.numpy_helper.to_array(scale).size == scales


def test_one_large_output_spoils_the_others_only_where_they_share_a_scale():
    torch.manual_seed(0)
    layer = nn.Linear(64, 3)
    with torch.no_grad():
        layer.weight[0] *= 100
    data = export_onnx(nn.Sequential(nn.Flatten(), layer), SMALL).data
    images, errors = pixels(32, size_px=8), {}
    for per_channel in (True, False):
        made = to_int8(data, images, way="static", per_channel=per_channel).data
        errors[per_channel] = np.abs(answers(made, images) - answers(data, images))[:, 1:].max()
    assert errors[True] < 0.05 < 0.3 < errors[False]


def test_the_silence_is_each_caller_s_own_and_holds_back_advice_alone(caplog):
    def say(level: int, path: str) -> None:
        logging.getLogger().handle(logging.LogRecord("root", level, path, 1, "said", (), None))

    filters = list(logging.getLogger().filters)
    with int8._silence():
        with int8._silence():
            pass
        say(logging.WARNING, "site-packages/onnxruntime/quantization/quantize.py")
        assert caplog.records == []
        say(logging.ERROR, "site-packages/onnxruntime/quantization/quantize.py")
        say(logging.WARNING, "distill_core/lab.py")
        assert len(caplog.records) == 2
    assert logging.getLogger().filters == filters


@pytest.mark.parametrize("way", ["static", "dynamic"])
@pytest.mark.parametrize("name", ["resnet8", "vit_small"])
def test_the_same_file_gives_the_same_bytes_in_silence_and_leaves_nothing(
    name, way, tmp_path, monkeypatch, caplog, capfd
):
    handlers, data = list(logging.getLogger().handlers), file_of(name).data
    before = bytes(data)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    capfd.readouterr()
    first, second = (to_int8(data, pixels(8), way=way, per_channel=True).data for _ in range(2))
    assert first == second
    assert data == before
    assert list(tmp_path.iterdir()) == []
    assert (caplog.records, capfd.readouterr()) == ([], ("", ""))
    assert logging.getLogger().handlers == handlers


@pytest.mark.parametrize("way", ["static", "dynamic"])
def test_two_seeds_of_one_architecture_share_a_graph(way):
    made = [to_int8(file_of("resnet8", seed).data, pixels(8), way=way, per_channel=True) for seed in (0, 1)]
    assert made[0].data != made[1].data
    assert made[0].graph == made[1].graph


def test_images_outside_the_calibration_are_cut_off_in_a_static_file():
    data, images = exported(), pixels(8, size_px=8)
    made = to_int8(data, images, way="static", per_channel=True).data
    largest = images.max()
    assert np.allclose(answers(made, np.full((1, 1, 8, 8), 10 * largest, np.float32)),
                       answers(made, np.full((1, 1, 8, 8), largest, np.float32)), atol=1e-5)  # fmt: skip


class Doubled(nn.Module):
    def forward(self, images_BCHW: torch.Tensor) -> torch.Tensor:
        return images_BCHW.flatten(1)[:, :3] * 2 + 1


def test_a_graph_without_layers_is_refused():
    data = export_onnx(Doubled(), SMALL).data
    with pytest.raises(ExportMismatch, match="expected a layer that can compute in integers, got none; keep float"):
        to_int8(data, pixels(4, size_px=8), way="dynamic", per_channel=True)


def test_a_network_that_is_broken_is_refused():
    data = export_onnx(nn.Sequential(nn.Flatten(), nn.Linear(64, 3)), SMALL).data
    model = onnx.load_from_string(data)
    for tensor in model.graph.initializer:
        tensor.CopyFrom(onnx.numpy_helper.from_array(np.full(tuple(tensor.dims), np.nan, np.float32), tensor.name))
    with pytest.raises(ExportMismatch, match="expected finite logits of the float32 file"):
        to_int8(model.SerializeToString(), pixels(4, size_px=8), way="static", per_channel=True)


@pytest.mark.parametrize("way", ["static", "dynamic"])
def test_what_is_in_integers_already_is_refused(way):
    with pytest.raises(ExportMismatch, match="int8: expected a file in float32, got a file in integers; keep"):
        to_int8(small(way=way).data, pixels(4, size_px=8), way=way, per_channel=True)


@pytest.mark.parametrize(
    ("images", "came"),
    [
        (pixels(0), r"float32 \(0, 1, 28, 28\)"),
        (pixels(2, size_px=8), r"float32 \(2, 1, 8, 8\)"),
        (pixels(2).astype(np.float64), r"float64 \(2, 1, 28, 28\)"),
    ],
)
def test_images_that_the_file_does_not_take_are_refused(images, came):
    data = file_of("resnet8").data
    with pytest.raises(
        InvalidSetting, match=rf"calibration examples: expected float32 \(1 or more, 1, 28, 28\), got {came}"
    ):
        to_int8(data, images, way="static", per_channel=True)


def test_what_is_no_onnx_file_is_refused():
    with pytest.raises(CorruptFile, match="expected a graph"):
        to_int8(b"no graph", pixels(2), way="static", per_channel=True)


def test_products_with_their_weights_first_have_one_scale_which_runs():
    task = TASKS.get("medicine")
    blueprint = Blueprint(architecture="complex", classes=len(task.classes), input=task.input)
    data = export_onnx(build(blueprint).eval(), blueprint).data
    questions = np.random.default_rng(0).integers(0, 130, (16, 2))
    each, one = (to_int8(data, questions, way="static", per_channel=either).data for either in (True, False))
    assert each == one
