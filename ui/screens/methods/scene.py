"""What every picture of the Methods page is drawn from."""

from collections.abc import Sequence
from dataclasses import dataclass

from distill_core.reports.teaching.method_view import MethodView
from ui.examples import Examples
from ui.networks import masks
from ui.networks.style import Theme
from ui.thumbnails import enlarged, thumbnail

__all__ = ["Scene"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """``stamp`` names method and pair; ``test`` are all test examples; ``student`` is the student's colour.

    A *place* is a row of the portrait's images.
    """

    stamp: tuple[str, ...]
    portrait: MethodView
    classes: Sequence[str]
    test: Examples
    colours: Theme
    student: str

    def source(self, place: int, side_px: int | None = None) -> str:
        """An address of the example's picture, as ``Examples.source`` has it; with a frame around a position of it."""
        index, places_N = int(self.portrait.index_N[place]), self.portrait.places_N
        image_HWC = None if places_N is None else self.test.picture(index)
        if image_HWC is None or places_N is None:
            return self.test.source(index, side_px)
        framed = masks.framed(image_HWC, *map(int, places_N[place]))
        return thumbnail(framed) if side_px is None else enlarged(framed, side_px)

    def kind(self, place: int) -> str:
        """The class of an image."""
        return self.classes[int(self.portrait.labels_N[place])]

    def name(self, place: int) -> str:
        """``Sandal #12``: the class and the number of the test image; of a position where it lies, too, and of a whole
        example with many classes its number alone."""
        number, places_N = int(self.portrait.index_N[place]), self.portrait.places_N
        if places_N is not None:
            row, column = map(int, places_N[place])
            return f"{self.kind(place)} #{number} ({row}, {column})"
        return f"{self.kind(place)} #{number}" if len(self.portrait.labels_N) else f"#{number}"
