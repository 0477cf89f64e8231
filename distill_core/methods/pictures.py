"""What a method's picture shows of two trained networks on the same test images.

A method's ``picture`` makes one of these from the activations of both networks; the page draws it by its type.
Shapes: N images, C classes, K of the images in a graph, H W the size of a map.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from distill_core.lazy_torch import F, Tensor, torch
from distill_core.methods.base import FeatureShapes, LossInputs, Settings, StagePairs
from distill_core.tasks import class_ranks

GRAPH_IMAGES = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class PairActivations:
    """``inputs`` holds both networks' logits and taps, float32, with every image labelled; ``index_N`` are the numbers
    of the test images, class by class; ``stages`` name the taps, the student's first. ``grafted``: the student ends in
    this teacher's head.

    Where networks answer for ``positions`` of an example, N counts some of the rows of logits, ``rows_N``, which lie in
    the examples ``index_N``, and ``examples_K`` are the numbers of all examples that both networks saw.
    """

    student: str
    teacher: str
    pair: FeatureShapes
    grafted: bool
    stages: tuple[tuple[str, ...], tuple[str, ...]]
    inputs: LossInputs
    index_N: np.ndarray
    classes: tuple[str, ...] = ()
    positions: tuple[int, ...] = ()
    rows_N: np.ndarray | None = None
    examples_K: np.ndarray | None = None

    @property
    def logits(self) -> tuple[Tensor, Tensor]:
        """(N, C) of the student and of the teacher."""
        assert self.inputs.teacher_BC is not None
        return self._chosen(self.inputs.student_BC), self._chosen(self.inputs.teacher_BC)

    @property
    def labels_N(self) -> Tensor:
        return self._chosen(self.inputs.targets_B)

    def _chosen(self, rows: Tensor) -> Tensor:
        return rows if self.rows_N is None else rows[torch.from_numpy(self.rows_N)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """The loss pulls ``student_NC`` towards ``target_NC``, which ``target`` names; NaN for a class that is left out.

    ``share``: values are probabilities. ``note_N``: the method's weight of each image, which ``note`` names; both are
    empty without weights.
    """

    what: str
    target: str
    share: bool
    student_NC: np.ndarray
    target_NC: np.ndarray
    note: str = ""
    note_N: np.ndarray | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DecoupledTerms:
    """T² · KL of each image in nats: labelled class against all others (``target_N``), and among the others
    (``others_N``); ``sure_N``: the teacher's probability of the labelled class at this temperature."""

    temperature: float
    target_weight: float
    other_weight: float
    target_N: np.ndarray
    others_N: np.ndarray
    sure_N: np.ndarray


@dataclass(frozen=True, kw_only=True, slots=True)
class AttentionStage:
    """A pair of stages. Maps are (N, H, W) at each network's own size, 0 to 1 for each image; ``alike_N`` is the cosine
    of the two maps at the smaller size, as attention transfer compares them."""

    student: str
    teacher: str
    student_NHW: np.ndarray
    teacher_NHW: np.ndarray
    alike_N: np.ndarray


@dataclass(frozen=True, kw_only=True, slots=True)
class Attention:
    """All paired stages, early to late; ``of_classes``: a map each class instead, of where a network sees it."""

    stages: tuple[AttentionStage, ...]
    of_classes: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Matrices:
    """``student_NN`` and ``teacher_NN``: similarities of pairs of images; ``what`` describes the values."""

    what: str
    student_NN: np.ndarray
    teacher_NN: np.ndarray


@dataclass(frozen=True, kw_only=True, slots=True)
class Graphs:
    """``student_KK`` and ``teacher_KK``: distances of pairs of images; ``places_K``: their rows in the activations.

    ``what`` describes the values, ``unit`` follows a value in a sentence.
    """

    what: str
    unit: str
    student_KK: np.ndarray
    teacher_KK: np.ndarray
    places_K: np.ndarray


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """A stage of a network; ``used``: the method reads it."""

    name: str
    shape: tuple[int, ...]
    used: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Stages:
    """All stages of both networks, early to late, the pooled embedding last; ``pairs`` are compared."""

    student: tuple[Stage, ...]
    teacher: tuple[Stage, ...]
    pairs: StagePairs


Picture = Attention | Matrices | Graphs | DecoupledTerms | Compared | Stages
Draw = Callable[[Settings, PairActivations], Picture]


def compared(
    what: str,
    target: str,
    student_NC: Tensor,
    target_NC: Tensor,
    *,
    share: bool = True,
    note: str = "",
    note_N: Tensor | None = None,
) -> Compared:
    """``Compared`` of tensors."""
    return Compared(
        what=what,
        target=target,
        share=share,
        student_NC=student_NC.numpy(),
        target_NC=target_NC.numpy(),
        note=note,
        note_N=None if note_N is None else note_N.numpy(),
    )


def softened(settings: Settings, activations: PairActivations) -> Compared:
    """Probabilities at the settings' temperature, 1 where the method has none: the picture of a method on logits."""
    temperature = settings.numbers.get("temperature", 1.0)
    student_NC, teacher_NC = ((logits / temperature).softmax(1) for logits in activations.logits)
    return compared(f"probability at T = {temperature:g}", "teacher", student_NC, teacher_NC)


def labelled(settings: Settings, activations: PairActivations) -> Compared:
    """Probabilities beside the label: the picture of a method without a teacher."""
    probabilities_NC = activations.logits[0].softmax(1)
    return compared("probability", "label", probabilities_NC, onehot(activations.labels_N, probabilities_NC))


def matrices(relation: Callable[[Tensor], Tensor], tap: int, what: str) -> Draw:
    """A picture of ``relation``, from features of N images to (N, N), of both networks' tap."""

    def draw(settings: Settings, activations: PairActivations) -> Matrices:
        student, teacher = activations.inputs.student_taps[tap], activations.inputs.teacher_taps[tap]
        return Matrices(what=what, student_NN=relation(student).numpy(), teacher_NN=relation(teacher).numpy())

    return draw


def graphs(relation: Callable[[Tensor], Tensor], what: str, unit: str) -> Draw:
    """A picture of ``relation``, from embeddings of K images to (K, K), for a few images."""

    def draw(settings: Settings, activations: PairActivations) -> Graphs:
        places_K = few(activations)
        rows, inputs = torch.from_numpy(places_K), activations.inputs
        student_KK, teacher_KK = (
            relation(taps[-1][rows]).numpy() for taps in (inputs.student_taps, inputs.teacher_taps)
        )
        return Graphs(what=what, unit=unit, student_KK=student_KK, teacher_KK=teacher_KK, places_K=places_K)

    return draw


def few(activations: PairActivations) -> np.ndarray:
    """(K,) rows of a few images, spread over the classes."""
    return spread(activations.labels_N.numpy(), GRAPH_IMAGES)


def spread(labels_N: np.ndarray, count: int) -> np.ndarray:
    """Indices of ``count`` images, evenly over the classes and the first of each; class by class."""
    chosen = np.lexsort((labels_N, class_ranks(labels_N, np.arange(len(labels_N)))))[:count]
    return chosen[np.lexsort((chosen, labels_N[chosen]))]


def onehot(labels_N: Tensor, like_NC: Tensor) -> Tensor:
    """(N, C): 1 for the labelled class, in the dtype of ``like_NC``."""
    return F.one_hot(labels_N, like_NC.shape[1]).to(like_NC.dtype)
