"""Tasks: data sets in three parts, with the specification of inputs and targets, and metrics.

N examples, B of them in a batch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, Self

import numpy as np

from distill_core.errors import InvalidSetting, said
from distill_core.events import Sink
from distill_core.lazy_torch import Tensor
from distill_core.spec import Experiment

# Marks a position without a target (a hidden label, padding, a void pixel); torch's losses ignore it by this value.
IGNORE = -100


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column of a table: numbers with their mean and deviation, or codes from 0 to ``categories`` - 1; NaN where a
    value is missing. ``missing``: whether some is in the training part, which the statistics are of."""

    mean: float = 0.0
    std: float = 1.0
    categories: int = 0
    missing: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class InputSpec:
    """One example as a network takes it. ``shape`` is without the batch: (1, 28, 28) an image, (80, 101) a spectrogram.

    ``vocabulary``: an example of type int64 holds ids from 0 to ``vocabulary`` - 1. ``columns``: an example is a row of
    a table, (columns,), as it was read.
    """

    shape: tuple[int, ...]
    dtype: Literal["float32", "int64"] = "float32"
    vocabulary: int | None = None
    columns: tuple[Column, ...] = ()

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """An input from the values of ``to_dict``."""
        columns = tuple(Column(**column) for column in values.get("columns", ()))
        return cls(**{**values, "shape": tuple(values["shape"]), "columns": columns})

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON, as homes hold them."""
        plain = asdict(self)
        return plain if self.columns else {name: value for name, value in plain.items() if name != "columns"}

    @property
    def is_image(self) -> bool:
        """Whether it is a square image, (channels, side, side)."""
        return self.dtype == "float32" and len(self.shape) == 3 and self.shape[1] == self.shape[2]


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedColumn:
    """How a column of a table and its categories are called, and between which numbers its own lie in training."""

    name: str
    categories: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetSpec:
    """The classes, and their ``positions``: () for one label an example, (48, 48) for one a pixel."""

    classes: tuple[str, ...]
    positions: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """What the examples of a task are, and how one and several are called: a page asks whether it can show them."""

    name: str
    example: str
    examples: str


EXAMPLE = Kind(name="example", example="example", examples="examples")


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Tasks that differ in one thing alone, which is called ``what``: a picker shows their common ``title`` once."""

    title: str
    what: str


class Dataset(Protocol):
    """One part of a task, in the form that networks take.

    A view follows from ``data_seed``, example and view number alone. ``scene`` names the corruption of the examples,
    empty without one.
    """

    data_seed: int
    scene: str

    @property
    def targets(self) -> np.ndarray:
        """(N, *positions), int64; IGNORE where there is none."""

    def __len__(self) -> int: ...

    def batch(self, examples_B: np.ndarray, views_B: np.ndarray | None = None) -> Tensor:
        """View v of example i, (B, *shape); without views the examples unaugmented."""

    def batch_targets(self, examples_B: np.ndarray, views_B: np.ndarray | None = None) -> np.ndarray:
        """The targets of what ``batch`` gives, (B, *positions): labels of positions move with a view."""

    def seeded(self, data_seed: int) -> Dataset:
        """The same examples with the views of another data seed."""

    def content_hash(self) -> str:
        """SHA-256 (hex) of all examples and targets."""


@dataclass(frozen=True, slots=True)
class Split:
    """``images_NHWC``: uint8, 0 to 255; ``labels_N``: int64, 0 to classes - 1."""

    images_NHWC: np.ndarray
    labels_N: np.ndarray

    def __len__(self) -> int:
        return len(self.labels_N)


@dataclass(frozen=True, slots=True)
class TaskData:
    """Train to learn from, valid to choose by, test to report.

    Each part is a ``Split`` where the task is one of images, and otherwise whatever its ``dataset`` takes.
    """

    train: Any
    valid: Any
    test: Any


@dataclass(frozen=True, kw_only=True, slots=True)
class SplitCounts:
    """The number of examples of each part."""

    train: int
    valid: int
    test: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageSpec:
    """Normalisation of 8-bit pixels (mean and deviation of each channel, 0 to 1), and the augmentation of views."""

    mean: tuple[float, ...]
    std: tuple[float, ...]
    crop_padding_px: int = 0
    flip: bool = False


