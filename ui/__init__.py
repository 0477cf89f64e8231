"""What the screens share."""

from ui.lab import close, lab

__all__ = ["close", "lab"]
