"""What a corruption is: a described way to spoil images, in five severities. N images, C channels, H x W pixels."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from distill_core.evaluation.corruptions.draws import Draws, Floats

__all__ = ["FAMILIES", "SEVERITIES", "Apply", "Corruption"]

# In the order in which they are offered.
FAMILIES = ("noise", "blur", "weather", "digital")
SEVERITIES = (1, 2, 3, 4, 5)
Apply = Callable[[Floats, Any, Draws], NDArray[Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Corruption:
    """``apply`` takes images (N, C, H, W), float32 from 0 to 1, the numbers of a severity, and what is drawn for each
    image; its answer may leave the range and is then cut. ``levels`` has the numbers of severities 1 to 5; lengths
    among them are pixels of an image of 28 and grow with the image.
    """

    name: str
    title: str
    family: str
    teaches: str
    levels: tuple[Any, Any, Any, Any, Any]
    apply: Apply
