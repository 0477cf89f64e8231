"""Writes the arrays of a task to one npz file a piece at a time, with the hash that the task has."""

import hashlib
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

PIECE = 1_000
FILE = "data.npz"


class ArrayFile:
    """``add`` writes an array; ``hexdigest`` is ``tasks.splits.sha256_of`` of all those that were."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed
        self._digest = hashlib.sha256()

    def add(self, name: str, shape: tuple[int, ...], piece: Callable[[slice], np.ndarray]) -> None:
        """``piece`` gives the rows of a slice, all of one type."""
        dtype = piece(slice(0, 1)).dtype
        self._digest.update(f"{shape}{dtype}".encode())
        with self._packed.open(f"{name}.npy", "w", force_zip64=True) as file:
            np.lib.format.write_array_header_1_0(
                file, {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
            )
            for start in range(0, shape[0], PIECE):
                data = np.ascontiguousarray(piece(slice(start, start + PIECE))).tobytes()
                self._digest.update(data)
                file.write(data)

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


@contextmanager
def array_file(path: Path) -> Iterator[ArrayFile]:
    with zipfile.ZipFile(path, "w") as packed:
        yield ArrayFile(packed)
