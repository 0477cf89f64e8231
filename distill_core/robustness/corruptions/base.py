"""``Corruption``: a described function of examples of one kind with five severities. N examples."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from distill_core.robustness.corruptions.random import PerImageRandom
from distill_core.spec import fingerprint
from distill_core.tasks import Task

# In the order in which forms offer them: those of images, then of recordings, of texts, and of rows of a table.
FAMILIES = (
    *("noise", "blur", "weather", "digital", "room", "voice", "transmission", "typing", "letters", "length"),
    "missing",
)
SEVERITIES = (1, 2, 3, 4, 5)
# From examples, the level of a severity and a random stream for each example to examples.
Apply = Callable[[Any, Any, PerImageRandom], Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Corruption:
    """``apply`` takes examples of ``kind``, the level of a severity, and a random stream for each example: images
    (N, C, H, W), float32 from 0 to 1, whose result is clipped to the range and whose lengths are in pixels of a 28 px
    image and scale with the image; ``Cepstra``; or texts. ``levels`` has the parameters of severities 1 to 5.
    ``features``: it changes only what tasks with these features take in; empty: what all of the kind do. ``moves``:
    what an image shows stands elsewhere afterwards, so that the labels of its pixels would be those of other pixels,
    and no scene is corrupted so. Raise ``revision`` by hand with every change of what ``apply`` returns.
    """

    name: str
    title: str
    family: str
    teaches: str
    levels: tuple[Any, Any, Any, Any, Any]
    apply: Apply
    revision: int = 1
    kind: str = "image"
    features: str = ""
    moves: bool = False

    def fits(self, task: Task) -> bool:
        """Whether it changes what the networks of a task take in."""
        kind = task.kind.name if task.target.positions or not task.image_spec else "image"
        return self.kind == kind and self.features in ("", task.features)

    def version(self, *more: object) -> str:
        """16 hex digits that change with name, levels, revision and ``more``."""
        return fingerprint("corruption", self.name, self.levels, self.revision, *more)[:16]
