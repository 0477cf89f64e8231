"""What every picture of the Methods page is drawn from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from distill_core.reports.teaching.method_view import MethodView
from ui.networks.style import Theme

__all__ = ["Scene"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """``stamp`` names method and pair; ``images_NHWC`` are all test images, uint8; ``student`` is the student's colour.

    A *place* is a row of the portrait's images.
    """

    stamp: tuple[str, ...]
    portrait: MethodView
    classes: Sequence[str]
    images_NHWC: np.ndarray
    colours: Theme
    student: str

    def image(self, place: int) -> np.ndarray:
        return self.images_NHWC[self.portrait.index_N[place]]

    def kind(self, place: int) -> str:
        """The class of an image."""
        return self.classes[int(self.portrait.labels_N[place])]

    def name(self, place: int) -> str:
        """``Sandal #12``: the class and the number of the test image."""
        return f"{self.kind(place)} #{int(self.portrait.index_N[place])}"
