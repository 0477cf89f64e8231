"""Every task that ships: its story, its shapes, its data."""

from pathlib import Path

import numpy as np
import pytest

from distill_core.errors import CorruptFile
from distill_core.tasks import IGNORE, TASKS, Split, Task, load_task, null_sink
from distill_core.tasks import fashion_mnist as fashion
from distill_core.tasks.graph import QUESTION

pytestmark = pytest.mark.anywhere


# Those whose data a first use fetches.
FETCHED = ("fashion_mnist",)
SHIPPED = [task for task in TASKS if task.name not in FETCHED]


def test_the_small_one_comes_first() -> None:
    assert TASKS.names()[:3] == ("fashion_mnist_small", "fashion_mnist", "digits")


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_a_task_describes_itself(task: Task) -> None:
    assert task.title
    assert task.teaches.endswith(".")
    assert task.source.startswith("https://")
    assert task.licence
    assert len(set(task.classes)) == len(task.classes) >= 2
    if task.image_spec:
        assert len(task.images.mean) == len(task.images.std) == task.channels
    assert len(task.sha256) == 64


@pytest.mark.parametrize("task", SHIPPED, ids=lambda task: task.name)
def test_each_part_is_what_the_task_says_of_it(task: Task, tmp_path: Path) -> None:
    data, seen = load_task(task, tmp_path, null_sink), []
    for name in ("train", "valid", "test"):
        dataset = task.dataset(task, getattr(data, name), data_seed=0)
        assert len(dataset) == len(dataset.targets) == getattr(task.counts, name)
        assert dataset.targets.dtype == np.int64
        assert dataset.targets.shape[1:] == task.target.positions
        known = dataset.targets[dataset.targets != IGNORE]
        assert known.min() >= 0
        assert known.max() < len(task.classes)
        examples_B = np.arange(min(len(dataset), 8))
        for views_B in (None, examples_B):
            batch = dataset.batch(examples_B, views_B)
            assert (tuple(batch.shape[1:]), str(batch.dtype)) == (task.input.shape, f"torch.{task.input.dtype}")
        everything = zip(dataset.batch(np.arange(len(dataset))), dataset.targets, strict=True)
        # A question of a graph has several answers, so its answer counts with it.
        seen.append(
            {(example.numpy().tobytes(), *([label] if task.kind == QUESTION else [])) for example, label in everything}
        )
    # The official Fashion-MNIST itself holds a few images twice.
    assert len(seen[0] & seen[1]) + len(seen[0] & seen[2]) + len(seen[1] & seen[2]) <= 2


@pytest.mark.parametrize("task", [task for task in SHIPPED if task.image_spec], ids=lambda task: task.name)
def test_images_are_normalised_by_the_training_pixels(task: Task, tmp_path: Path) -> None:
    pixels_NHWC = task.load(tmp_path, null_sink).train.images_NHWC / 255
    assert pixels_NHWC.mean((0, 1, 2)) == pytest.approx(task.images.mean, abs=0.01)
    assert pixels_NHWC.std((0, 1, 2)) == pytest.approx(task.images.std, abs=0.01)


@pytest.mark.parametrize("task", SHIPPED, ids=lambda task: task.name)
def test_its_metrics_are_finite(task: Task, tmp_path: Path) -> None:
    test = task.dataset(task, task.load(tmp_path, null_sink).test, data_seed=0)
    outputs = np.zeros((len(test), len(task.classes), *task.target.positions), np.float32)
    scores = task.metrics(test, outputs)
    assert next(iter(scores)) == task.metric
    assert scores
    assert np.isfinite(list(scores.values())).all()


def _is_whole(split: Split, task: Task, count: int) -> None:
    assert split.images_NHWC.shape == (count, task.size_px, task.size_px, task.channels)
    assert (split.images_NHWC.dtype, split.labels_N.dtype) == (np.uint8, np.int64)
    assert set(split.labels_N.tolist()) == set(range(len(task.classes)))
    assert split.images_NHWC.max() == 255


@pytest.mark.parametrize(("name", "valid"), [("digits", 360), ("fashion_mnist_small", 2_000)])
def test_what_ships_is_there_without_a_network(name: str, valid: int, tmp_path: Path) -> None:
    task = TASKS.get(name)
    data = load_task(task, tmp_path, null_sink)
    _is_whole(data.train, task, task.counts.train)
    _is_whole(data.valid, task, valid)
    _is_whole(data.test, task, task.counts.test)
    assert len(data.test) == task.counts.test
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["digits", "fashion_mnist_small"])
def test_every_class_has_its_share_of_every_part(name: str, tmp_path: Path) -> None:
    data = TASKS.get(name).load(tmp_path, null_sink)
    for split in (data.valid, data.test):
        counts = np.bincount(split.labels_N)
        assert counts.max() - counts.min() <= 1


def _assets(folder: Path) -> Path:
    (folder / "data").mkdir(parents=True)
    for file in ("fashion_mnist_small.json", "fashion_mnist_small.npz"):
        (folder / "data" / file).write_bytes((fashion.ASSETS / "data" / file).read_bytes())
    return folder


def test_one_wrong_bit_in_the_shipped_subset_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fashion, "ASSETS", _assets(tmp_path))
    file = tmp_path / "data" / "fashion_mnist_small.npz"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    with pytest.raises(CorruptFile, match=r"reading fashion_mnist_small\.npz: expected SHA-256 .*; restore it"):
        TASKS.get("fashion_mnist_small").load(tmp_path, null_sink)


@pytest.mark.parametrize("file", ["fashion_mnist_small.json", "fashion_mnist_small.npz"])
def test_a_lost_file_of_the_subset_is_named(file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fashion, "ASSETS", _assets(tmp_path))
    (tmp_path / "data" / file).unlink()
    with pytest.raises(CorruptFile, match=f"reading {file}.*; restore"):
        TASKS.get("fashion_mnist_small").load(tmp_path, null_sink)
