"""Terms of compression."""

import itertools

from ui.screens.glossary.pen import Pen, Term

__all__ = ["TERMS"]


def _pipeline(pen: Pen) -> None:
    for x, high, name in ((6, 70, "teacher"), (88, 46, "pruned"), (170, 28, "int8")):
        pen.box(x, 48 - high / 2, 62, high, name, colour=pen.teacher if x == 6 else pen.student)
    pen.arrow(70, 86, 48)
    pen.arrow(152, 168, 48)


def _baseline(pen: Pen) -> None:
    for y, start, colour in ((8, "teacher's weights", pen.student), (54, "random weights", pen.control)):
        pen.write(54, y + 20, start, size=9)
        pen.arrow(104, 150, y + 16, "trained", colour=colour)
        pen.box(154, y, 74, 32, "same form", colour=colour)


def _prune(pen: Pen) -> None:
    pen.cells([[0.8, 0.8, 0.8, 0.8]] * 4, left=20, top=20)
    pen.arrow(92, 130, 48, "prune")
    pen.cells([[0.8, 0.8]] * 4, left=150, top=20)


def _sparse(pen: Pen) -> None:
    pen.cells([[0.8, 0.8, 0.8, 0.8]] * 4, left=20, top=20)
    pen.arrow(92, 130, 48)
    pen.cells([[0.8, 0, 0, 0], [0, 0, 0.8, 0], [0, 0.8, 0, 0], [0, 0, 0, 0.8]], left=150, top=20)


def _slice(pen: Pen) -> None:
    for place, high in enumerate((64, 64, 64, 64)):
        pen.box(20 + 22 * place, 48 - high / 2, 16, high, colour=pen.teacher if place in (1, 3) else pen.student)
    pen.arrow(118, 150, 48, "keep")
    for place in range(2):
        pen.box(164 + 22 * place, 16, 16, 64, colour=pen.student)


def _int8(pen: Pen) -> None:
    pen.axes("", "", left=30, right=220)
    pen.line([(30, 74), (210, 14)], thick=1.5)
    steps = [(30 + 22.5 * i, 74 - 7.5 * ((i + 1) // 2 * 2)) for i in range(9)]
    stairs = [point for (x, y), (x2, _) in itertools.pairwise(steps) for point in ((x, y), (x2, y))]
    pen.line(stairs, colour=pen.student)
    pen.write(150, 70, "rounded to 256 steps", size=9)


def _qat(pen: Pen) -> None:
    pen.box(6, 32, 54, 32, "weights", colour=pen.student)
    pen.arrow(62, 80, 48)
    pen.box(82, 32, 66, 32, "round to 8 bits", colour=pen.other)
    pen.arrow(150, 168, 48)
    pen.write(200, 52, "loss")
    pen.line([(200, 60), (200, 84), (33, 84), (33, 66)], dashed=True, thick=1.5)


def _float16(pen: Pen) -> None:
    for y, wide, name in ((20, 150, "float32"), (48, 75, "float16"), (76, 37, "int8")):
        pen.rect(70, y - 8, wide, 16)
        pen.write(62, y + 4, name, at="end")


def _tucker(pen: Pen) -> None:
    pen.box(10, 18, 60, 60, "3×3")
    pen.write(88, 52, "≈", size=16)
    for x, name, high in ((104, "1×1", 36), (148, "3×3", 28), (192, "1×1", 36)):
        pen.box(x, 48 - high / 2, 36, high, name, colour=pen.student)


def _separable(pen: Pen) -> None:
    pen.cells([[0.8] * 3] * 3, left=20, top=28)
    pen.write(88, 54, "≈", size=16)
    pen.cells([[0.8]] * 3, left=120, top=28)
    pen.write(150, 54, "×")
    pen.cells([[0.8] * 3], left=170, top=42)


def _calibration(pen: Pen) -> None:
    pen.bars((0.1, 0.4, 0.9, 1, 0.7, 0.3, 0.1), left=40, wide=160, high=50, colour=pen.muted)
    pen.line([(46, 22), (46, 78)], colour=pen.student)
    pen.line([(194, 22), (194, 78)], colour=pen.student)
    pen.write(46, 92, "least", size=9)
    pen.write(194, 92, "most", size=9)


TERMS = (
    Term(
        "pipeline",
        "Pipeline and step",
        "A pipeline makes a small network of a large one in steps: each changes the network or trains it again.",
        "Boxes of falling height: teacher, pruned, int8",
        _pipeline,
    ),
    Term(
        "baseline",
        "Baseline from scratch",
        "The architecture that comes out of a pipeline, trained as long from random weights: what the teacher's "
        "weights were worth.",
        "The same form, once from the teacher's weights and once from random ones",
        _baseline,
    ),
    Term(
        "pruning",
        "Pruning",
        "Whole channels that matter least are taken out, so that the network is smaller and faster.",
        "Four columns become two",
        _prune,
    ),
    Term(
        "sparsity",
        "Sparsity",
        "Single weights are set to 0: the zipped file shrinks, while most engines run as long as before.",
        "A full grid becomes one with four filled squares",
        _sparse,
    ),
    Term(
        "slicing",
        "Slice",
        "The student takes over some layers and channels of the teacher and starts with their weights.",
        "Two of four layers are kept",
        _slice,
    ),
    Term(
        "int8",
        "int8 (quantization)",
        "Weights and activations are rounded to 8-bit numbers: a quarter of the bytes, and faster where the "
        "processor has instructions for it.",
        "A straight line beside a staircase",
        _int8,
    ),
    Term(
        "qat",
        "Quantization-aware training (QAT)",
        "The network is rounded to 8 bits at every step while it trains, so that it learns weights which survive "
        "rounding.",
        "Weights, rounding, loss, and back",
        _qat,
    ),
    Term(
        "float16",
        "float16",
        "Numbers of 16 in place of 32 bits: half the file, nearly the same answers.",
        "Bars of float32, float16 and int8, each half or a quarter as long",
        _float16,
    ),
    Term(
        "tucker",
        "Tucker decomposition",
        "A convolution is replaced by three thinner ones, which together do nearly the same.",
        "One box becomes three small ones",
        _tucker,
    ),
    Term(
        "separable",
        "Separable convolution",
        "A 3×3 filter is replaced by a 3×1 and a 1×3 one.",
        "A square is a column times a row",
        _separable,
    ),
    Term(
        "calibration-images",
        "Calibration set",
        "Training examples on which the range of each activation is read off before rounding to 8 bits.",
        "A histogram between its least and its most",
        _calibration,
    ),
)
