"""Files laid out like Fashion-MNIST's official ones: no test reaches for the real ones."""

from pathlib import Path

__all__ = ["idx_images", "idx_labels", "write"]


def idx_images(count: int) -> bytes:
    return b"".join(number.to_bytes(4, "big") for number in (0x803, count, 28, 28))


def idx_labels(count: int) -> bytes:
    return b"".join(number.to_bytes(4, "big") for number in (0x801, count))


def write(home: Path, *, train: int = 60_000, test: int = 10_000, pixels: bytes = b"") -> Path:
    """Official files of black images, with labels 0, as holes: no bytes are written but for ``pixels``, with which each
    of the two image files begins."""
    raw = home / "data" / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for part, count in (("train", train), ("t10k", test)):
        for name, head, size in (
            (f"{part}-images-idx3-ubyte", idx_images(count), 784),
            (f"{part}-labels-idx1-ubyte", idx_labels(count), 1),
        ):
            with (raw / name).open("wb") as file:
                file.write(head + (pixels if size == 784 else b""))
                file.truncate(len(head) + size * count)
    return raw
