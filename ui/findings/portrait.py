"""What a method compares of two trained networks on the same images: answers, maps, similarities, graphs
and stages.

``ui/screens/methods`` finds these facts; an image is named by its class and number."""

from dataclasses import dataclass

__all__ = [
    *("Alike", "ClassPair", "ClassesSeen", "Edge", "Edges", "Farthest", "FarthestMaps", "GraphGap", "ImageWeight"),
    *("MapsAlike", "MeanGap", "NoMaps", "OthersWeight", "StagePairs"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Farthest:
    """The class on which student and target differ most for an image; ``share``: the values are probabilities (0 to 1).
    ``target`` is what a method calls its target."""

    image: str
    name: str
    target: str
    share: bool
    of_target: float
    of_student: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanGap:
    """Over all images and classes."""

    images: int
    gap: float
    share: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageWeight:
    """The weight of an image and its mean over all; ``note`` is what a method calls it."""

    note: str
    here: float
    mean: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Two images, and how far apart each network puts them."""

    first: str
    other: str
    teacher: float
    student: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """The edges that differ most; ``unit`` is what a method calls the unit of a distance."""

    edges: tuple[Edge, ...]
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphGap:
    """Over all edges: the mean difference of both graphs, and how their distances correlate (1: the same graph)."""

    edges: int
    mean: float
    correlation: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """How many times as alike two images of one class are as two of different ones, to each network."""

    teacher: float
    student: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassPair:
    """The classes whose similarity differs most between the networks."""

    first: str
    other: str
    teacher: float
    student: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePairs:
    """Compared stages, each by name (None: the embedding) and shape, the student's first; ``adapters`` is the number of
    parameters that are trained between them."""

    pairs: tuple[tuple[tuple[str | None, tuple[int, ...]], tuple[str | None, tuple[int, ...]]], ...]
    adapters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoMaps:
    """Each map is a single number, of which the cosine says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapsAlike:
    """The stages whose attention maps are ``most`` and ``least`` alike, with the mean cosine over the images; None
    where there is one stage."""

    images: int
    most: tuple[str, float]
    least: tuple[str, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FarthestMaps:
    """The image at which the maps of that stage differ most."""

    image: str
    cosine: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OthersWeight:
    """The image on which the teacher is surest of the right class (``sure``, 0 to 1), and what both parts of KD weigh
    in a method on every image: NCKD ``others``, TCKD ``target``. KD itself gives NCKD 1 - ``sure``."""

    image: str
    sure: float
    others: float
    target: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassesSeen:
    """The classes that teacher and student see in places ``most`` and ``least`` alike, with the mean cosine over the
    scenes."""

    scenes: int
    most: tuple[str, float]
    least: tuple[str, float]
