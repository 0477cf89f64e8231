"""Terms of accuracy, and of what chance may have brought."""

import math

from ui.screens.glossary.pen import Pen, Term

__all__ = ["TERMS"]


def _points(pen: Pen) -> None:
    pen.bars((0.777, 0.828), left=60, wide=110, high=62, colour=pen.student, names=("77.7 %", "82.8 %"))
    pen.write(192, 30, "+5.1 pp")


def _interval(pen: Pen) -> None:
    pen.axes("", "accuracy")
    for x, y in ((80, 40), (88, 30), (96, 52)):
        pen.dot(x, y, colour=pen.muted, radius=3)
    pen.whisker(150, 41, 24, colour=pen.student)
    pen.write(88, 92, "3 seeds", size=9)
    pen.write(150, 92, "mean ± interval", size=9)


def _verdict(pen: Pen) -> None:
    pen.line([(120, 10), (120, 78)], colour=pen.grid)
    for y, centre, name in ((22, 170, "better"), (46, 126, "no difference shown"), (70, 74, "worse")):
        pen.line([(centre - 28, y), (centre + 28, y)], colour=pen.student)
        pen.dot(centre, y)
        pen.write(236 if centre < 150 else 10, y + 3, name, at="end" if centre < 150 else "start", size=8)
    pen.write(120, 92, "difference from the control: 0", size=9)


def _p_value(pen: Pen) -> None:
    curve = [(20 + 2 * i, 74 - 56 * math.exp(-(((i - 50) / 18) ** 2))) for i in range(101)]
    pen.line([(20, 74), (220, 74)], colour=pen.grid)
    pen.line(curve)
    for i in range(78, 101, 2):
        high = 56 * math.exp(-(((i - 50) / 18) ** 2))
        pen.rect(20 + 2 * i, 74 - high, 3, high, colour=pen.other)
    pen.write(198, 60, "p", colour=pen.other)


def _holm(pen: Pen) -> None:
    for place, (p, limit) in enumerate(((0.01, "0.05 / 3"), (0.02, "0.05 / 2"), (0.30, "0.05 / 1"))):
        y = 24 + 26 * place
        kept = place < 2
        pen.write(20, y, f"p = {p:g}", at="start")
        pen.write(112, y, f"limit {limit}")
        pen.dot(162, y - 4, colour=pen.student if kept else pen.grid)
        pen.write(172, y, "shown" if kept else "not shown", at="start")


def _mcnemar(pen: Pen) -> None:
    pen.cells([[0, 0.9], [0.9, 0]], left=100, top=20, size=28)
    for x, y, text in ((113, 38, "both"), (141, 38, "21"), (113, 66, "9"), (141, 66, "none")):
        pen.write(x, y, text, size=9)
    pen.write(92, 38, "A right", at="end")
    pen.write(92, 66, "A wrong", at="end")
    pen.write(128, 90, "B right · B wrong", size=9)


def _pareto(pen: Pen) -> None:
    pen.axes("size", "accuracy")
    pen.line([(50, 78), (50, 62), (100, 62), (100, 36), (180, 36), (180, 20), (220, 20)], colour=pen.muted, thick=1.5)
    for x, y in ((50, 62), (100, 36), (180, 20)):
        pen.dot(x, y)
    for x, y in ((130, 54), (200, 46), (90, 70)):
        pen.dot(x, y, colour=pen.control)


def _ece(pen: Pen) -> None:
    pen.axes("confidence", "accuracy", left=70, right=180)
    pen.line([(70, 78), (170, 12)], dashed=True, thick=1.5)
    for place, high in enumerate((10, 20, 30, 40, 48)):
        pen.rect(72 + 20 * place, 78 - high, 16, high, opacity=0.8)


def _nll(pen: Pen) -> None:
    for y, share, told in ((24, 0.8, "−ln 0.80 = 0.22 nats"), (66, 0.1, "−ln 0.10 = 2.30 nats")):
        pen.rect(10, y - 10, 80, 18, colour=pen.grid)
        pen.rect(10, y - 10, 80 * share, 18)
        pen.write(102, y + 4, told, at="start", size=11)
    pen.write(10, 92, "probability of the true class", at="start", size=9)


