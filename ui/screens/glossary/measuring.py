"""Terms of latency, and of examples that get worse."""

import math

from ui.screens.glossary.pen import Pen, Term

__all__ = ["TERMS"]


def _percentiles(pen: Pen) -> None:
    pen.axes("ms", "runs")
    for place in range(36):
        high = 56 * (place / 7) * math.exp(1 - place / 7)
        pen.rect(34 + 5 * place, 78 - high, 4, high, colour=pen.muted)
    for place, name in ((11, "p50"), (28, "p95")):
        pen.line([(36 + 5 * place, 18), (36 + 5 * place, 78)], colour=pen.student)
        pen.write(36 + 5 * place, 15, name, colour=pen.student)


def _throughput(pen: Pen) -> None:
    for y, count in ((26, 3), (62, 8)):
        pen.cells([[1] * count], left=70, top=y - 10)
        pen.write(60, y, "1 s", at="end")


def _backend(pen: Pen) -> None:
    for y, name, lanes in ((8, "1 thread", 1), (36, "multi-threaded", 4), (66, "WebGPU", 12)):
        pen.write(92, y + 14, name, at="end", size=9)
        for lane in range(lanes):
            pen.rect(100 + 10 * lane, y, 7, 20)


def _isolated(pen: Pen) -> None:
    pen.box(20, 18, 88, 56, "this page", colour=pen.student)
    pen.line([(122, 8), (122, 88)], colour=pen.other, thick=3)
    pen.box(136, 18, 88, 56, "other pages")


def _parity(pen: Pen) -> None:
    pen.bars((0.9, 0.3, 0.15), left=10, wide=80, title="server")
    pen.write(120, 52, "=", size=18)
    pen.bars((0.9, 0.3, 0.15), left=150, wide=80, colour=pen.other, title="browser")


def _corruption(pen: Pen) -> None:
    for place in range(5):
        clean = [[1, 0, 1], [0, 1, 0], [1, 0, 1]]
        fog = 0.2 * place
        rows = [[value * (1 - fog) + 0.35 * fog for value in row] for row in clean]
        pen.cells(rows, left=8 + 47 * place, top=24)
        pen.write(28 + 47 * place, 84, f"{place + 1}", size=9)


def _snr(pen: Pen) -> None:
    for x, high, name, colour in ((60, 60, "signal", pen.student), (140, 6, "noise", pen.muted)):
        pen.rect(x, 78 - high, 40, high, colour=colour)
        pen.write(x + 20, 92, name, size=9)
    pen.write(216, 40, "10 dB", at="end")


def _mce(pen: Pen) -> None:
    for y, share, name, colour in ((18, 1.0, "control", pen.control), (52, 0.8, "student", pen.student)):
        pen.rect(70, y, 150 * share, 22, colour=colour)
        pen.write(62, y + 15, name, at="end")
    pen.write(120, 92, "errors under corruption: 80 % of the control's", size=9)


def _epsilon(pen: Pen) -> None:
    pen.line([(30, 48), (210, 48)], colour=pen.grid)
    pen.rect(96, 40, 48, 16, opacity=0.4)
    pen.dot(120, 48)
    pen.write(120, 30, "pixel ± ε")
    pen.write(30, 70, "black", at="start", size=9)
    pen.write(210, 70, "white", at="end", size=9)


def _attack(pen: Pen) -> None:
    pen.line([(20, 80), (220, 14)], dashed=True, thick=1.5)
    pen.write(70, 26, "shirt")
    pen.write(180, 80, "coat")
    pen.dot(104, 42)
    pen.arrow(110, 140, 48, colour=pen.other)
    pen.dot(146, 48, colour=pen.other)


def _adaptation(pen: Pen) -> None:
    pen.box(8, 32, 66, 32, "foggy images")
    pen.arrow(76, 92, 48)
    pen.box(94, 32, 56, 32, "teacher", colour=pen.teacher)
    pen.arrow(152, 172, 48)
    pen.box(174, 34, 58, 28, "student", colour=pen.student)
    pen.write(120, 84, "no label is needed", size=9)


TERMS = (
    Term(
        "latency",
        "Latency: p50 and p95",
        "How long one run takes. Half of all runs are faster than p50 (the median), 19 of 20 are faster than p95.",
        "A histogram of run times with lines at p50 and p95",
        _percentiles,
    ),
    Term(
        "throughput",
        "Throughput",
        "How many examples are answered in a second; larger batches often raise it, and each answer then waits longer.",
        "Three answers a second beside eight",
        _throughput,
    ),
    Term(
        "backend",
        "WebAssembly and WebGPU",
        "What runs a network in a browser: compiled code on one or several threads of the processor, or the "
        "graphics processor.",
        "One lane, four lanes, many lanes",
        _backend,
    ),
    Term(
        "isolated",
        "Cross-origin isolated",
        "A page that shares its process with no other one; browsers give threads and a fine clock to such pages only.",
        "A wall between this page and other pages",
        _isolated,
    ),
    Term(
        "parity",
        "Outputs match",
        "The logits of a device are compared with the server's on reference examples; a device whose outputs differ "
        "is not counted as fast.",
        "Equal bars on server and in browser",
        _parity,
    ),
    Term(
        "corruption",
        "Corruption and severity",
        "A change of images, recordings or texts that keeps what they tell, as fog, noise or typing errors, at five "
        "severities.",
        "A pattern that fades over five severities",
        _corruption,
    ),
    Term(
        "snr",
        "Signal-to-noise ratio (SNR)",
        "How much stronger a signal is than the noise beside it, in decibels: at 0 dB they are as strong, at 10 dB the "
        "signal has ten times the power.",
        "A tall bar of signal beside a small one of noise",
        _snr,
    ),
    Term(
        "mce",
        "Corruption error (mCE)",
        "Errors under corruption as a share of the control's, mean over all corruptions; under 100 % is more robust.",
        "The student's bar is shorter than the control's",
        _mce,
    ),
    Term(
        "epsilon",
        "Perturbation ε",
        "The most by which an attack may move any number of an input (the L∞ norm): a pixel in steps of 1/255, a "
        "feature of a recording in standard deviations.",
        "A pixel value with a band of ε around it",
        _epsilon,
    ),
    Term(
        "attack",
        "Adversarial attack (FGSM, PGD)",
        "A small change of pixels or features made with the network's own gradients so that its answer becomes wrong; "
        "FGSM takes one step, PGD ten.",
        "A dot pushed across the border between two classes",
        _attack,
    ),
    Term(
        "adaptation",
        "Adaptation",
        "A student is distilled again on images of a new scene: the teacher's answers are its only labels.",
        "Foggy images go through the teacher to the student",
        _adaptation,
    ),
)
