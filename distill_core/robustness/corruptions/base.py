"""``Corruption``: a described function of images with five severities. N images, C channels, H x W pixels."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from distill_core.robustness.corruptions.random import PerImageRandom
from distill_core.spec import fingerprint
from distill_core.tasks.draws import Floats

# In the order in which forms offer them.
FAMILIES = ("noise", "blur", "weather", "digital")
SEVERITIES = (1, 2, 3, 4, 5)
Apply = Callable[[Floats, Any, PerImageRandom], NDArray[Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Corruption:
    """``apply`` takes images (N, C, H, W), float32 from 0 to 1, the level of a severity, and a random stream for each
    image; its result is clipped to the range. ``levels`` has the parameters of severities 1 to 5; lengths are in pixels
    of a 28 px image and scale with the image. Raise ``revision`` by hand with every change of what ``apply`` returns.
    """

    name: str
    title: str
    family: str
    teaches: str
    levels: tuple[Any, Any, Any, Any, Any]
    apply: Apply
    revision: int = 1

    def version(self, *more: object) -> str:
        """16 hex digits that change with name, levels, revision and ``more``."""
        return fingerprint("corruption", self.name, self.levels, self.revision, *more)[:16]
