"""What every picture of the Methods page is drawn from."""

from collections.abc import Sequence
from dataclasses import dataclass

from distill_core.reports.teaching.method_view import MethodView
from ui.examples import Examples
from ui.networks.style import Theme

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
        """An address of the example's picture, as ``Examples.source`` has it."""
        return self.test.source(int(self.portrait.index_N[place]), side_px)

    def kind(self, place: int) -> str:
        """The class of an image."""
        return self.classes[int(self.portrait.labels_N[place])]

    def name(self, place: int) -> str:
        """``Sandal #12``: the class and the number of the test image."""
        return f"{self.kind(place)} #{int(self.portrait.index_N[place])}"
