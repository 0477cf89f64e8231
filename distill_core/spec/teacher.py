"""Which teacher: a specification a kind, found by ``kind`` among all that are registered."""

from collections.abc import Iterable, Mapping
from functools import cache, reduce
from operator import or_
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar

from pydantic import Discriminator, Field, PlainValidator, SerializeAsAny, Tag, TypeAdapter, model_validator
from pydantic_core import PydanticKnownError

from distill_core.errors import InvalidSetting, Names, said
from distill_core.spec.base import UNKNOWN_KIND, Several, Specification, fingerprint
from distill_core.spec.fields import Budget, Name, Optimiser, Seed, Stride, Width

# Events and curves of a teacher that is trained first are filed under this name.
TEACHER_NAME = "teacher"


class TeacherSpec(Specification):
    """Base of the specifications of teachers; a subclass gives ``kind`` a default, which names it in JSON.

    ``keyed``: the field, a text or a number, that ``key`` tells; another key overrides ``key`` and ``of_key``.
    ``joins``: an ensemble may have it as a member.
    """

    keyed: ClassVar[str]
    joins: ClassVar[bool] = True
    kind: str

    @property
    def key(self) -> str:
        """A short name for a URL: the kind, a colon, and what ``of_key`` reads."""
        return f"{self.kind}:{getattr(self, self.keyed)}"

    @classmethod
    def of_key(cls, rest: str) -> Self:
        """The specification whose key ends in ``rest``; what a key does not tell has its default."""
        return cls.model_validate_strings({cls.keyed: rest})

    @property
    def parts(self) -> "tuple[TeacherSpec, ...]":
        """The members of an ensemble; else the specification itself."""
        return (self,)

    @property
    def training(self) -> Budget | None:
        """The budget of the training that makes it; None where it is there already."""
        return None


Choice = TypeVar("Choice", bound=TeacherSpec)
TEACHER_KINDS: dict[str, type[TeacherSpec]] = {}


def teacher_kind(choice: type[Choice]) -> type[Choice]:
    """Register a class of specifications under its kind. Raises InvalidSetting where the kind is taken."""
    kind = choice.model_fields["kind"].default
    if kind in TEACHER_KINDS:
        raise InvalidSetting(said("a kind of teacher named {kind!r} exists already; choose another name", kind))
    TEACHER_KINDS[kind] = choice
    return choice


def choice_of_key(key: str) -> TeacherSpec:
    """The specification with this ``key``. Raises InvalidSetting for a text that is no key."""
    kind, _, rest = key.partition(":")
    if kind not in TEACHER_KINDS:
        expected = said("{names: or }", Names(f"{known}:…" for known in TEACHER_KINDS))
        raise InvalidSetting("teacher", expected=expected, got=key, hint="choose one of these")
    try:
        return TEACHER_KINDS[kind].of_key(rest)
    except ValueError as error:  # pydantic's own, and InvalidSetting
        raise InvalidSetting(
            "teacher", expected=said("what can follow {kind}:", kind), got=rest, hint="correct it"
        ) from error


@cache
def _union(kinds: tuple[type[TeacherSpec], ...]) -> TypeAdapter[TeacherSpec]:
    known = {choice.model_fields["kind"].default: choice for choice in kinds}
    *first, last = known
    discriminator = Discriminator(
        lambda value: value.get("kind") if isinstance(value, Mapping) else value.kind,
        custom_error_type=UNKNOWN_KIND,
        custom_error_message=UNKNOWN_KIND,
        custom_error_context={"expected": f"{', '.join(first)} or {last}"},
    )
    union: Any = reduce(or_, (Annotated[choice, Tag(kind)] for kind, choice in known.items()))
    return TypeAdapter(Annotated[union, discriminator])


def _of_kinds(value: object, kinds: Iterable[type[TeacherSpec]]) -> TeacherSpec:
    if not isinstance(value, Mapping | TeacherSpec):
        raise PydanticKnownError("dict_type")
    return _union(tuple(kinds)).validate_python(value)


def _of_any_kind(value: object) -> TeacherSpec:
    return _of_kinds(value, TEACHER_KINDS.values())


def _member(value: object) -> TeacherSpec:
    return _of_kinds(value, (choice for choice in TEACHER_KINDS.values() if choice.joins))


TeacherChoice = Annotated[TeacherSpec, PlainValidator(_of_any_kind), SerializeAsAny()]
MemberChoice = Annotated[TeacherSpec, PlainValidator(_member), SerializeAsAny()]


@teacher_kind
class ShippedTeacher(TeacherSpec):
    """A trained teacher from ``assets/teachers``."""

    keyed: ClassVar[str] = "name"
    kind: Literal["shipped"] = "shipped"
    name: Name


@teacher_kind
class StoredTeacher(TeacherSpec):
    """A finished run of this lab."""

    keyed: ClassVar[str] = "run"
    kind: Literal["run"] = "run"
    run: Annotated[str, Field(pattern=r"^[0-9a-f]{8,64}$")]


@teacher_kind
class TrainedTeacher(TeacherSpec):
    """A network that is trained on all labels first, once, and then kept."""

    keyed: ClassVar[str] = "architecture"
    kind: Literal["train"] = "train"
    architecture: Name
    width: Width = 1.0
    stem_stride: Stride = 1
    budget: Budget = Budget()
    # A long training on all labels wants less decay than a short one on few.
    optimiser: Optimiser = Optimiser(learning_rate=0.1, weight_decay=5e-4)
    seed: Seed = 0

    @property
    def training(self) -> Budget:
        return self.budget


@teacher_kind
class EnsembleTeacher(TeacherSpec):
    """Several teachers that answer as one, with the mean of their probabilities."""

    joins: ClassVar[bool] = False
    kind: Literal["ensemble"] = "ensemble"
    members: Several[MemberChoice] = Field(min_length=2, max_length=5)

    @model_validator(mode="after")
    def _distinct_members(self) -> Self:
        if len({fingerprint(member) for member in self.members}) < len(self.members):
            raise ValueError("members: expected each once, got one twice; remove it, or choose another one")
        return self

    @property
    def key(self) -> str:
        return f"{self.kind}:{','.join(member.key for member in self.members)}"

    @property
    def parts(self) -> tuple[TeacherSpec, ...]:
        return self.members

    @classmethod
    def of_key(cls, rest: str) -> Self:
        return cls(members=tuple(map(choice_of_key, rest.split(","))))
