"""The file of a network before it is trained has the bytes and the graph that it will have."""

import pytest

from distill_core.deployment.float16 import to_float16
from distill_core.deployment.int8 import to_int8
from distill_core.deployment.onnx_export import export_onnx
from distill_core.deployment.untrained import FORMATS, untrained_file
from distill_core.lazy_torch import torch
from distill_core.networks import Blueprint, build
from distill_core.networks.example import example_array

FORM = Blueprint.for_images(architecture="plain_cnn", classes=10, size_px=8, width=0.5)


@pytest.mark.parametrize("number_format", FORMATS)
def test_bytes_and_graph_are_those_of_a_trained_network(number_format: str) -> None:
    torch.manual_seed(0)
    network = build(FORM)
    for _ in range(3):  # so that no norm is as it began
        network.train()(torch.randn(16, 1, 8, 8))
    with torch.no_grad():
        for weight in network.parameters():
            weight.add_(0.01 * torch.randn_like(weight))
    trained = export_onnx(network, FORM)
    if number_format == "float16":
        trained = to_float16(trained.data)
    if number_format == "int8":
        trained = to_int8(trained.data, example_array(FORM.input, 256), way="static", per_channel=True)
    found = untrained_file(FORM, number_format)
    assert (len(found.data), found.graph) == (len(trained.data), trained.graph)


def test_nothing_is_drawn_from_torchs_generator() -> None:
    before = torch.random.get_rng_state()
    untrained_file(FORM, "float32")
    assert torch.equal(torch.random.get_rng_state(), before)
