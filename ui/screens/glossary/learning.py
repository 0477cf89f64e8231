"""Terms of who learns, from whom, and on which examples."""

from ui.screens.glossary.answers import NAMES
from ui.screens.glossary.pen import Pen, Term

__all__ = ["TERMS"]


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


def _transfer(pen: Pen) -> None:
    rows = [[1 if x < 3 else 0 for x in range(12)] for _ in range(3)]
    pen.cells([[1] * 12] * 3, left=36, top=16, colour=pen.other)
    pen.cells(rows, left=36, top=16, colour=pen.student)
    pen.write(57, 74, "labelled", colour=pen.student)
    pen.write(150, 74, "all: labelled or not", colour=pen.other)


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
        "transfer-set",
        "Transfer set",
        "The examples on which the student learns from its teacher: the labelled ones, or all of them, since the "
        "teacher needs no label.",
        "A few labelled squares among many without a label",
        _transfer,
    ),
    Term(
        "label-budget",
        "Label budget",
        "How many training examples have their label; the others can only be used through the teacher.",
        "Three bars: 100, 500 and all labels",
        _labels,
    ),
    Term(
        "held-out-class",
        "Held-out class",
        "A class of which the student sees no example in training, so that only its teacher can tell of it.",
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
