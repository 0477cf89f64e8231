"""What a network is built from: a name and a few numbers, free of torch."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

__all__ = ["Blueprint", "LayerChange"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerChange:
    """Layers of a network that have another shape than its recipe gave them; ``sizes`` are numbers for a part by name.

    ``kind`` tells what the numbers are: "widths" of a layer (inputs, outputs), the ranks of a "tucker" convolution
    (of the inputs, of the outputs), or the one of a "separable" convolution (pairs a channel).
    """

    kind: str
    sizes: tuple[tuple[str, tuple[int, ...]], ...]

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """What JSON made of it, with tuples again."""
        return cls(kind=values["kind"], sizes=tuple((name, tuple(numbers)) for name, numbers in values["sizes"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """One network: which recipe, for which images, how wide, and how soon it halves the image.

    ``changes``: what compression made of its layers, in this order. ``teacher_head``: after that, it ends in an adapter
    and the head of this other network. ``members``: it is an ensemble of these.
    """

    architecture: str
    classes: int
    channels: int = 1
    size_px: int = 28
    width: float = 1.0
    stem_stride: int = 1
    teacher_head: "Blueprint | None" = None
    members: "tuple[Blueprint, ...]" = ()
    changes: tuple[LayerChange, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON. ``teacher_head`` is stored as "graft", its name in every home and asset."""
        return _stored(asdict(self))

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """What ``to_dict`` gave, as a blueprint; also one from before there were changes."""
        graft = values.get("graft")
        members = tuple(map(cls.of, values.get("members", ())))
        changes = tuple(map(LayerChange.of, values.get("changes", ())))
        return cls(
            **{name: value for name, value in values.items() if name != "graft"}
            | {"teacher_head": cls.of(graft) if graft else None, "members": members, "changes": changes}
        )


def _stored(values: dict[str, Any]) -> dict[str, Any]:
    head = values.pop("teacher_head")
    return {**values, "graft": _stored(head) if head else None, "members": tuple(map(_stored, values["members"]))}
