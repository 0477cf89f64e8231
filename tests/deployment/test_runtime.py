import threading

import numpy as np
import pytest
import torch

from distill_core.deployment.onnx_export import export_onnx
from distill_core.deployment.runtime import onnx_predictor, run_onnx
from distill_core.errors import CorruptFile
from distill_core.networks import Blueprint, build

pytestmark = pytest.mark.anywhere

PLAIN = Blueprint.for_images(architecture="plain_cnn", classes=4, size_px=8, width=0.5)


@pytest.fixture(scope="module")
def data() -> bytes:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return export_onnx(build(PLAIN).eval(), PLAIN).data


def images(count: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal((count, 1, 8, 8)).astype(np.float32)


@pytest.mark.parametrize("count", [1, 50, 51, 120])
def test_batches_change_nothing(data: bytes, count: int) -> None:
    answered = onnx_predictor(data)(images(count))
    assert answered.shape == (count, 4)
    assert answered == pytest.approx(run_onnx(data, images(count)), abs=1e-5)


def test_two_threads_may_ask_at_once(data: bytes) -> None:
    ask, found = onnx_predictor(data, batch_size=5), dict[int, np.ndarray]()

    def work(place: int) -> None:
        found[place] = ask(images(100))

    threads = [threading.Thread(target=work, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert all((found[place] == found[0]).all() for place in range(4))


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(CorruptFile, match="an ONNX file: expected a graph that onnxruntime runs"):
        onnx_predictor(b"no network")
