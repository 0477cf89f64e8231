"""``Blueprint``: the architecture, input, classes and options that a network is built from. Free of torch."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from distill_core.tasks.base import InputSpec

# An option that is not named has this value.
UNCHANGED = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerChange:
    """Layers whose shapes differ from the recipe's; ``sizes`` are numbers by the name of a part.

    ``kind`` is the meaning of the numbers: "widths" of a layer (inputs, outputs), the ranks of a "tucker" convolution
    (of the inputs, of the outputs), or the one of a "separable" convolution (pairs a channel).
    """

    kind: str
    sizes: tuple[tuple[str, tuple[int, ...]], ...]

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """A layer change from its JSON values."""
        return cls(kind=values["kind"], sizes=tuple((name, tuple(numbers)) for name, numbers in values["sizes"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """A network: its architecture and the options of that, its input and its number of classes.

    ``positions``: those that it answers for, as a ``TargetSpec`` has them; () for one answer an example.
    ``options`` are sorted by name and hold no 1, since an option that is not named is 1: equal networks have equal
    blueprints. ``changes``: layer changes by compression, in this order. ``teacher_head``: after these, the network
    ends in an adapter and the head of this other network. ``members``: the network is an ensemble of these.
    """

    architecture: str
    classes: int
    input: InputSpec
    options: tuple[tuple[str, float], ...] = ()
    teacher_head: "Blueprint | None" = None
    members: "tuple[Blueprint, ...]" = ()
    changes: tuple[LayerChange, ...] = ()
    positions: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        kept = sorted((name, value) for name, value in dict(self.options).items() if value != UNCHANGED)
        object.__setattr__(self, "options", tuple(kept))

    @classmethod
    def for_images(
        cls, *, channels: int = 1, size_px: int = 28, width: float = 1.0, stem_stride: int = 1, **rest: Any
    ) -> Self:
        """A network for square images; ``rest`` are the other fields."""
        options = (("stem_stride", stem_stride), ("width", width))
        return cls(input=InputSpec(shape=(channels, size_px, size_px)), options=options, **rest)

    def option(self, name: str) -> float:
        """The value of an option of the architecture; 1 where the blueprint does not name it."""
        return dict(self.options).get(name, UNCHANGED)

    @property
    def width(self) -> float:
        return self.option("width")

    @property
    def stem_stride(self) -> int:
        return int(self.option("stem_stride"))

    @property
    def channels(self) -> int:
        return self.input.shape[0]

    @property
    def size_px(self) -> int:
        """The side of a square image."""
        return self.input.shape[-1]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON, as homes and assets hold them: a network for images with its numbers one by one, and
        ``teacher_head`` as "graft"."""
        further = {name: value for name, value in self.options if name not in ("width", "stem_stride")}
        plain: dict[str, Any] = {"architecture": self.architecture, "classes": self.classes}
        if self.input.is_image:
            plain |= {"channels": self.channels, "size_px": self.size_px}
            plain |= {"width": self.width, "stem_stride": self.stem_stride}
        else:
            plain["input"], further = self.input.to_dict(), dict(self.options)
        return {
            **plain,
            **({"options": further} if further else {}),
            **({"positions": self.positions} if self.positions else {}),
            "graft": self.teacher_head.to_dict() if self.teacher_head else None,
            "members": tuple(member.to_dict() for member in self.members),
            "changes": tuple(asdict(change) for change in self.changes),
        }

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """A blueprint from the values of ``to_dict``, also from before there were changes."""
        sizes = {name: values[name] for name in ("channels", "size_px", "width", "stem_stride") if name in values}
        plain = cls.for_images(architecture=values["architecture"], classes=values["classes"], **sizes)
        given, graft = values.get("input"), values.get("graft")
        return cls(
            architecture=plain.architecture,
            classes=plain.classes,
            input=InputSpec.of(given) if given else plain.input,
            options=(*plain.options, *values.get("options", {}).items()),
            teacher_head=cls.of(graft) if graft else None,
            members=tuple(map(cls.of, values.get("members", ()))),
            changes=tuple(map(LayerChange.of, values.get("changes", ()))),
            positions=tuple(values.get("positions", ())),
        )
