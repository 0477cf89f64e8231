"""The whole of Fashion-MNIST: found on disk, fetched, or refused clearly. No test reaches beyond this machine."""

import gzip
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from torchvision.datasets import FashionMNIST

from distill_core.errors import CorruptFile, MissingData
from distill_core.events import Progress
from distill_core.tasks import TASKS, load_task, null_sink
from distill_core.tasks import fashion_mnist as fashion
from tests.official import idx_images, idx_labels, write

pytestmark = pytest.mark.anywhere

NOBODY = "http://127.0.0.1:9/"
FIRST = "train-images-idx3-ubyte"


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No package on this machine, and mirrors that nobody answers for."""
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(fashion, "PACKAGED", tmp_path / "package")
    monkeypatch.setattr(FashionMNIST, "mirrors", [NOBODY])
    return tmp_path


def test_files_on_disk_are_split_as_the_task_says(tmp_path: Path) -> None:
    write(tmp_path)
    task, heard = TASKS.get("fashion_mnist"), []
    data = task.load(tmp_path, heard.append)
    assert [len(split) for split in (data.train, data.valid, data.test)] == [task.counts.train, 2_000, task.counts.test]
    assert data.train.images_NHWC.shape == (58_000, 28, 28, 1)
    assert (data.train.images_NHWC.dtype, data.train.labels_N.dtype) == (np.uint8, np.int64)
    assert heard == []


def test_files_of_the_right_size_with_other_images_are_refused(tmp_path: Path) -> None:
    write(tmp_path)
    with pytest.raises(CorruptFile, match="the data of 'fashion_mnist': expected SHA-256 0707f2a79737"):
        load_task(TASKS.get("fashion_mnist"), tmp_path, null_sink)


def test_a_small_fake_is_refused_with_the_numbers(tmp_path: Path) -> None:
    write(tmp_path, train=100)
    with pytest.raises(CorruptFile) as error:
        fashion.official(tmp_path, null_sink)
    assert str(error.value) == (
        "Fashion-MNIST's train files: expected 60000 images of 28×28 and their labels, "
        "got (100, 28, 28) and (100,); delete them from the data folder so that they are fetched again"
    )


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00\x00", b"not an idx file at all", idx_images(60_000) + bytes(10), idx_labels(60_000) + bytes(60_000)],
    ids=["empty", "two bytes", "text", "cut off", "labels"],
)
def test_what_is_no_image_file_is_refused(data: bytes, tmp_path: Path) -> None:
    (write(tmp_path) / FIRST).write_bytes(data)
    with pytest.raises(CorruptFile, match="Fashion-MNIST's train files: expected 60000 images"):
        fashion.official(tmp_path, null_sink)


def test_a_class_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    labels = write(tmp_path) / "t10k-labels-idx1-ubyte"
    labels.write_bytes(idx_labels(10_000) + bytes(9_999) + b"\x0a")
    with pytest.raises(CorruptFile, match="Fashion-MNIST's t10k files"):
        fashion.official(tmp_path, null_sink)


def test_without_files_package_and_network_the_error_says_what_to_do(alone: Path) -> None:
    heard: list[Progress] = []
    with pytest.raises(MissingData) as error:
        fashion.official(alone, heard.append)
    assert f"expected {FIRST} in {alone / 'data' / 'FashionMNIST' / 'raw'} or a download" in str(error.value)
    assert NOBODY in str(error.value)
    assert str(error.value).endswith("or choose the subset that ships")
    assert heard == [Progress("Fetching Fashion-MNIST", 0, 4)]


@pytest.mark.parametrize(
    "packed",
    [b"nothing packed", gzip.compress(bytes(1000))[:-9], gzip.compress(bytes(1000))],
    ids=["text", "cut off", "too few bytes"],
)
def test_a_damaged_package_is_passed_over_and_named(packed: bytes, alone: Path) -> None:
    (alone / "package").mkdir()
    (alone / "package" / f"{FIRST}.gz").write_bytes(packed)
    with pytest.raises(MissingData, match=f"{alone / 'package'}: .*; {NOBODY}: "):
        fashion.official(alone, null_sink)
    assert not list((alone / "data").rglob(FIRST))


def test_the_package_is_taken_where_it_is(alone: Path) -> None:
    source = write(alone / "elsewhere")
    (alone / "package").mkdir()
    for name in fashion.FILES:
        (alone / "package" / f"{name}.gz").write_bytes(gzip.compress((source / name).read_bytes(), 1))
    training, test = fashion.official(alone, null_sink)
    assert (len(training), len(test)) == (60_000, 10_000)
    written = sorted(path.name for path in (alone / "data" / "FashionMNIST" / "raw").iterdir())
    assert written == sorted(fashion.FILES)


class _Folder(SimpleHTTPRequestHandler):
    def log_message(self, *words: object) -> None:
        """Say nothing."""


def _mirror(folder: Path, monkeypatch: pytest.MonkeyPatch, *, damaged: bool) -> Path:
    """A folder to be served, with the hashes of what should be in it."""
    source, mirror = write(folder / "elsewhere"), folder / "mirror"
    mirror.mkdir()
    packed = {f"{name}.gz": gzip.compress((source / name).read_bytes(), 1) for name in fashion.FILES}
    for name, data in packed.items():
        (mirror / name).write_bytes(data[:-20] if damaged else data)
    hashes = [(name, hashlib.md5(data, usedforsecurity=False).hexdigest()) for name, data in packed.items()]
    monkeypatch.setattr(FashionMNIST, "resources", hashes)
    return mirror


@contextmanager
def _served(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The second of two mirrors is this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Folder, directory=str(folder))) as server:
        monkeypatch.setattr(FashionMNIST, "mirrors", [NOBODY, f"http://127.0.0.1:{server.server_port}/"])
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, name="mirror", daemon=True)
        thread.start()
        yield
        server.shutdown()
        thread.join()


def test_the_second_mirror_answers_where_the_first_does_not(alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Progress] = []
    with _served(_mirror(alone, monkeypatch, damaged=False), monkeypatch):
        training, test = fashion.official(alone, heard.append)
    assert (len(training), len(test)) == (60_000, 10_000)
    assert [event.done for event in heard] == [0, 1, 2, 3]
    again: list[Progress] = []
    fashion.official(alone, again.append)
    assert again == []


def test_a_damaged_download_leaves_no_file_that_looks_whole(alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = _mirror(alone, monkeypatch, damaged=True)
    with _served(folder, monkeypatch), pytest.raises(MissingData, match="corrupted"):
        fashion.official(alone, null_sink)
    assert [path for path in (alone / "data").rglob("*") if path.is_file()] == []


def test_the_official_test_set_is_downloaded_again_after_a_broken_one(
    alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _mirror(alone, monkeypatch, damaged=False)
    labels = folder / f"{fashion.FILES[3]}.gz"
    whole = labels.read_bytes()
    labels.write_bytes(whole[:-20])
    with _served(folder, monkeypatch):
        with pytest.raises(MissingData, match=f"expected {fashion.FILES[3]} in .* or a download, got .*corrupted"):
            fashion.official_test(alone)
        assert not fashion.official_test_is_there(alone)
        labels.write_bytes(whole)
        assert len(fashion.official_test(alone)) == 10_000
    assert fashion.official_test_is_there(alone)
    assert sorted(path.name for path in fashion._raw(alone).iterdir()) == sorted(fashion.FILES[2:])


def test_validation_images_are_the_same_every_time_and_balanced() -> None:
    labels = np.arange(60_000) % 10
    train, valid = fashion.split_official(fashion.Split(np.zeros((60_000, 1, 1, 1), dtype=np.uint8), labels))
    assert np.bincount(labels[valid]).tolist() == [200] * 10
    assert sorted([*train, *valid]) == list(range(60_000))
