import onnx
import pytest
import torch
from onnx import TensorProto, helper
from torch import nn

from distill_core.deployment.graph_digest import graph_hash
from distill_core.deployment.onnx_export import export_onnx
from distill_core.errors import CorruptFile
from distill_core.networks.blueprint import Blueprint

pytestmark = pytest.mark.anywhere

BLUEPRINT = Blueprint.for_images(architecture="small", classes=3, channels=1, size_px=8)


def network(seed: int = 0, width: int = 4, limit: float = 6.0, stride: int = 1) -> nn.Module:
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(1, width, 3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(width),
        nn.Hardtanh(0.0, limit),
        nn.BatchNorm2d(width),  # follows no convolution, so the exporter keeps it
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(width, 3),
    )


def graph(**changed) -> str:
    return export_onnx(network(**changed), BLUEPRINT).graph


def test_weights_do_not_count():
    assert graph(seed=0) == graph(seed=1)


def test_equal_weights_that_the_exporter_merges_do_not_count():
    # in a fresh network scale and variance are both one, mean and shift both zero: the file holds each once
    trained = network()
    for module in trained:
        if isinstance(module, nn.BatchNorm2d):
            for place, values in enumerate((module.weight.data, module.bias.data)):
                values.copy_(torch.arange(4) + place + 2.0)
            module.running_mean.copy_(torch.arange(4) + 7.0)
            module.running_var.copy_(torch.arange(4) + 9.0)
    exported = export_onnx(trained, BLUEPRINT)
    assert len(onnx.load_from_string(exported.data).graph.initializer) > len(
        onnx.load_from_string(export_onnx(network(), BLUEPRINT).data).graph.initializer
    )
    assert exported.graph == graph()


@pytest.mark.parametrize("changed", [{"width": 5}, {"limit": 5.0}, {"stride": 2}])
def test_widths_limits_and_strides_count(changed):
    assert graph(**changed) != graph()


def test_input_sizes_count():
    larger = Blueprint.for_images(architecture="small", classes=3, channels=1, size_px=16)
    assert export_onnx(network(), larger).graph != graph()


def test_names_do_not_count():
    model = onnx.load_from_string(export_onnx(network(), BLUEPRINT).data)
    for node in model.graph.node:
        node.name = f"another {node.name}"
        node.input[:] = [name and f"another {name}" for name in node.input]
        node.output[:] = [f"another {name}" for name in node.output]
    for value in (*model.graph.input, *model.graph.output, *model.graph.initializer):
        value.name = f"another {value.name}"
    assert graph_hash(model.SerializeToString()) == graph()


def made(*nodes: onnx.NodeProto, weights: tuple[str, ...] = ("w", "v")) -> str:
    tensors = [helper.make_tensor(name, TensorProto.FLOAT, [2, 2], [1, 2, 3, 4]) for name in weights]
    pair = {name: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["b", 2]) for name in ("x", "y")}
    built = helper.make_graph(nodes, "made", [pair["x"]], [pair["y"]], tensors)
    return graph_hash(helper.make_model(built).SerializeToString())


LEFT = helper.make_node("MatMul", ["x", "w"], ["left"])
RIGHT = helper.make_node("MatMul", ["x", "v"], ["right"])
BOTH = helper.make_node("Add", ["left", "right"], ["y"])


def test_the_order_of_independent_nodes_does_not_count():
    assert made(LEFT, RIGHT, BOTH) == made(RIGHT, LEFT, BOTH)


def test_one_node_used_twice_is_not_two_nodes():
    assert made(LEFT, helper.make_node("Add", ["left", "left"], ["y"])) != made(LEFT, RIGHT, BOTH)


def test_a_node_that_passes_on_does_not_count():
    passed = helper.make_node("Identity", ["w"], ["v"])
    assert made(passed, LEFT, RIGHT, BOTH, weights=("w",)) == made(LEFT, RIGHT, BOTH)


def test_the_order_of_inputs_counts():
    forth = made(LEFT, helper.make_node("Sub", ["left", "x"], ["y"]))
    back = made(LEFT, helper.make_node("Sub", ["x", "left"], ["y"]))
    assert forth != back


@pytest.mark.parametrize("data", [b"", b"no graph"])
def test_what_is_no_onnx_file_is_refused(data):
    with pytest.raises(CorruptFile, match="expected a graph"):
        graph_hash(data)
