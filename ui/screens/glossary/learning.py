"""Terms of distillation itself."""

import math
from collections.abc import Sequence

from ui.screens.glossary.pen import Pen, Term

__all__ = ["TERMS", "softened"]

LOGITS = (6.0, 3.5, 1.0, 0.2)
NAMES = ("shirt", "coat", "dress", "bag")


def softened(logits: Sequence[float], temperature: float) -> list[float]:
    """The softmax of logits over a temperature."""
    each = [math.exp(value / temperature) for value in logits]
    return [value / sum(each) for value in each]


def _distillation(pen: Pen) -> None:
    pen.box(8, 18, 92, 60, "teacher", colour=pen.teacher)
    pen.arrow(104, 162, 48, "answers")
    pen.box(166, 34, 62, 28, "student", colour=pen.student)


def _teacher(pen: Pen) -> None:
    pen.box(84, 14, 72, 68, "", colour=pen.teacher)
    pen.write(120, 44, "★", size=18)
    pen.write(120, 66, "teacher")


def _student(pen: Pen) -> None:
    pen.box(20, 10, 60, 76, "teacher", colour=pen.teacher)
    pen.arrow(84, 150, 48)
    pen.box(154, 34, 64, 28, "student", colour=pen.student)


def _control(pen: Pen) -> None:
    for y, name, colour, fed in (
        (8, "student", pen.student, "labels + teacher"),
        (54, "control", pen.control, "labels"),
    ):
        pen.write(56, y + 20, fed)
        pen.arrow(104, 146, y + 16, colour=colour)
        pen.box(150, y, 70, 32, name, colour=colour)


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


def _transfer(pen: Pen) -> None:
    rows = [[1 if x < 3 else 0 for x in range(12)] for _ in range(3)]
    pen.cells([[1] * 12] * 3, left=36, top=16, colour=pen.other)
    pen.cells(rows, left=36, top=16, colour=pen.student)
    pen.write(57, 74, "labelled", colour=pen.student)
    pen.write(150, 74, "all images: labelled or not", colour=pen.other)


def _labels(pen: Pen) -> None:
    for place, (count, share) in enumerate((("100", 0.15), ("500", 0.4), ("all", 1.0))):
        y = 14 + 26 * place
        pen.write(40, y + 12, count, at="end")
        pen.rect(48, y, 170, 16, colour=pen.grid)
        pen.rect(48, y, 170 * share, 16)


def _held_out(pen: Pen) -> None:
    for place, name in enumerate(NAMES):
        colour = pen.muted if name != "bag" else pen.other
        pen.box(10 + 56 * place, 30, 50, 30, name, colour=colour)
    pen.line([(178, 28), (228, 62)], colour=pen.other)
    pen.write(120, 82, "the student never sees a bag")


def _assistant(pen: Pen) -> None:
    for x, high, name, colour in (
        (8, 72, "teacher", pen.teacher),
        (92, 50, "assistant", pen.other),
        (176, 28, "student", pen.student),
    ):
        pen.box(x, 48 - high / 2, 58, high, name, colour=colour)
    pen.arrow(70, 88, 48)
    pen.arrow(154, 172, 48)


def _ensemble(pen: Pen) -> None:
    for y in (10, 38, 66):
        pen.box(10, y, 56, 20, "teacher", colour=pen.teacher)
        pen.line([(68, y + 10), (112, 48)], thick=1)
    pen.write(128, 52, "mean")
    pen.arrow(146, 164, 48)
    pen.box(168, 34, 62, 28, "student", colour=pen.student)


def _smoothing(pen: Pen) -> None:
    pen.bars((1, 0, 0, 0), left=8, wide=100, names=NAMES, colour=pen.muted, title="label")
    pen.bars(
        (0.88, 0.04, 0.04, 0.04), left=130, wide=100, names=NAMES, colour=pen.control, title="smoothed, no teacher"
    )


def _features(pen: Pen) -> None:
    for y, colour, name in ((10, pen.teacher, "teacher"), (60, pen.student, "student")):
        pen.write(8, y + 16, name, at="start", size=9)
        for x in (60, 120, 180):
            pen.box(x, y, 46, 24, "stage", colour=colour)
    for x in (83, 143, 203):
        pen.line([(x, 36), (x, 58)], dashed=True, thick=1.5)


def _mutual(pen: Pen) -> None:
    pen.box(14, 34, 70, 30, "student 1", colour=pen.student)
    pen.box(156, 34, 70, 30, "student 2", colour=pen.other)
    pen.arrow(88, 152, 42)
    pen.arrow(152, 88, 56)


TERMS = (
    Term(
        "distillation",
        "Knowledge distillation (KD)",
        "A small network is trained on the answers of a large one, not on labels alone.",
        "A large box, teacher, hands its answers to a small box, student",
        _distillation,
    ),
    Term(
        "teacher",
        "Teacher",
        "The trained network, or several together, that a student learns from; a star in every chart.",
        "A box with a star, named teacher",
        _teacher,
    ),
    Term(
        "student",
        "Student",
        "The network that learns: usually smaller and faster than its teacher.",
        "An arrow from a tall box, teacher, to a small box, student",
        _student,
    ),
    Term(
        "control",
        "Control",
        "The same network as the student, trained as long and from the same initial weights, on labels alone: the "
        "difference between both is what the teacher brought.",
        "Student fed with labels and teacher; control fed with labels alone",
        _control,
    ),
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
        "transfer-set",
        "Transfer set",
        "The images on which the student learns from its teacher: the labelled ones, or all of them, since the "
        "teacher needs no label.",
        "A few labelled squares among many without a label",
        _transfer,
    ),
    Term(
        "label-budget",
        "Label budget",
        "How many training images have their label; the others can only be used through the teacher.",
        "Three bars: 100, 500 and all labels",
        _labels,
    ),
    Term(
        "held-out-class",
        "Held-out class",
        "A class of which the student sees no image in training, so that only its teacher can tell of it.",
        "Four classes, one of them crossed out",
        _held_out,
    ),
    Term(
        "assistant",
        "Teacher assistant",
        "A network of middle size that learns from the teacher first and then teaches the student.",
        "Three boxes of falling height: teacher, assistant, student",
        _assistant,
    ),
    Term(
        "ensemble",
        "Ensemble",
        "Several teachers together, which answer with the mean of their probabilities.",
        "Three teachers, their mean, one student",
        _ensemble,
    ),
    Term(
        "label-smoothing",
        "Label smoothing",
        "A label that gives a little of its weight to all other classes alike: soft targets without a teacher.",
        "A hard label beside a smoothed one",
        _smoothing,
    ),
    Term(
        "feature-matching",
        "Feature matching",
        "The student learns to have the same activations as its teacher inside the network, stage by stage; an "
        "adapter translates where their shapes differ.",
        "Three stages of the teacher joined to three of the student",
        _features,
    ),
    Term(
        "mutual-learning",
        "Mutual learning",
        "Students that start from different weights teach each other while they train, without a teacher.",
        "Two students with arrows both ways",
        _mutual,
    ),
)
