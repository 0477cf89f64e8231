import copy

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import nn

from distill_core.deployment.graph_digest import graph_hash
from distill_core.deployment.onnx_export import export_onnx
from distill_core.errors import ExportMismatch
from distill_core.networks.blueprint import Blueprint

pytestmark = pytest.mark.anywhere

BLUEPRINT = Blueprint.for_images(architecture="small", classes=5, channels=3, size_px=8)


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.Dropout(), nn.Flatten(),
        nn.Linear(256, 5),
    )  # fmt: skip


def answers(data: bytes, images: torch.Tensor) -> np.ndarray:
    return onnxruntime.InferenceSession(data).run(["logits"], {"images": images.numpy()})[0]


def test_the_file_answers_as_the_network_does_at_any_batch_size():
    exported, reference = export_onnx(network(), BLUEPRINT), network().eval()
    assert exported.largest_difference <= 1e-5
    for batch_size in (1, 3, 50):
        images = torch.randn(batch_size, 3, 8, 8, generator=torch.Generator().manual_seed(batch_size))
        np.testing.assert_allclose(answers(exported.data, images), reference(images).detach(), atol=1e-5)


def test_it_is_one_valid_file_with_the_promised_names():
    exported = export_onnx(network(), BLUEPRINT)
    model = onnx.load_from_string(exported.data)
    onnx.checker.check_model(model, full_check=True)
    assert [value.name for value in (*model.graph.input, *model.graph.output)] == ["images", "logits"]
    sizes = model.graph.input[0].type.tensor_type.shape.dim
    assert [size.dim_param or size.dim_value for size in sizes] == ["batch", 3, 8, 8]
    assert not any(tensor.external_data for tensor in model.graph.initializer)
    assert exported.graph == graph_hash(exported.data)


def test_the_same_weights_give_the_same_bytes():
    assert export_onnx(network(), BLUEPRINT).data == export_onnx(network(), BLUEPRINT).data


def test_the_callers_network_stays_as_it_is():
    caller = network().to(torch.float64).to(memory_format=torch.channels_last).train()
    caller[1].eval()
    caller[0].weight.requires_grad_(False)
    caller[5].weight.grad = torch.ones_like(caller[5].weight)
    before = copy.deepcopy(caller.state_dict())
    gradient = caller[5].weight.grad
    export_onnx(caller, BLUEPRINT)
    assert [module.training for module in caller] == [True, False, True, True, True, True]
    assert [parameter.requires_grad for parameter in caller.parameters()] == [False, True, True, True, True]
    assert caller[5].weight.grad is gradient
    assert caller[0].weight.is_contiguous(memory_format=torch.channels_last)
    assert all(torch.equal(values, caller.state_dict()[name]) for name, values in before.items())
    assert {values.dtype for values in caller.parameters()} == {torch.float64}


def test_torchs_random_numbers_go_on_as_if_nothing_had_been():
    caller = network().train()
    before = torch.random.get_rng_state()
    export_onnx(caller, BLUEPRINT)
    assert torch.equal(before, torch.random.get_rng_state())


def test_the_callers_modes_neither_matter_nor_change():
    plain = export_onnx(network(), BLUEPRINT).data
    caller = network()
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        assert export_onnx(caller, BLUEPRINT).data == plain
        assert torch.is_inference_mode_enabled()
        assert torch.is_autocast_enabled("cpu")
    with torch.no_grad():
        assert export_onnx(caller, BLUEPRINT).data == plain
        assert not torch.is_grad_enabled()


def test_a_network_in_bfloat16_gives_a_file_in_float32():
    model = onnx.load_from_string(export_onnx(network().to(torch.bfloat16), BLUEPRINT).data)
    assert {tensor.data_type for tensor in model.graph.initializer if len(tensor.dims) > 1} == {onnx.TensorProto.FLOAT}


class Attention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(d_model=8, nhead=2, dim_feedforward=8, batch_first=True)

    def forward(self, images_BCHW: torch.Tensor) -> torch.Tensor:
        mixed: torch.Tensor = self.layer(images_BCHW.flatten(1, 2)).mean(1)
        return mixed[:, :5]


def test_attention_is_exported_too():
    # in eval mode without gradients torch would take an operator that ONNX does not have
    assert export_onnx(Attention(), BLUEPRINT).largest_difference <= 1e-5


class Fickle(nn.Module):
    """Answers otherwise at larger batches: a traced file cannot know."""

    def forward(self, images_BCHW: torch.Tensor) -> torch.Tensor:
        logits = images_BCHW.flatten(1)[:, :5]
        return logits + 0.01 if images_BCHW.shape[0] > 7 else logits


def test_a_file_that_answers_otherwise_is_refused():
    with pytest.raises(ExportMismatch, match=r"got a difference of 0\.01"):
        export_onnx(Fickle(), BLUEPRINT)


class Loud(nn.Module):
    """Large logits, which another order of adding changes by more than a thousandth: both answers are the same one."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, images_BCHW: torch.Tensor) -> torch.Tensor:
        logits = 10_000 * images_BCHW.flatten(1)[:, :5]
        return logits * (1 + self.share) if images_BCHW.shape[0] > 7 else logits


def test_a_difference_is_held_against_the_largest_logit():
    assert export_onnx(Loud(1e-5), BLUEPRINT).largest_difference > 0.01
    with pytest.raises(ExportMismatch, match=r"expected torch's within .* the trained weights are kept"):
        export_onnx(Loud(1e-2), BLUEPRINT)


def test_a_network_that_has_diverged_is_refused():
    diverged = network()
    diverged[5].bias.data.fill_(float("nan"))
    with pytest.raises(ExportMismatch, match="got a difference of"):
        export_onnx(diverged, BLUEPRINT)
