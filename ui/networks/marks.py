"""The marker of a network as a small picture that stands in a label, so that cards and lists are their own legend."""

import base64
from collections.abc import Mapping

from ui.networks.style import Look
from ui.text import words

__all__ = ["legend", "mark", "named", "picture"]

_PATHS = {
    "circle": "M-.85,0a.85,.85 0 1,0 1.7,0a.85,.85 0 1,0 -1.7,0Z",
    "square": "M-.8,-.8H.8V.8H-.8Z",
    "diamond": "M0,-1.05L.85,0L0,1.05L-.85,0Z",
    "triangle-up": "M0,-.95L1,.8H-1Z",
    "triangle-down": "M0,.95L1,-.8H-1Z",
    "triangle-right": "M.95,0L-.8,1V-1Z",
    "triangle-left": "M-.95,0L.8,1V-1Z",
    "cross": "M-.3,-1H.3V-.3H1V.3H.3V1H-.3V.3H-1V-.3H-.3Z",
}
# The size must be in the picture: without it Streamlit cuts the label before the picture has loaded.
_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="-1.2 -1.2 2.4 2.4">'
    '<path fill="{colour}" d="{path}"/></svg>'
)


def picture(look: Look) -> str:
    """The marker as an address that a page can show."""
    svg = _SVG.format(colour=look.colour, path=_PATHS.get(look.shape, look.shape))
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def mark(look: Look) -> str:
    """Markdown of the marker alone."""
    return f"![]({picture(look)})"


def named(name: str, look: Look) -> str:
    """Markdown of the marker and the name, which is shown letter for letter."""
    return f"{mark(look)} {words.plain(name)}"


def legend(looks: Mapping[str, Look]) -> str:
    """Markdown of all networks in a row."""
    return " \u2003 ".join(named(name, look) for name, look in looks.items())
