"""What every picture of the Temperature page looks at: two networks, one image, T and alpha."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from distill_core.reports.prediction_sources import Predictions
from distill_core.spec import TEMPERATURES
from ui.examples import Examples

__all__ = ["Lens"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lens:
    """``index`` is the chosen test image, which sentences call ``called``; ``labels_N`` are those of the ``test``
    examples.

    ``temperatures`` are all that the slider can stand at. ``stamp`` names teacher, student and task: what was computed
    for one stamp, image, T and alpha stays right. ``roles`` are those of all networks of the student's experiment by
    name, ``settings`` what their looks follow from; they decide how it looks. ``student_name`` is among them.
    """

    stamp: tuple[str, ...]
    teacher: Predictions
    student: Predictions
    classes: Sequence[str]
    test: Examples
    labels_N: np.ndarray
    valid_labels_N: np.ndarray
    index: int
    temperature: float
    alpha: float
    temperatures: tuple[float, ...] = TEMPERATURES
    student_name: str = "student"
    roles: Mapping[str, str] = field(default_factory=lambda: {"student": "student"})
    settings: Mapping[str, str] = field(default_factory=dict)
    number: str = ""

    @property
    def called(self) -> str:
        """The number of the chosen example; of a pixel, its scene and place."""
        return self.number or str(self.index)

    @property
    def label(self) -> int:
        return int(self.labels_N[self.index])

    @property
    def teacher_1C(self) -> np.ndarray:
        """The teacher's logits for the chosen image: (1, C)."""
        return self.teacher.test_logits_NC[self.index : self.index + 1]

    @property
    def student_1C(self) -> np.ndarray:
        """The student's logits for the chosen image: (1, C)."""
        return self.student.test_logits_NC[self.index : self.index + 1]

    @property
    def label_1(self) -> np.ndarray:
        return self.labels_N[self.index : self.index + 1]