Loader = Callable[[Path, Sink], TaskData]


@dataclass(frozen=True, kw_only=True, slots=True)
class OfficialTest:
    """The whole official test set of images, of which a task's test part is a sample; ``count`` images.

    ``is_there`` tells whether a home has it or can make it without a download, ``load`` reads it.
    """

    count: int
    is_there: Callable[[Path], bool]
    load: Callable[[Path], Split]


# What only some tasks allow.
Trait = Literal["corruptions", "attacks", "drawing"]


# The scores of the outputs (N, classes, *positions) for a whole part, by name, the task's own first. They get the
# dataset, since a ranking needs more than targets.
Metrics = Callable[[Dataset, np.ndarray], Mapping[str, float]]


# Of metrics whose name says too little.
METRIC_TITLES = {"accuracy": "accuracy", "mean_iou": "mean IoU", "mrr": "MRR"}


def labels_of(dataset: Dataset) -> np.ndarray:
    """(N,): the label of each example, or one stratum for all where an example has several."""
    targets = dataset.targets
    return targets if targets.ndim == 1 else targets.reshape(len(targets), -1)[:, 0] * 0


def accuracy(dataset: Dataset, outputs: np.ndarray) -> Mapping[str, float]:
    """Share of right answers, 0 to 1, over all positions that have a target. ``outputs``: (N, classes, *positions)."""
    known = dataset.targets != IGNORE
    return {"accuracy": float((outputs.argmax(1) == dataset.targets)[known].mean())}


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """A described data set.

    ``load`` reads the parts, and ``dataset(task, part, data_seed=...)`` makes a ``Dataset`` of one. ``sha256`` is that
    of all examples and targets. ``strata``: (N,) integers,
    in equal shares of which labels are drawn. ``metrics``: finite, more is better; a task that names "accuracy" among
    them is one of classes, whose runs get a confusion matrix and calibration too. ``metric``: the name of the first of
    them, before any score is there. ``traits``: what applies to the task.
    ``image_spec`` is None unless the examples are images, ``official_test`` unless the test part is a sample of a set.
    ``default``: the comparison that it begins with; None: the one of images, on this task. ``taught_by``: other tasks
    whose runs may teach this one and be started from, since their training holds nothing of its test. ``features``: of
    a task of sound, the output of the feature graph (``deployment/sound_features.py``) that its networks hear.
    ``turns``: the target of an example depends on its view, so no class can be held out.
    ``valid_note``: a sentence where validation is unlike the test. ``group``: tasks that differ in one thing, and
    ``member``, what that is here. ``columns``: of a task of tables.
    """

    name: str
    title: str
    teaches: str
    source: str
    licence: str
    input: InputSpec
    target: TargetSpec
    counts: SplitCounts
    sha256: str
    load: Loader
    dataset: Callable[..., Any]
    kind: Kind = EXAMPLE
    strata: Callable[[Dataset], np.ndarray] = labels_of
    metrics: Metrics = accuracy
    metric: str = "accuracy"
    traits: frozenset[Trait] = frozenset()
    image_spec: ImageSpec | None = None
    official_test: OfficialTest | None = None
    default: Experiment | None = None
    taught_by: frozenset[str] = frozenset()
    features: Literal["", "without_mean", "with_mean"] = ""
    turns: bool = False
    valid_note: str = ""
    group: Group | None = None
    member: str = ""
    columns: tuple[NamedColumn, ...] = ()

    @property
    def classes(self) -> tuple[str, ...]:
        return self.target.classes

    @property
    def channels(self) -> int:
        return self.input.shape[0]

    @property
    def size_px(self) -> int:
        """The side of a square image."""
        return self.input.shape[-1]

    @property
    def images(self) -> ImageSpec:
        """Raises: InvalidSetting where the examples are no images."""
        if self.image_spec is None:
            got, hint = (
                said("{task!r}, whose examples are {examples}", self.name, self.kind.examples),
                "choose a task of images",
            )
            raise InvalidSetting("a task", expected="images", got=got, hint=hint)
        return self.image_spec

    def applies(self, trait: Trait) -> bool:
        """Whether the task allows this."""
        return trait in self.traits


def null_sink(event: object) -> None:
    """A sink that drops events."""
