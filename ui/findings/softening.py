"""What T does to the teacher's answer to one image: its first class, its entropy, its wrong classes among themselves.

``ui/screens/temperature/probabilities.py`` finds these facts; shares are 0 to 1, ``cold`` is at T = 1 and ``warm`` at
``temperature``, None where that is 1."""

from dataclasses import dataclass

__all__ = ["Entropy", "First", "Ranking", "SceneEntropy", "WrongClasses"]


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """The class that the teacher puts first, and the image's ``label``."""

    name: str
    label: str
    cold: float
    warm: float | None
    temperature: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Entropy:
    """In bits; the most is that of equal shares of so many classes."""

    cold: float
    warm: float | None
    temperature: float
    classes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongClasses:
    """The first of the wrong ``classes`` by its share of what they all get."""

    name: str
    cold: float
    warm: float | None
    temperature: float
    classes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The classes in the order of the teacher's logits."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneEntropy:
    """The mean over the pixels of a scene, in bits."""

    cold: float
    warm: float | None
    temperature: float
    pixels: int
    classes: int
