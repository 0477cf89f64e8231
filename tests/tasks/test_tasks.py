"""Every task that ships: its story, its shapes, its data."""

from pathlib import Path

import numpy as np
import pytest

from distill_core.errors import CorruptFile
from distill_core.tasks import TASKS, Split, Task, load_task, null_sink
from distill_core.tasks import fashion_mnist as fashion

pytestmark = pytest.mark.anywhere


def test_the_small_one_comes_first() -> None:
    assert TASKS.names() == ("fashion_mnist_small", "fashion_mnist", "digits")


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_a_task_describes_itself(task: Task) -> None:
    assert task.title
    assert task.teaches.endswith(".")
    assert task.source.startswith("https://")
    assert task.licence
    assert len(set(task.classes)) == len(task.classes) == 10
    assert len(task.images.mean) == len(task.images.std) == task.channels
    assert len(task.sha256) == 64


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
    pixels = data.train.images_NHWC / 255
    assert pixels.mean() == pytest.approx(task.images.mean[0], abs=0.01)
    assert pixels.std() == pytest.approx(task.images.std[0], abs=0.01)
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["digits", "fashion_mnist_small"])
def test_no_image_is_in_two_parts(name: str, tmp_path: Path) -> None:
    data = TASKS.get(name).load(tmp_path, null_sink)
    parts = [{image.tobytes() for image in split.images_NHWC} for split in (data.train, data.valid, data.test)]
    shared = sum(len(one & other) for one, other in ((parts[0], parts[1]), (parts[0], parts[2]), (parts[1], parts[2])))
    # The official set itself holds a few images twice.
    assert shared <= 2


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
