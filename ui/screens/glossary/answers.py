"""Terms of what networks answer, and of the losses that are made of it."""

import math
from collections.abc import Sequence

from ui.screens.glossary.pen import Pen, Term

__all__ = ["NAMES", "TERMS", "softened"]

LOGITS = (6.0, 3.5, 1.0, 0.2)
NAMES = ("shirt", "coat", "dress", "bag")


def softened(logits: Sequence[float], temperature: float) -> list[float]:
    """The softmax of logits over a temperature."""
    each = [math.exp(value / temperature) for value in logits]
    return [value / sum(each) for value in each]


def _logits(pen: Pen) -> None:
    pen.bars(
        [value / 6 for value in LOGITS],
        left=30,
        wide=180,
        names=NAMES,
        colour=pen.muted,
        title="logits: 6, 3.5, 1, 0.2",
    )


def _softmax(pen: Pen) -> None:
    pen.bars([value / 6 for value in LOGITS], left=8, wide=86, colour=pen.muted, title="logits")
    pen.arrow(104, 136, 46)
    pen.bars(softened(LOGITS, 1), left=146, wide=86, title="sum to 100 %")


def _temperature(pen: Pen) -> None:
    pen.bars(softened(LOGITS, 1), left=8, wide=100, names=NAMES, title="T = 1")
    pen.bars(softened(LOGITS, 4), left=130, wide=100, names=NAMES, colour=pen.other, title="T = 4")


def _soft_targets(pen: Pen) -> None:
    pen.bars((1, 0, 0, 0), left=8, wide=100, names=NAMES, colour=pen.muted, title="hard label")
    pen.bars(softened(LOGITS, 3), left=130, wide=100, names=NAMES, title="soft target")


def _dark_knowledge(pen: Pen) -> None:
    values = softened(LOGITS, 3)
    pen.bars(values, left=30, wide=180, names=NAMES, colour=pen.muted)
    pen.bars((0, *values[1:]), left=30, wide=180, colour=pen.other)
    pen.write(150, 24, "what the wrong classes tell")


def _alpha(pen: Pen) -> None:
    pen.rect(20, 36, 60, 22, colour=pen.control)
    pen.rect(80, 36, 140, 22)
    pen.write(50, 28, "1 − α")
    pen.write(150, 28, "α")
    pen.write(50, 74, "label loss", size=9)
    pen.write(150, 74, "distillation loss", size=9)


def _cross_entropy(pen: Pen) -> None:
    pen.axes("probability of the true class", "loss")
    points = [(30 + 190 * p, 78 - 15 * -math.log(p)) for p in (0.012 + 0.988 * i / 40 for i in range(41))]
    pen.line(points, colour=pen.student)


def _kl(pen: Pen) -> None:
    teacher, student = softened(LOGITS, 3), softened((3, 5, 2, 1), 3)
    pen.bars(teacher, left=10, wide=90, colour=pen.teacher, title="teacher")
    pen.bars(student, left=140, wide=90, title="student")
    pen.write(120, 50, "⟷")


def _smoothing(pen: Pen) -> None:
    pen.bars((1, 0, 0, 0), left=8, wide=100, names=NAMES, colour=pen.muted, title="label")
    pen.bars(
        (0.88, 0.04, 0.04, 0.04), left=130, wide=100, names=NAMES, colour=pen.control, title="smoothed, no teacher"
    )


TERMS = (
    Term(
        "logits",
        "Logits",
        "The numbers that a network gives each class, before softmax turns them into probabilities.",
        "Four bars: logits of four classes",
        _logits,
    ),
    Term(
        "softmax",
        "Softmax",
        "It makes positive numbers that sum to 1 of logits: each is the exponential of its logit, divided by the "
        "sum of all.",
        "Bars of logits become bars of probabilities",
        _softmax,
    ),
    Term(
        "temperature",
        "Temperature (T)",
        "Logits are divided by T before softmax: at T = 1 the answer is as it is, a higher T makes it softer and "
        "shows more of the wrong classes.",
        "Probabilities of four classes, peaked at T = 1 and flatter at T = 4",
        _temperature,
    ),
    Term(
        "soft-targets",
        "Soft targets",
        "The teacher's probabilities for all classes, used as the target in place of one label, or beside it.",
        "A hard label with one bar beside a soft target with four",
        _soft_targets,
    ),
    Term(
        "dark-knowledge",
        "Dark knowledge",
        "What the teacher's probabilities of the wrong classes tell: a shirt looks more like a coat than like a bag.",
        "The small bars of the wrong classes are marked",
        _dark_knowledge,
    ),
    Term(
        "alpha",
        "Alpha (α)",
        "The weight of the distillation loss in KD: 0 is labels only, 1 is the teacher only.",
        "A bar split into 1 − α for the label loss and α for the distillation loss",
        _alpha,
    ),
    Term(
        "cross-entropy",
        "Label loss (cross-entropy, CE)",
        "The negative logarithm of the probability that the network gives to the true class.",
        "A curve that falls as the probability of the true class rises",
        _cross_entropy,
    ),
    Term(
        "kl",
        "Distillation loss (KL divergence)",
        "How far the student's softened probabilities are from the teacher's, in nats; 0 where they are equal. KD "
        "multiplies it by T².",
        "Probabilities of teacher and student side by side",
        _kl,
    ),
    Term(
        "label-smoothing",
        "Label smoothing",
        "A label that gives a little of its weight to all other classes alike: soft targets without a teacher.",
        "A hard label beside a smoothed one",
        _smoothing,
    ),
)
