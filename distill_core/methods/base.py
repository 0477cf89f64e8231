"""``Method``: a described function that builds a loss, with the types of what it takes and returns."""

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

# In the order in which forms offer them.
FAMILIES = ("labels", "logits", "relations", "features", "schemes")
# The method of every control: cross-entropy with labels alone.
CONTROL_METHOD = "labels"


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """A student's complete settings of one method, with all defaults filled in."""

    temperature: float | None = None
    alpha: float | None = None
    parameters: Mapping[str, float] = field(default_factory=dict)
    standardized: bool = False

    @property
    def numbers(self) -> Mapping[str, float]:
        """The parameters by name, with temperature and alpha where the method has them."""
        both = {"temperature": self.temperature, "alpha": self.alpha}
        return {**self.parameters, **{name: value for name, value in both.items() if value is not None}}


@dataclass(frozen=True, kw_only=True, slots=True)
class MethodSettings:
    """One method of a student with its settings; ``weight`` is that of a method on top of the student's own."""

    method: str
    settings: Settings
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class FeatureShapes:
    """The tap shapes of a student and its teacher, known before they train.

    A shape is that of one example, without the batch: (channels, height, width) of a map, (tokens, features)
    of a sequence, and at the end (features,) of the pooled embedding. ``teacher_head`` maps that embedding to logits
    and does not train. ``images``: both networks take images, whose tokens lie in a square.
    """

    student_taps: tuple[tuple[int, ...], ...] = ()
    teacher_taps: tuple[tuple[int, ...], ...] = ()
    teacher_head: nn.Module | None = None
    images: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class LossInputs:
    """The inputs of a loss for one batch. B rows: one an example, or ``positions`` of them where a network answers for
    several positions of an example; the rows of an example stay together.

    ``targets_B`` are classes (int64), ``IGNORE`` where the student has none: a hidden label never reaches a loss.
    ``teacher_BC`` is None where no member of the stream has a teacher; ``progress`` runs from 0 to 1 over the budget.
    The taps are the outputs of the stages, the pooled embedding last; they are empty unless a method uses features.
    ``peers`` are the logits (rows, classes) of the students that teach this one, without gradients.
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
    """``parts`` are the terms of a loss before their weights, at least one; a weight that is not named is 1.
    ``readings`` are further numbers for the live chart, as a learnt temperature."""

    parts: Mapping[str, Tensor]
    weights: Mapping[str, float] = field(default_factory=dict)
    readings: Mapping[str, float] = field(default_factory=dict)

    @property
    def total(self) -> Tensor:
        """The weighted sum of the parts."""
        return reduce(add, self.weighted.values())

    @property
    def weighted(self) -> Mapping[str, Tensor]:
        """Each part times its weight."""
        return {name: self.weights.get(name, 1.0) * part for name, part in self.parts.items()}


DistillLoss = Callable[[LossInputs], StepLoss]
# Indices of the taps that a method compares: the student's, the teacher's.
StagePairs = tuple[tuple[int, int], ...]


def _fits_any(_pair: FeatureShapes) -> None:
    """A method on logits accepts every pair."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Method:
    """``temperature`` and ``alpha`` are defaults; None means that the method does not use it.

    ``build`` makes the loss for a pair: a function, or an ``nn.Module`` whose parameters train with the student.

    ``stages``: the taps that its own term compares; None for a method on logits. ``fits`` raises InvalidSetting, with
    the reason, for a pair that the method does not support. ``uses_logits`` and ``uses_teacher_head``: a method on
    features also reads these. ``reads_maps``: stages that it compares are maps, which not every architecture has.
    ``needs_classes``: its own term needs a class for each row.

    ``uses_rng``: its loss draws from torch's default generator, so its students step one at a time. ``standardizes``:
    it compares logits, and can standardise each row of them first.

    ``per_example``: it compares whole examples (relations, correlations over a batch), so its own term reads one row
    of logits an example, the mean over its positions; cross-entropy reads every labelled row.

    ``needs_positions``: it compares answers over the positions of an example, so a task has a label at each.
    ``reads_embedding``: its term, or the network that it needs, takes a pooled embedding, one row an example, which a
    network that answers for positions does not have.

    ``reuses_teacher_head``: the student's network ends in an adapter and the teacher's head, which belong to it and
    count in its size; its taps end in the adapter's map and the mean of that.

    ``mutual``: its students teach each other on the same batches. ``uses_mixup``: teacher and student get mixtures of
    two images, which have no label.

    ``family`` is one of ``FAMILIES``; left out, it follows from the other fields.
    ``units``: the unit of each part of its loss by name; a part that is left out has none, as a squared difference of
    features.

    ``picture`` computes what a page draws of the method for two trained networks; without it, pages draw its stages or
    the softened logits.

    ``year`` is that of the paper's publication, None only where there is no paper. ``source`` names authors, year and
    title where ``paper``, an arXiv number, is empty. ``symbols`` are the letters of ``formula`` that mean something of
    this method's own, beyond those of ``methods/symbols.py``.

    Raise ``revision`` by hand whenever the same settings train another student (the loss, its parameters, its random
    numbers), so that older runs are not reused.
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
    needs_positions: bool = False
    reads_embedding: bool = False
    reuses_teacher_head: bool = False
    mutual: bool = False
    uses_mixup: bool = False
    reads_maps: bool = False
    fits: Callable[[FeatureShapes], None] = _fits_any
    family: str = ""
    year: int | None = None
    source: str = ""
    symbols: Mapping[str, str] = field(default_factory=dict)
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
        """Raises InvalidSetting, with the reason, where the method does not support this pair."""
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
        """The settings of a student that gives none."""
        return Settings(
            temperature=self.temperature,
            alpha=self.alpha,
            parameters=self.defaults,
        )

    @property
    def exclusive(self) -> bool:
        """Whether no other method can be added: a network has one head, and mixtures have no label."""
        return self.reuses_teacher_head or self.uses_mixup
