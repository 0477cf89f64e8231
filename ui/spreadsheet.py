"""What is safe to open in a spreadsheet, which takes some texts for formulas and runs them."""

from typing import Any

__all__ = ["no_formula"]


def no_formula(value: Any) -> Any:
    """A text that would be a formula, with an apostrophe before it; anything else as it is."""
    # Whoever names a device or a student writes into the file that somebody else opens.
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@")) else value
