"""The looks of our components for the browser."""

from pathlib import Path

__all__ = ["with_controls"]

CONTROLS = Path(__file__).with_name("controls.css")


def with_controls(own: Path) -> str:
    """A component's own styles, after those of the buttons and rows that all components share."""
    return CONTROLS.read_text(encoding="utf-8") + own.read_text(encoding="utf-8")
