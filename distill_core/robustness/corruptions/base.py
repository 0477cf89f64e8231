"""What a corruption is: a described way to spoil images, in five severities. N images, C channels, H x W pixels."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from distill_core.robustness.corruptions.random import Floats, PerImageRandom
from distill_core.specification import fingerprint

__all__ = ["FAMILIES", "SEVERITIES", "Apply", "Corruption"]

# In the order in which they are offered.
FAMILIES = ("noise", "blur", "weather", "digital")
SEVERITIES = (1, 2, 3, 4, 5)
Apply = Callable[[Floats, Any, PerImageRandom], NDArray[Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Corruption:
    """``apply`` takes images (N, C, H, W), float32 from 0 to 1, the numbers of a severity, and what is drawn for each
    image; its answer may leave the range and is then cut. ``levels`` has the numbers of severities 1 to 5; lengths
    among them are pixels of an image of 28 and grow with the image. ``revision`` is kept by hand: one more wherever
    ``apply``, or what it calls, answers otherwise.
    """

    name: str
    title: str
    family: str
    teaches: str
    levels: tuple[Any, Any, Any, Any, Any]
    apply: Apply
    revision: int = 1

    def version(self, *more: object) -> str:
        """16 hex digits that change with what the corruption does to images, and with what else they follow from."""
        return fingerprint("corruption", self.name, self.levels, self.revision, *more)[:16]
