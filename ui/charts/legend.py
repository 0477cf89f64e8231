"""Entries of a legend in Markdown, which wrap with the page.

Plotly's own legend covers the axis on a phone and scrolls inside the chart.
"""

import base64
from collections.abc import Mapping

from ui.networks import marks
from ui.networks.style import Look, Theme
from ui.text.language import _, ngettext

__all__ = ["band", "front", "interval", "limit", "marked", "names", "ring", "untold"]

_SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="16" viewBox="0 0 {wide} 16">{inside}</svg>'


def names(looks: Mapping[str, Look]) -> tuple[str, ...]:
    """An entry for each network: its marker and its name."""
    return tuple(marks.named(name, look) for name, look in looks.items())


def untold(count: int) -> str:
    return ngettext(
        "{count} more network: point at it for its name, and mark it to see it here",
        "{count} more networks: point at one for its name, and mark it to see it here",
        count,
    )


def front(colours: Theme) -> str:
    return _(
        "{picture} Pareto front: no network is both cheaper and more accurate",
        picture=_picture("M1,14H10V3H20", 21, colours),
    )


def ring(colours: Theme) -> str:
    return _(
        "{picture} its interval reaches the Pareto front",
        picture=_picture("M1,8a7,7 0 1,0 14,0a7,7 0 1,0 -14,0Z", 16, colours),
    )


def limit(colours: Theme) -> str:
    path = f'<path d="M10,0V16" stroke="{colours.text}" stroke-width="2" stroke-dasharray="4 3"/>'
    return _("{picture} a limit; networks that are not within all limits are grey", picture=_image(path, 20))


def marked(colours: Theme) -> str:
    path = f'<path d="M2,2H14V14H2Z" fill="none" stroke="{colours.text}" stroke-width="2"/>'
    return _("{picture} marked", picture=_image(path, 16))


def interval(colours: Theme, *, voices: bool = False) -> str:
    """Over seeds, or over ``voices``."""
    picture = _picture("M1,1H9M5,1V15M1,15H9", 10, colours)
    if voices:
        return _("{picture} 95 % interval over voices", picture=picture)
    return _("{picture} 95 % interval over seeds", picture=picture)


def band(colours: Theme) -> str:
    path = f'<path d="M0,2H20V14H0Z" fill="{colours.muted}" fill-opacity="0.3"/>'
    path += f'<path d="M0,8H20" stroke="{colours.muted}" stroke-width="2"/>'
    return _("{image} mean and 95 % interval over seeds", image=_image(path, 20))


def _picture(path: str, wide: int, colours: Theme) -> str:
    stroke = f'<path d="{path}" fill="none" stroke="{colours.muted}" stroke-width="1.5"/>'
    return _image(stroke, wide)


def _image(inside: str, wide: int) -> str:
    svg = _SVG.format(wide=wide, inside=inside)
    return f"![](data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()})"
