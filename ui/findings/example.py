"""What the example that ships needs said beside it."""

from dataclasses import dataclass

__all__ = ["Ships"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ships:
    """``machine``: where it was trained and measured, as Markdown, empty where that is not known; ``alone``: nothing
    else is stored here."""

    machine: str
    alone: bool
