"""The answers that every backend is held against: those of the very file, to images as the network takes them."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch

from distill_core.browser_measurement import MOST_LOGITS, REFERENCE_IMAGES
from distill_core.deployment.model_file import Model, model
from distill_core.deployment.runtime import run_onnx
from distill_core.reports.reference import Reference, _examples, _kept, compared, reference
from distill_core.store import Store
from distill_core.tasks import TASKS, TaskCatalog, load_task, normalised, null_sink
from distill_core.tasks.images import InMemoryImages
from tests.official import write

pytestmark = pytest.mark.anywhere


@pytest.fixture
def store(trained: Path) -> Iterator[Store]:
    opened = Store.open(trained)
    yield opened
    opened.close()


catalog = cache(TaskCatalog)


def found(store: Store, home: Path, precision: str) -> tuple[Model, Reference]:
    opened = model(store, store.runs()[-1].run.id, precision)
    return opened, reference(store, catalog(home), opened)


@pytest.mark.parametrize("name", [task.name for task in TASKS if task.image_spec])
def test_images_are_to_the_last_bits_what_training_sees(name: str, tmp_path: Path) -> None:
    task = TASKS.get(name)
    if name == "fashion_mnist":
        noise = np.random.default_rng(1).integers(0, 256, 784 * REFERENCE_IMAGES, np.uint8)
        write(tmp_path, pixels=noise.tobytes())
    test = task.load(tmp_path, null_sink).test
    wanted = InMemoryImages(task, test).unaugmented(np.arange(REFERENCE_IMAGES)).contiguous()
    assert np.ptp(test.images_NHWC[:REFERENCE_IMAGES]) > 200
    came = torch.from_numpy(normalised(task, test.images_NHWC[:REFERENCE_IMAGES]))
    assert came.dtype == torch.float32
    assert came.is_contiguous()
    torch.testing.assert_close(came, wanted, rtol=0, atol=1e-6)


@pytest.mark.parametrize("precision", ["float32", "float16"])
def test_the_answers_are_those_of_the_file(store: Store, trained: Path, precision: str) -> None:
    opened, one = found(store, trained, precision)
    assert one.sha256 == opened.sha256
    assert (one.examples.shape, one.logits_BC.shape) == ((REFERENCE_IMAGES, 1, 8, 8), (REFERENCE_IMAGES, 10))
    assert one.examples.dtype == one.logits_BC.dtype == np.float32
    assert np.array_equal(one.logits_BC, run_onnx(opened.path.read_bytes(), one.examples))
    test = load_task(TASKS.get("digits"), trained, null_sink).test
    assert np.array_equal(one.labels_B, test.labels_N[:REFERENCE_IMAGES])


def test_they_are_those_of_the_bytes_that_were_checked(store: Store, trained: Path, tmp_path: Path) -> None:
    opened = model(store, store.runs()[0].run.id)
    _kept.cache_clear()
    one = reference(store, TaskCatalog(trained), replace(opened, path=tmp_path / "replaced meanwhile"))
    assert np.array_equal(one.logits_BC, run_onnx(opened.path.read_bytes(), one.examples))


def test_each_precision_has_its_own_answers(store: Store, trained: Path) -> None:
    (_, full), (_, half) = (found(store, trained, precision) for precision in ("float32", "float16"))
    assert np.array_equal(full.examples, half.examples)
    difference = np.abs(full.logits_BC - half.logits_BC).max()
    assert 0 < difference < 0.05


def test_it_is_computed_once_and_read_only(store: Store, trained: Path) -> None:
    (_, first), (_, second) = (found(store, trained, "float32") for _ in range(2))
    assert first is second
    with pytest.raises(ValueError, match="read-only"):
        first.logits_BC[0, 0] = 1.0


@pytest.mark.parametrize(("task", "kind"), [("spoken_digits", np.float32), ("languages", np.int64)])
def test_examples_of_other_kinds_are_what_networks_take(task: str, kind: type, tmp_path: Path) -> None:
    entry = TASKS.get(task)
    test = load_task(entry, tmp_path, null_sink).test
    found = _examples(entry, test)
    assert (found.shape, found.dtype) == ((REFERENCE_IMAGES, *entry.input.shape), kind)
    wanted = entry.dataset(entry, test).batch(np.arange(REFERENCE_IMAGES))
    assert np.array_equal(found, wanted.numpy())


def test_of_an_answer_for_each_position_a_part_is_compared() -> None:
    dense = np.arange(2 * 6 * 48 * 48, dtype=np.float32).reshape(2, 6, 48, 48)
    part = compared(dense)
    # 13,824 numbers an example: every fourteenth, as in tests/js/report.test.js.
    assert part.shape == (2, 988)
    assert part.shape[1] <= MOST_LOGITS
    assert (part[0, 1], part[1, 0], part[1, -1]) == (14, 13_824, 13_824 + 14 * 987)
