"""Which teacher: shipped, a stored run, trained first, or several together."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from distill_core.spec.base import Several, Specification, fingerprint
from distill_core.spec.fields import Budget, Name, Optimiser, Seed, Stride, Width

# Events and curves of a teacher that is trained first are filed under this name.
TEACHER_NAME = "teacher"


class ShippedTeacher(Specification):
    """A trained teacher from ``assets/teachers``."""

    kind: Literal["shipped"] = "shipped"
    name: Name


class StoredTeacher(Specification):
    """A finished run of this lab."""

    kind: Literal["run"] = "run"
    run: Annotated[str, Field(pattern=r"^[0-9a-f]{8,64}$")]


class TrainedTeacher(Specification):
    """A network that is trained on all labels first, once, and then kept."""

    kind: Literal["train"] = "train"
    architecture: Name
    width: Width = 1.0
    stem_stride: Stride = 1
    budget: Budget = Budget()
    # A long training on all labels wants less decay than a short one on few.
    optimiser: Optimiser = Optimiser(learning_rate=0.1, weight_decay=5e-4)
    seed: Seed = 0


MemberChoice = Annotated[ShippedTeacher | StoredTeacher | TrainedTeacher, Field(discriminator="kind")]


class EnsembleTeacher(Specification):
    """Several teachers that answer as one, with the mean of their probabilities."""

    kind: Literal["ensemble"] = "ensemble"
    members: Several[MemberChoice] = Field(min_length=2, max_length=5)

    @model_validator(mode="after")
    def _distinct_members(self) -> Self:
        if len({fingerprint(member) for member in self.members}) < len(self.members):
            raise ValueError("members: expected each once, got one twice; remove it, or choose another one")
        return self


TeacherChoice = Annotated[
    ShippedTeacher | StoredTeacher | TrainedTeacher | EnsembleTeacher, Field(discriminator="kind")
]