def _entropy(pen: Pen) -> None:
    pen.bars((0.94, 0.02, 0.02, 0.02), left=8, wide=100, title="low entropy")
    pen.bars((0.3, 0.27, 0.23, 0.2), left=130, wide=100, colour=pen.other, title="high entropy")


def _confusion(pen: Pen) -> None:
    rows = [[0.9, 0.25, 0.05], [0.2, 0.8, 0], [0.05, 0, 1.0]]
    pen.cells(rows, left=90, top=14, size=22)
    pen.write(82, 50, "true", at="end", size=9)
    pen.write(122, 92, "answered", size=9)


def _recall(pen: Pen) -> None:
    pen.cells([[1] * 8 + [0] * 2], left=50, top=34)
    pen.write(120, 70, "8 of 10 shirts are found: 80 %")


def _agreement(pen: Pen) -> None:
    answers = (("shirt", "coat", "bag", "dress"), ("shirt", "shirt", "bag", "dress"))
    for y, (row, name) in enumerate(zip(answers, ("teacher", "student"), strict=True)):
        pen.write(54, 32 + 26 * y, name, at="end")
        for x, answer in enumerate(row):
            pen.write(82 + 42 * x, 32 + 26 * y, answer, size=9)
    pen.box(103, 16, 42, 50, colour=pen.other)
    pen.write(130, 86, "3 of 4 agree: 75 %")


TERMS = (
    Term(
        "percentage-points",
        "Percentage points (pp)",
        "The difference between two percentages: from 77.7 % to 82.8 % are 5.1 percentage points.",
        "Two bars, 77.7 and 82.8 percent, 5.1 points apart",
        _points,
    ),
    Term(
        "interval",
        "95 % interval",
        "What remains open about a mean over seeds (Student's t; three seeds at least); it leaves out that other "
        "test examples would give another number.",
        "Three dots, and their mean with an upright bar",
        _interval,
    ),
    Term(
        "verdict",
        "Verdict",
        "Better or worse than the control where a paired test over seeds shows it, else no difference shown; "
        "under three seeds there is none.",
        "Three intervals beside zero: right of it, across it, left of it",
        _verdict,
    ),
    Term(
        "p-value",
        "p value",
        "How often chance alone would bring a difference as large as this one, were there none; small is strong "
        "evidence.",
        "A bell curve with its far end filled",
        _p_value,
    ),
    Term(
        "holm",
        "Holm's correction",
        "Many comparisons at once find something by chance; Holm asks more of the smallest p value the more there are.",
        "Three p values, each with its own limit",
        _holm,
    ),
    Term(
        "mcnemar",
        "McNemar's test",
        "With one seed: it counts the test examples that only one of two networks gets right, and speaks of these two "
        "networks alone.",
        "A table of two by two; only where the networks differ counts",
        _mcnemar,
    ),
    Term(
        "pareto-front",
        "Pareto front",
        "The networks of which no other is both cheaper and more accurate.",
        "Dots on a rising staircase, others below it",
        _pareto,
    ),
    Term(
        "ece",
        "ECE (calibration error)",
        "Expected calibration error: how far a network's confidence is from how often it is right, over 15 bins; "
        "0 is best.",
        "Bars of accuracy below the diagonal of confidence",
        _ece,
    ),
    Term(
        "nll",
        "NLL (negative log-likelihood)",
        "The mean of −ln of the probability given to the true class, in nats; lower is better.",
        "Two examples: 0.22 nats for 80 percent, 2.30 nats for 10 percent",
        _nll,
    ),
    Term(
        "entropy",
        "Entropy",
        "How undecided an answer is, in bits: 0 where one class has all, highest where all are alike.",
        "A peaked answer beside a flat one",
        _entropy,
    ),
    Term(
        "confusion",
        "Confusion matrix",
        "How often test examples of each true class get each answer; what is right stands on the diagonal.",
        "A three by three table, dark on the diagonal",
        _confusion,
    ),
    Term(
        "recall",
        "Recall",
        "The share of a class's examples that get the right answer; macro recall is its mean over classes.",
        "Eight of ten squares filled",
        _recall,
    ),
    Term(
        "agreement",
        "Agreement",
        "The share of test examples to which student and teacher give the same answer, right or wrong. To a question "
        "of a graph that is the likeliest of all entities, other known facts among them, which MRR leaves out.",
        "Answers of teacher and student; three of four are equal",
        _agreement,
    ),
)
