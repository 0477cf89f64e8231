"""What the glossary's pictures are drawn with: small SVGs in the page's colours."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from ui.networks.style import Theme
from ui.text.language import _

__all__ = ["HIGH", "WIDE", "Pen", "Term"]

# Units of a picture's own; the page scales it to its column.
WIDE, HIGH = 240, 96
_SVG = "http://www.w3.org/2000/svg"

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Term:
    """A term of art. ``key`` is its anchor; ``sentence`` is Markdown; ``alt`` says what ``draw`` draws. Its texts are
    of the catalogue, which finds them by ``tools/messages.py``."""

    key: str
    title: str
    sentence: str
    alt: str
    draw: Callable[["Pen"], None]

    def picture(self, colours: Theme) -> str:
        """The picture as an SVG element."""
        pen = Pen(colours)
        self.draw(pen)
        return pen.svg(_(self.alt))


class Pen:
    """Draws on a sheet of ``WIDE`` × ``HIGH``, from the left and the top. ``teacher``, ``student`` and ``control`` are
    the colours that these have on every page."""

    def __init__(self, colours: Theme) -> None:
        self.text, self.muted, self.grid = colours.text, colours.muted, colours.line
        self.teacher, self.control = colours.text, colours.control
        self.student, self.other, self.third = colours.series[:3]
        self._parts: list[str] = []

    def svg(self, alt: str) -> str:
        inside = "".join(self._parts)
        look = f'width="{WIDE}" height="{HIGH}" viewBox="0 0 {WIDE} {HIGH}" font-family="sans-serif"'
        return f'<svg xmlns="{_SVG}" {look} role="img" aria-label="{escape(alt)}">{inside}</svg>'

    def write(self, x: float, y: float, text: str, *, colour: str = "", at: str = "middle", size: int = 10) -> None:
        self._parts.append(
            f'<text x="{x:g}" y="{y:g}" fill="{colour or self.text}" text-anchor="{at}" font-size="{size}">'
            f"{escape(_(text))}</text>"
        )

    def line(self, points: Points, *, colour: str = "", dashed: bool = False, thick: float = 2) -> None:
        path = " ".join(f"{x:g},{y:g}" for x, y in points)
        dash = ' stroke-dasharray="4 3"' if dashed else ""
        self._parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour or self.muted}" stroke-width="{thick:g}"{dash}/>'
        )

    def rect(self, x: float, y: float, wide: float, high: float, *, colour: str = "", opacity: float = 1.0) -> None:
        self._parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{wide:g}" height="{max(high, 0.6):g}" fill="{colour or self.student}" '
            f'fill-opacity="{opacity:g}"/>'
        )

    def box(self, x: float, y: float, wide: float, high: float, text: str = "", *, colour: str = "") -> None:
        """A frame with a text in its middle."""
        self._parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{wide:g}" height="{high:g}" rx="3" fill="none" '
            f'stroke="{colour or self.muted}" stroke-width="1.5"/>'
        )
        if text:
            self.write(x + wide / 2, y + high / 2 + 3.5, text)

    def dot(self, x: float, y: float, *, colour: str = "", radius: float = 4) -> None:
        self._parts.append(f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{colour or self.student}"/>')

    def arrow(self, x1: float, x2: float, y: float, text: str = "", *, colour: str = "") -> None:
        """A level arrow from ``x1`` to ``x2`` with a text above it."""
        way = 5 if x2 > x1 else -5
        self.line([(x1, y), (x2, y)], colour=colour, thick=1.5)
        self.line([(x2 - way, y - 4), (x2, y), (x2 - way, y + 4)], colour=colour, thick=1.5)
        if text:
            self.write((x1 + x2) / 2, y - 6, text, size=9)

    def bars(
        self,
        values: Sequence[float],
        *,
        left: float = 10,
        wide: float = 100,
        bottom: float = 78,
        high: float = 60,
        colour: str = "",
        names: Sequence[str] = (),
        title: str = "",
    ) -> None:
        """Upright bars of values from 0 to 1."""
        step = wide / len(values)
        self.line([(left, bottom), (left + wide, bottom)], colour=self.grid, thick=1)
        for place, value in enumerate(values):
            self.rect(left + step * (place + 0.15), bottom - high * value, 0.7 * step, high * value, colour=colour)
        for place, name in enumerate(names):
            self.write(left + step * (place + 0.5), bottom + 11, name, size=8, colour=self.muted)
        if title:
            self.write(left + wide / 2, 11, title, size=9)

    def axes(self, x: str = "", y: str = "", *, left: float = 30, right: float = 225, bottom: float = 78) -> None:
        """Two axes with their names."""
        self.line([(left, 10), (left, bottom), (right, bottom)], colour=self.grid, thick=1.5)
        self.write(right, bottom + 13, x, at="end", size=9, colour=self.muted)
        self.write(left + 4, 11, y, at="start", size=9, colour=self.muted)

    def cells(
        self, rows: Sequence[Sequence[float]], *, left: float, top: float = 14, size: float = 14, colour: str = ""
    ) -> None:
        """A table of squares; 0 is empty, 1 is full."""
        for y, row in enumerate(rows):
            for x, value in enumerate(row):
                place = left + size * x, top + size * y
                self.rect(*place, size - 1.5, size - 1.5, colour=self.grid, opacity=0.6)
                if value:
                    self.rect(*place, size - 1.5, size - 1.5, colour=colour, opacity=value)

    def whisker(self, x: float, y: float, half: float, *, colour: str = "") -> None:
        """A dot with its upright interval."""
        self.line([(x - 4, y - half), (x + 4, y - half)], colour=colour, thick=1.5)
        self.line([(x, y - half), (x, y + half)], colour=colour, thick=1.5)
        self.line([(x - 4, y + half), (x + 4, y + half)], colour=colour, thick=1.5)
        self.dot(x, y, colour=colour)
