"""What a network is built from: a name and a few numbers, free of torch."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

__all__ = ["Blueprint"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """One network: which recipe, for which images, how wide, and how soon it halves the image.

    ``graft``: it ends in an adapter and the head of this other network. ``members``: it is an ensemble of these.
    """

    architecture: str
    classes: int
    channels: int = 1
    size_px: int = 28
    width: float = 1.0
    stem_stride: int = 1
    graft: "Blueprint | None" = None
    members: "tuple[Blueprint, ...]" = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """What ``to_dict`` gave, as a blueprint."""
        graft = values.get("graft")
        members = tuple(map(cls.of, values.get("members", ())))
        return cls(**{**values, "graft": cls.of(graft) if graft else None, "members": members})
