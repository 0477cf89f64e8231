"""Files with preparation inside answer what the lab answers behind its own preparation."""

import json

import numpy as np
import onnx
import pytest

from distill_core.deployment.graph_builder import GraphBuilder
from distill_core.deployment.kit.files import softmax
from distill_core.deployment.kit.raw import padded, raw_input
from distill_core.deployment.runtime import run_onnx, session
from distill_core.deployment.sound_features import features
from distill_core.tasks import TASKS
from distill_core.tasks.text.tokens import tokens
from tests.kits import kit, source, whole_file

LONG = ["", "a", "x" * 64, "x" * 64 + "é", "x" * 63 + "é", "é" * 33, "學生" * 40, "a b" * 100, "😀" * 17, "x😀" * 20]


def ready(kind: str):
    return session(kit(kind).files["ready_float32.onnx"], threads=1)


def test_an_image_is_asked_about_by_its_8_bit_pixels() -> None:
    known = source("image")
    pixels = known.test.images_NHWC[:5]
    (given,) = ready("image").run(["probabilities"], {"images": pixels})
    assert given.shape == (5, 10)
    np.testing.assert_allclose(given, softmax(known.logits_N[:5]), atol=1e-5)


def test_colours_are_prepared_each_by_its_own_mean_and_deviation() -> None:
    from dataclasses import replace

    from distill_core.tasks import normalised
    from distill_core.tasks.base import ImageSpec, InputSpec

    spec = ImageSpec(mean=(0.1, 0.5, 0.9), std=(0.2, 0.3, 0.4))
    task = replace(TASKS.get("digits"), input=InputSpec(shape=(3, 16, 16)), image_spec=spec)
    raw, graph = raw_input(task), GraphBuilder("prepare/")
    graph.add("Identity", raw.prepare(graph), outputs=["prepared"])
    value = onnx.helper.make_tensor_value_info
    data = graph.file(
        "colours",
        [value("images", onnx.TensorProto.UINT8, ["batch", 16, 16, 3])],
        [value("prepared", onnx.TensorProto.FLOAT, ["batch", 3, 16, 16])],
    )
    images = np.random.default_rng(0).integers(0, 256, (4, 16, 16, 3), np.uint8)
    (given,) = session(data, threads=1).run(None, {"images": images})
    np.testing.assert_allclose(given, normalised(task, images), atol=1e-5)
    assert "RGB" in raw.told


def test_each_pixel_of_a_scene_gets_a_class() -> None:
    known = source("scene")
    given, classes = ready("scene").run(["probabilities", "classes"], {"images": known.test.images_NHWC[:2]})
    assert (given.shape, classes.shape, classes.dtype) == ((2, 6, 48, 48), (2, 48, 48), np.int64)
    assert (classes == known.logits_N[:2].argmax(1)).all()
    np.testing.assert_allclose(given.sum(1), 1, atol=1e-5)


@pytest.mark.parametrize("task", ["spoken_digits", "speakers"])
def test_a_recording_is_asked_about_by_its_samples(task: str) -> None:
    known, raw = TASKS.get(task), raw_input(TASKS.get(task))
    from distill_core.deployment.kit.raw import ready_file

    data = whole_file("spoken_digits_cnn" if task == "spoken_digits" else "speakers_cnn")
    samples = np.random.default_rng(0).standard_normal(3_000).astype(np.float32) / 10
    (given,) = session(ready_file(data, known, raw), threads=1).run(["probabilities"], {"samples": samples})
    np.testing.assert_allclose(given, softmax(run_onnx(data, features(samples)[known.features])), atol=1e-5)


def test_bytes_of_texts_become_the_tokens_that_networks_learnt_from() -> None:
    raw, graph = raw_input(TASKS.get("languages")), GraphBuilder("prepare/")
    graph.add("Identity", raw.prepare(graph), outputs=["tokens"])
    value = onnx.helper.make_tensor_value_info
    data = graph.file(
        "tokens",
        [value("text", onnx.TensorProto.UINT8, ["batch", "bytes"])],
        [value("tokens", onnx.TensorProto.INT64, ["batch", 64])],
    )
    (given,) = session(data, threads=1).run(None, {"text": padded(LONG)})
    assert (given == tokens(LONG)).all()
    (short,) = session(data, threads=1).run(None, {"text": padded(["ab"])})
    assert short[0, :3].tolist() == [98, 99, 0]


def test_texts_of_any_length_stand_in_one_batch() -> None:
    texts = ["Ein kurzer Satz", "學生" * 40]
    together = ready("text").run(["probabilities"], {"text": padded(texts)})[0]
    alone = [ready("text").run(["probabilities"], {"text": padded([text])})[0][0] for text in texts]
    np.testing.assert_allclose(together, alone, atol=1e-6)


@pytest.mark.parametrize("kind", ["image", "scene", "sound", "text"])
def test_the_metadata_tell_what_an_application_needs(kind: str) -> None:
    known = source(kind)
    for name in ("network", "ready"):
        model = onnx.load_model_from_string(kit(kind).files[f"{name}_float16.onnx"])
        onnx.checker.check_model(model, full_check=True)
        told = {one.key: one.value for one in model.metadata_props}
        assert json.loads(told["classes"]) == list(known.task.classes)
        assert (told["run_id"], told["precision"], told["kind"]) == (known.run.id, "float16", kind)
        assert told["licence"] == known.task.licence
        assert told["command"] == "python -m distill_core run specification.json"
        assert told["input_layout"]
        if kind == "image":
            assert (told["colour_order"], told["size"]) == ("grey", "28x28")
            assert json.loads(told["mean"]) == list(known.task.images.mean)
            assert json.loads(told["std"]) == list(known.task.images.std)


def test_a_kind_without_a_form_of_its_own_has_the_network_alone_and_says_so() -> None:
    files = kit("network").files
    assert not [name for name in files if name.startswith(("ready", "cpp/"))]
    assert "so there is no file with preparation inside" in files["MODEL_CARD.md"].decode()
