"""What a method is: a described way to turn logits and labels into a loss."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import TYPE_CHECKING

from distill_core.errors import InvalidSetting
from distill_core.lazy_torch import Tensor, nn
from distill_core.spec.parameters import Parameter

if TYPE_CHECKING:
    from distill_core.methods.pictures import PairActivations, Picture

# In the order in which they are offered.
FAMILIES = ("labels", "logits", "relations", "features", "schemes")
# The method of every control: cross-entropy with labels alone.
CONTROL_METHOD = "labels"


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """A student's own numbers for its method, complete: nothing is left to a default."""

    temperature: float | None = None
    alpha: float | None = None
    parameters: Mapping[str, float] = field(default_factory=dict)
    standardized: bool = False

    @property
    def numbers(self) -> Mapping[str, float]:
        """All of them by name: the parameters, and temperature and alpha where the method has them."""
        own = {"temperature": self.temperature, "alpha": self.alpha}
        return {**self.parameters, **{name: value for name, value in own.items() if value is not None}}


@dataclass(frozen=True, kw_only=True, slots=True)
class MethodSettings:
    """One method of a student with its settings; ``weight`` is that of a method on top of the student's own."""

    method: str
    settings: Settings
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class FeatureShapes:
    """What a method may know of a student and its teacher before they train.

    The shapes of their taps, stage by stage, without the batch: (channels, height, width) of a map, (tokens, features)
    of a sequence, and at the end (features,) of the pooled embedding. ``teacher_head`` maps that embedding to logits
    and does not train. ``images``: both networks take images, whose tokens lie in a square.
    """

    student_taps: tuple[tuple[int, ...], ...] = ()
    teacher_taps: tuple[tuple[int, ...], ...] = ()
    teacher_head: nn.Module | None = None
    images: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class LossInputs:
    """One batch as a method sees it, B rows of it: one an example, or ``positions`` of them where a network answers for
    several positions of an example, those of one example together.

    ``targets_B`` are classes (int64), ``IGNORE`` where the student has none: a hidden label never reaches a loss.
    ``teacher_BC`` is None where no member of the stream has a teacher; ``progress`` runs from 0 to 1 over the budget.
    The taps are there for methods that use features: outputs of the stages, the pooled embedding last. ``peers`` are
    the logits (rows, classes) of those who learn beside this student and teach it, without gradients.
    """

    student_BC: Tensor
    teacher_BC: Tensor | None
    targets_B: Tensor
    progress: float
    positions: int = 1
    student_taps: tuple[Tensor, ...] = ()
    teacher_taps: tuple[Tensor, ...] = ()
    peers: tuple[Tensor, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class StepLoss:
    """``parts`` are the terms of a loss before their weights, one at least; a weight that is not named is 1.
    ``readings`` are numbers of the method that are no loss, as a temperature that it learns."""

    parts: Mapping[str, Tensor]
    weights: Mapping[str, float] = field(default_factory=dict)
    readings: Mapping[str, float] = field(default_factory=dict)

    @property
    def total(self) -> Tensor:
        """The weighted sum, which is differentiated."""
        return reduce(add, self.weighted.values())

    @property
    def weighted(self) -> Mapping[str, Tensor]:
        """What each part adds to the sum."""
        return {name: self.weights.get(name, 1.0) * part for name, part in self.parts.items()}


DistillLoss = Callable[[LossInputs], StepLoss]
# Indices of the taps that a method compares: the student's, the teacher's.
StagePairs = tuple[tuple[int, int], ...]


def _fits_any(_pair: FeatureShapes) -> None:
    """Logits alone go with every pair."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Method:
    """``temperature`` and ``alpha`` are defaults; None means that the method does not use it.

    ``build`` makes the loss for a pair: a function, or a module where something in it trains along.

    ``stages``: the taps that its own term compares; None for a method on logits. ``fits`` raises InvalidSetting, with
    the reason, for a pair that it cannot do. ``uses_logits`` and ``uses_teacher_head``: a method on features also reads
    these. ``needs_classes``: its own term needs a class for each row.

    ``uses_rng``: its loss takes numbers from torch's generator, so its students step one at a time. ``standardizes``:
    it compares logits, and can do so after each row was standardised.

    ``per_example``: it compares whole examples (relations, correlations over a batch), so its own term looks at logits
    in one row an example, the mean over its positions; the term for labels looks at labelled rows all the same.

    ``reuses_teacher_head``: the student's network ends in an adapter and the teacher's head, which belong to it and
    count in its size; its taps end in the adapter's map and the mean of that.

    ``mutual``: its students teach each other, where they see the same batches. ``uses_mixup``: teacher and student look
    at mixtures of two images, which have no label.

    ``family`` is one of ``FAMILIES``; left out, it follows from what the method looks at: labels, logits, features or
    schemes.
    ``units``: what the parts of its loss are measured in, by name; one that is left out has no unit, as a squared
    difference of features.

    ``picture`` makes what a page draws of the method for two trained networks, at these settings; without one, pages
    draw its stages, or the softened logits.

    ``source`` names authors, year and title where ``paper``, an arXiv number, is empty.

    ``revision`` is kept by hand: one more wherever a student of the method becomes another one at the same settings
    (its loss, what trains along, its random numbers), so that runs from before are no longer taken for the same.
    """

    name: str
    title: str
    paper: str
    teaches: str
    formula: str
    uses_teacher: bool
    build: Callable[[Settings, FeatureShapes], DistillLoss]
    temperature: float | None = None
    alpha: float | None = None
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    picture: Callable[[Settings, PairActivations], Picture] | None = None
    uses_rng: bool = False
    stages: Callable[[FeatureShapes], StagePairs] | None = None
    uses_logits: bool = False
    uses_teacher_head: bool = False
    needs_classes: bool = False
    standardizes: bool = False
    per_example: bool = False
    reuses_teacher_head: bool = False
    mutual: bool = False
    uses_mixup: bool = False
    fits: Callable[[FeatureShapes], None] = _fits_any
    family: str = ""
    source: str = ""
    revision: int = 1
    units: Mapping[str, str] = field(default_factory=lambda: {"hard": "nats"})

    def __post_init__(self) -> None:
        if self.uses_teacher and self.stages is None:
            object.__setattr__(self, "uses_logits", True)
        if not self.family:
            seen = "labels" if not self.uses_teacher else "features" if self.features else "logits"
            seen = "schemes" if self.mutual or self.uses_mixup else seen
            object.__setattr__(self, "family", seen)

    @property
    def features(self) -> bool:
        """Whether it reads the outputs of stages."""
        return self.stages is not None

    def check(self, pair: FeatureShapes) -> None:
        """Raises InvalidSetting, with the reason, where it cannot do this pair."""
        if self.features and not (pair.student_taps and pair.teacher_taps):
            expected, hint = (
                "two networks with stages",
                "choose a method on logits, as kd, or one network as the teacher",
            )
            raise InvalidSetting(self.title, expected=expected, got="an ensemble, which has none", hint=hint)
        self.fits(pair)

    @property
    def defaults(self) -> dict[str, float]:
        """The parameters' defaults by name."""
        return {name: parameter.default for name, parameter in self.parameters.items()}

    @property
    def default_settings(self) -> Settings:
        """Of a student that asks for nothing else."""
        return Settings(
            temperature=self.temperature,
            alpha=self.alpha,
            parameters=self.defaults,
        )

    @property
    def exclusive(self) -> bool:
        """Whether it goes with no other method: one network has one head, and mixtures have no label."""
        return self.reuses_teacher_head or self.uses_mixup
