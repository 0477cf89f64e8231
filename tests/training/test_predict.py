"""Answers on images as they are, and the arithmetic of a training."""

import numpy as np
import pytest
import torch

from distill_core import machine
from distill_core.machine import resolve_precision
from distill_core.training.precision import autocast, channels_last
from distill_core.training.predict import predict, score
from tests.training import small

pytestmark = pytest.mark.anywhere


def test_answers_are_those_of_the_network_in_eval_mode() -> None:
    dataset, network = small.dataset(part="valid"), small.network()
    wanted = network.eval()(dataset.unaugmented(np.arange(40))).detach().numpy()
    found = predict(network.train(), dataset, batch_size=7)
    assert (found.shape, found.dtype) == ((40, 4), np.float32)
    np.testing.assert_allclose(found, wanted, atol=1e-5)


@pytest.mark.parametrize("training", [True, False])
def test_asking_leaves_the_network_as_it_was(training: bool) -> None:
    network = small.network().train(training)
    predict(network, small.dataset(part="valid"))
    assert network.training == training
    assert all(part.training == training for part in network.modules())
    assert small.same(network, small.network())
    assert all(weight.requires_grad for weight in network.parameters())


def test_a_network_that_fails_is_put_back_too() -> None:
    network = small.network().train()
    network.stem = torch.nn.Linear(3, 3)
    with pytest.raises(RuntimeError):
        predict(network, small.dataset(part="valid"))
    assert network.training


def test_accuracy_is_the_share_of_right_answers() -> None:
    class Always(torch.nn.Module):
        def forward(self, images_BCHW: torch.Tensor) -> torch.Tensor:
            return torch.eye(4)[2].expand(len(images_BCHW), 4)

    assert score(Always(), small.dataset(part="valid")) == ("accuracy", 0.25)


def test_a_precision_that_was_asked_for_is_kept() -> None:
    assert (resolve_precision("float32"), resolve_precision("bfloat16")) == ("float32", "bfloat16")
    assert resolve_precision("auto") in ("float32", "bfloat16")


@pytest.mark.parametrize(
    ("cap", "value"), [("ONEDNN_MAX_CPU_ISA", "AVX2"), ("ATEN_CPU_CAPABILITY", "avx2")], ids=["oneDNN", "torch"]
)
def test_a_cap_on_the_instruction_set_counts(cap: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    machine._cpu_has_bfloat16.cache_clear()
    monkeypatch.setattr(machine.Path, "read_text", lambda path, **how: "flags: avx2 avx512_bf16")
    for name in machine.CAPS:
        monkeypatch.delenv(name, raising=False)
    assert resolve_precision("auto") == "bfloat16"
    machine._cpu_has_bfloat16.cache_clear()
    monkeypatch.setenv(cap, value)
    assert resolve_precision("auto") == "float32"
    machine._cpu_has_bfloat16.cache_clear()


def test_autocast_is_on_for_bfloat16_alone() -> None:
    for precision, kind in (("float32", torch.float32), ("bfloat16", torch.bfloat16)):
        with autocast(precision):
            assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == kind
    assert not torch.is_autocast_enabled("cpu")


def test_kernels_lie_channels_last() -> None:
    first = next(iter(channels_last(small.network()).stage1.parameters()))
    assert first.is_contiguous(memory_format=torch.channels_last)
