"""How numbers far below a percent read: as powers of ten."""

from ui.text import words
from ui.text.language import _

__all__ = ["length", "power", "scientific", "share"]

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def power(exponent: int) -> str:
    """``10⁻³``; 1 and 10 as they are."""
    return {0: "1", 1: "10"}.get(exponent, f"10{str(exponent).translate(_SUPERSCRIPT)}")


def scientific(value: float) -> str:
    """``3.2·10⁻⁶``"""
    head, exponent = f"{value:.1e}".split("e")
    return f"{words.number(float(head), 1)}·{power(int(exponent))}"


def share(value: float) -> str:
    """A probability: in percent down to 0.1 %, below that as a power of ten."""
    if 0.9995 <= value < 1:
        return _("over {share}", share=words.percent(0.999))
    if value >= 0.0995 or value == 0:
        return words.percent(value)
    return words.percent(value, digits=2) if value >= 0.000995 else scientific(value)


def length(value: float) -> str:
    """A length: ``0.123``, or ``3.2·10⁻⁶`` of a small one."""
    return words.number(value, 3) if value >= 0.0095 or not value else scientific(value)
