"""Terms of training."""

import math

from ui.screens.glossary.pen import Pen, Term

__all__ = ["TERMS"]


def _update(pen: Pen) -> None:
    pen.axes("updates", "loss")
    pen.line([(30 + 7 * step, 18 + 54 * (1 - math.exp(-step / 7))) for step in range(28)], colour=pen.student)


def _batch(pen: Pen) -> None:
    pen.cells([[0] * 12] * 4, left=36)
    pen.cells([[1] * 5] * 2, left=64, top=28)
    pen.write(120, 86, "one update looks at one batch")


def _rate(pen: Pen) -> None:
    pen.axes("updates", "learning rate")
    pen.line([(30, 78), (70, 20)], colour=pen.other)
    curve = [(70 + 150 * i / 30, 78 - 29 * (1 + math.cos(math.pi * i / 30))) for i in range(31)]
    pen.line(curve, colour=pen.student)
    pen.write(66, 60, "warm-up", at="start", colour=pen.other, size=9)


def _decay(pen: Pen) -> None:
    pen.line([(20, 78), (220, 78)], colour=pen.grid)
    for x, high in ((40, 60), (90, 34), (140, 50), (190, 20)):
        pen.rect(x - 14, 78 - high, 12, high, colour=pen.muted)
        pen.rect(x, 78 - 0.75 * high, 12, 0.75 * high)
    pen.write(120, 92, "weights before and after", size=9)


def _momentum(pen: Pen) -> None:
    zigzag = [(20 + 12 * i, 34 + (14 if i % 2 else -14)) for i in range(17)]
    pen.line(zigzag, thick=1.5)
    pen.line([(20 + 12 * i, 72 + (4 if i % 2 else -4) * math.exp(-i / 6)) for i in range(17)], colour=pen.student)
    pen.write(214, 92, "with momentum", at="end", size=9, colour=pen.student)


def _views(pen: Pen) -> None:
    pen.box(14, 24, 48, 48, "image")
    for place, (x, y) in enumerate(((110, 22), (152, 30), (194, 18))):
        pen.box(x, y, 34, 48, f"{place + 1}", colour=pen.student)
    pen.arrow(68, 102, 48)


def _precomputed(pen: Pen) -> None:
    pen.box(8, 32, 62, 32, "teacher", colour=pen.teacher)
    pen.arrow(74, 92, 48)
    for y in (20, 40, 60):
        pen.rect(98, y, 48, 14, colour=pen.grid)
    pen.write(122, 92, "kept outputs", size=9)
    pen.arrow(150, 168, 48)
    pen.box(172, 34, 60, 28, "student", colour=pen.student)


def _consistent(pen: Pen) -> None:
    pen.box(8, 32, 66, 32, "fresh batch")
    pen.line([(76, 44), (110, 24)], thick=1.5)
    pen.line([(76, 52), (110, 72)], thick=1.5)
    pen.box(112, 10, 64, 26, "teacher", colour=pen.teacher)
    pen.box(112, 60, 64, 26, "student", colour=pen.student)
    pen.line([(144, 38), (144, 58)], dashed=True, thick=1.5)


def _gradient(pen: Pen) -> None:
    pen.line([(60, 78), (60, 26)], colour=pen.control, thick=3)
    pen.line([(60, 78), (160, 38)], colour=pen.student, thick=3)
    pen.write(56, 20, "label loss", colour=pen.control)
    pen.write(164, 34, "distillation loss", at="start", colour=pen.student, size=9)
    pen.write(92, 58, "angle", size=9)


def _seeds(pen: Pen) -> None:
    for place, (y, colour) in enumerate(((40, pen.student), (26, pen.other), (52, pen.third))):
        x = 50 + 60 * place
        pen.dot(x, y, colour=colour, radius=6)
        pen.write(x, 78, f"seed {place}")


def _validation(pen: Pen) -> None:
    for x, wide, name, colour in (
        (10, 130, "training", pen.student),
        (144, 40, "valid.", pen.other),
        (188, 42, "test", pen.third),
    ):
        pen.rect(x, 30, wide, 26, colour=colour, opacity=0.85)
        pen.write(x + wide / 2, 72, name)


TERMS = (
    Term(
        "update",
        "Update",
        "One step of the optimiser on one batch; all students of an experiment take equally many.",
        "Loss falls over updates",
        _update,
    ),
    Term(
        "batch-size",
        "Batch size",
        "How many examples an update looks at; in a benchmark, how many one run answers.",
        "A few marked squares among many",
        _batch,
    ),
    Term(
        "learning-rate",
        "Learning rate and warm-up",
        "How far an update moves the weights; it rises during warm-up and then falls.",
        "A rate that rises and then falls",
        _rate,
    ),
    Term(
        "weight-decay",
        "Weight decay",
        "Each update also pulls all weights a little towards 0, against overfitting.",
        "Four weights, each smaller after decay",
        _decay,
    ),
    Term(
        "momentum",
        "Momentum",
        "The optimiser keeps a part of its last step, which smooths a zigzag path.",
        "A zigzag path above a smooth one",
        _momentum,
    ),
    Term(
        "views",
        "Augmented views",
        "Changed forms of an example, as crops and flips of an image, "
        "which count as further examples to learn from; teacher and student see the same ones.",
        "One image and three crops of it",
        _views,
    ),
    Term(
        "precomputed",
        "Precomputed teacher outputs (cached views)",
        "The teacher answers a fixed number of views of each example once, and its outputs are kept: it costs "
        "nothing at an update.",
        "Teacher, kept outputs, student",
        _precomputed,
    ),
    Term(
        "consistent",
        "Consistent teaching (per batch)",
        "Teacher and student look at the same fresh views in every batch, so the teacher runs each time.",
        "A fresh batch goes to teacher and student",
        _consistent,
    ),
    Term(
        "gradient-balance",
        "Gradient balance",
        "The norms of the gradients of distillation loss and label loss, and the cosine of their angle: which "
        "loss moves the weights, and whether both move them the same way.",
        "Two arrows with an angle between them",
        _gradient,
    ),
    Term(
        "seeds",
        "Seeds",
        "Numbers that start the random generators: each seed trains the network once more from other weights, in "
        "another order, and shows how much is chance.",
        "Three dots of different height for three seeds",
        _seeds,
    ),
    Term(
        "validation",
        "Training, validation and test set",
        "Networks learn from the first, settings are chosen on the second, and results are reported on the third.",
        "A bar of three parts",
        _validation,
    ),
)
