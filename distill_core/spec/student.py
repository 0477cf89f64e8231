"""One student of an experiment: network, method, data and seeds."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from distill_core.errors import Names, said
from distill_core.spec.base import Several, Specification, readable
from distill_core.spec.fields import Alpha, FewOrNoLabels, MethodName, Name, Seed, Stride, Temperature, Transfer, Width
from distill_core.spec.teacher import TEACHER_NAME

# T as sliders and sweeps offer it, evenly spaced on a logarithmic scale: Renard's series R10 (ISO 3).
TEMPERATURES = (
    *(0.5, 0.63, 0.8, 1.0, 1.25, 1.6, 2.0, 2.5, 3.15, 4.0, 5.0),
    *(6.3, 8.0, 10.0, 12.5, 16.0, 20.0, 25.0, 31.5, 40.0, 50.0),
)


class AddedMethod(Specification):
    """A method that comes on top of a student's own: its term that asks the teacher, without the one for labels."""

    method: Name = Field(
        title="Additional loss term",
        description="A second method: its term that asks the teacher is added, without its term for labels.",
    )
    weight: float = Field(
        1.0,
        gt=0,
        le=1000,
        title="Term weight",
        description="Times the weight that the term has alone (KD's with alpha 1).",
    )
    temperature: float | None = Field(None, ge=0.1, le=100, description="T; None: the method's default")
    parameters: Mapping[str, float] = Field(default_factory=dict, description="the method's own parameters")
    standardize: bool = Field(False, exclude_if=lambda value: not value, description="as a student's")


class Change(Specification):
    """One step of compression, by its name among the steps."""

    step: Name
    parameters: Mapping[str, float] = Field(default_factory=dict, description="the step's own numbers")
    choices: Mapping[str, str] = Field(default_factory=dict, description="the step's own choices")


# The key of a finished run, as ``StoredTeacher`` writes it.
RUN_KEY = re.compile(r"run:([0-9a-f]{8,64})")
# A name of a student, or a key, which may be longer.
Source = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=68), AfterValidator(readable)]


class Start(Specification):
    """Where a student's network comes from, seed by seed: the teacher, another student once that is finished, or a
    finished run of this lab by its key."""

    source: Source
    change: Change | None = Field(None, description="what is done to that network first")

    @property
    def run(self) -> str | None:
        """The id of the run; None where the source is the teacher or a student."""
        found = RUN_KEY.fullmatch(self.source)
        return found[1] if found else None

    @property
    def student(self) -> str | None:
        """The name of the student; None where the source is the teacher or a run."""
        return None if self.source == TEACHER_NAME or self.run else self.source


class CorruptionSpec(Specification):
    """What has happened to every image that a student sees."""

    corruption: Name
    severity: int = Field(3, ge=1, le=5)


class Student(Specification):
    """One row of a comparison: architecture, method, the data it may see, and its seeds (one run each)."""

    name: Name = Field(title="Name", description="Charts and tables call the student so.")
    architecture: Name = Field(title="Network", description="The recipe of the network that learns.")
    width: Width = Field(1.0, description="Times the usual number of channels of each layer.")
    stem_stride: Stride = 1
    method: MethodName = "kd"
    temperature: Temperature = None
    alpha: Alpha = None
    parameters: Mapping[str, float] = Field(default_factory=dict, description="the method's own parameters")
    # Left out where they say nothing, so that a specification from before there were such fields keeps its fingerprint.
    standardize: bool = Field(
        False,
        exclude_if=lambda value: not value,
        title="Standardise logits (z-score)",
        description="Compare logits after each row got mean 0 and deviation 1: size counts no more.",
    )
    also: Several[AddedMethod] = Field(
        (), max_length=3, exclude_if=lambda value: not value, description="methods on top of the student's own"
    )
    labels: FewOrNoLabels = None
    transfer: Transfer = "labelled"
    missing_class: Name | None = Field(
        None,
        exclude_if=lambda value: value is None,
        title="Held-out class",
        description="A class of which the student sees no example at all: only its teacher can tell of it.",
    )
    taught_by: Name | None = Field(
        None,
        exclude_if=lambda value: value is None,
        title="Teacher",
        description="Another student, trained first, can teach instead: an assistant, or the same network again.",
    )
    start: Start | None = Field(
        None, exclude_if=lambda value: value is None, description="the network that it starts as; None: random weights"
    )
    untrained: bool = Field(
        False, exclude_if=lambda value: not value, description="it stays as its start left it, and is judged so"
    )
    int8_aware: bool = Field(
        False, exclude_if=lambda value: not value, description="weights and activations have 8 bits while it trains"
    )
    scene: CorruptionSpec | None = Field(
        None, exclude_if=lambda value: value is None, description="what has happened to all examples that it sees"
    )
    seeds: Several[Seed] = Field(
        (0,),
        min_length=1,
        max_length=20,
        title="Seeds",
        description="Trained once for each; three at least for an interval.",
    )
    role: Literal["student", "control"] = "student"

    @model_validator(mode="after")
    def _distinct_seeds(self) -> Self:
        if len(set(self.seeds)) != len(self.seeds):
            raise ValueError(said("seeds: expected each once, got {seeds}; remove the repeated ones", list(self.seeds)))
        return self

    @model_validator(mode="after")
    def _distinct_methods(self) -> Self:
        names = [self.method, *(added.method for added in self.also)]
        if len(set(names)) != len(names):
            raise ValueError(
                said("also: expected each method once, got {names}; remove the repeated ones", Names(names))
            )
        return self
