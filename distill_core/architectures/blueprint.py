"""What a network is built from: a name and a few numbers, free of torch."""

from dataclasses import dataclass

__all__ = ["Blueprint"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """One network: which recipe, for which images, how wide, and how soon it halves the image."""

    architecture: str
    classes: int
    channels: int = 1
    size_px: int = 28
    width: float = 1.0
    stem_stride: int = 1
