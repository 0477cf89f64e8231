"""What is told of own data: a JSON file beside their examples."""

import math
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from distill_core.errors import Said, said
from distill_core.said import Names
from distill_core.spec import Specification, fingerprint
from distill_core.spec.base import Several
from distill_core.spec.fields import Name

MOST_REFUSED = 1_000
# An interval of ten points to either side, and classes that accuracy hides.
FEW_TEST, UNEVEN = 100, 5
# As an interval over them takes.
FEWEST_SPEAKERS = 3
Told = Annotated[str, StringConstraints(max_length=500)]
Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Kind = Literal["images", "texts", "sounds", "scenes", "tables"]


class PartCounts(Specification):
    train: Count
    valid: Count
    test: Count


class RefusedEntry(Specification):
    path: Told
    reason: Annotated[str, StringConstraints(max_length=40)]


class ImageDetails(Specification):
    """``mirrored``: a mirrored picture is of the same class, so that views may be."""

    side_px: Annotated[int, Field(ge=16, le=64)]
    channels: Literal[1, 3]
    mirrored: bool
    mean: Several[Share]
    std: Several[Share]


class MaskDetails(Specification):
    """``void_pixels``: without a class; ``void_classes``: those that training or test show no pixel of."""

    void_pixels: Count = 0
    void_classes: Several[Name] = ()


class ColumnDetails(Specification):
    """A column that networks get: ``categories`` in the order of their codes, or none and what its numbers are, all by
    the training part. ``missing``: how many rows of that lack a value."""

    name: Name
    categories: Several[Name] = ()
    mean: float = 0.0
    std: float = 1.0
    low: float = 0.0
    high: float = 0.0
    missing: Count = 0


class LeftOutColumn(Specification):
    name: Name
    reason: Annotated[str, StringConstraints(max_length=40)]


class TableDetails(Specification):
    """``label``: the column of classes; ``decimal``: the mark of its numbers."""

    label: Name
    decimal: Literal[".", ","] = "."
    columns: Several[ColumnDetails] = Field(min_length=1, max_length=200)
    left_out: Several[LeftOutColumn] = ()


class OwnData(Specification):
    """``per_class``: examples of each class in all parts, of scenes their pixels. ``refused``: the first of
    ``refused_count`` files that are not among the examples; ``twice``: how many of these were the same as another one.
    ``given_parts``: the parts that the files themselves tell; the others are drawn. ``speakers``: whose voices the
    recordings are, where a table tells it; so many are in the test."""

    format: Literal[1] = 1
    title: Name
    kind: Kind
    classes: Several[Name] = Field(min_length=2, max_length=200)
    source: Told = ""
    licence: Told = ""
    counts: PartCounts
    per_class: Several[Count]
    sha256: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
    given_parts: Several[Literal["train", "valid", "test"]] = ()
    refused: Several[RefusedEntry] = ()
    refused_count: Count = 0
    twice: Count = 0
    added_at: str = ""
    images: ImageDetails | None = None
    masks: MaskDetails | None = Field(default=None, exclude_if=lambda value: value is None)
    speakers: Several[Name] = Field(default=(), exclude_if=lambda value: not value)
    test_speakers: Count = Field(default=0, exclude_if=lambda value: not value)
    table: TableDetails | None = Field(default=None, exclude_if=lambda value: value is None)

    @property
    def name(self) -> str:
        """The id of the task: equal data with equal settings are called equal in every lab."""
        more = (self.table,) if self.table else ()
        return f"own_{fingerprint(self.kind, self.sha256, self.classes, self.images, *more)[:16]}"

    @property
    def in_rows(self) -> bool:
        """Whether they came as rows of one file, and not as files."""
        return self.kind in ("texts", "tables")

    def warnings(self) -> tuple[Said, ...]:
        """What a result on these data cannot show."""
        found = []
        if self.masks:
            return (*self._few_scenes(), *self._uneven_pixels(), *self._void())
        if self.counts.test < FEW_TEST:
            text = "The test has {count} examples: an accuracy of it is known to about {points} points to either side."
            found.append(said(text, self.counts.test, _half_width_points(self.counts.test)))
        if max(self.per_class) > UNEVEN * min(self.per_class):
            text = (
                "The largest class has {largest:,} examples and the smallest {smallest:,}: accuracy is mostly about "
                "the large ones, so look at the mean recall of the classes too."
            )
            found.append(said(text, max(self.per_class), min(self.per_class)))
        if self.speakers and self.test_speakers < FEWEST_SPEAKERS:
            text = (
                "The test has {count} of {all} voices: an interval over voices takes {least} at least, and one over "
                "seeds leaves out how far voices lie apart."
            )
            found.append(said(text, self.test_speakers, len(self.speakers), FEWEST_SPEAKERS))
        return tuple(found)

    def _few_scenes(self) -> tuple[Said, ...]:
        if self.counts.test >= FEW_TEST:
            return ()
        text = (
            "The test has {count} scenes, and pixels of one scene are alike: a share of right pixels is known to about "
            "{points} points to either side."
        )
        return (said(text, self.counts.test, _half_width_points(self.counts.test)),)

    def _uneven_pixels(self) -> tuple[Said, ...]:
        largest, smallest = (choose(range(len(self.classes)), key=self.per_class.__getitem__) for choose in (max, min))
        if self.per_class[largest] <= UNEVEN * self.per_class[smallest]:
            return ()
        every = sum(self.per_class)
        text = (
            "Of 100 pixels {most:.1f} are of {largest} and {least:.1f} of {smallest}: the score is mean IoU, in which "
            "each class counts alike."
        )
        places = (100 * self.per_class[largest] / every, self.classes[largest], 100 * self.per_class[smallest] / every)
        return (said(text, *places, self.classes[smallest]),)

    def _void(self) -> tuple[Said, ...]:
        if self.masks is None or not self.masks.void_classes:
            return ()
        text = "Training or test show no pixel of {names}: these count as no class."
        return (said(text, Names(self.masks.void_classes)),)


def _half_width_points(count: int) -> int:
    """Of a 95 % interval (normal approximation) at an accuracy of one half, in whole percentage points."""
    return round(98 / math.sqrt(count))
