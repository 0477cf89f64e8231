"""Terms of networks."""

from ui.screens.glossary.pen import Pen, Term

__all__ = ["TERMS"]


def _parameters(pen: Pen) -> None:
    for x in (70, 170):
        for y in (20, 48, 76):
            for other in (20, 48, 76):
                if x == 70:
                    pen.line([(x, y), (170, other)], thick=0.8)
    for x in (70, 170):
        for y in (20, 48, 76):
            pen.dot(x, y, radius=5)
    pen.write(120, 93, "9 lines: 9 parameters", size=9)


def _width(pen: Pen) -> None:
    for x, high, name in ((40, 60, "width 1"), (140, 30, "width 0.5")):
        for place in range(3):
            pen.box(x + 20 * place, 44 - high / 2, 14, high, colour=pen.student)
        pen.write(x + 28, 90, name)


def _stem(pen: Pen) -> None:
    pen.cells([[0.5] * 4] * 4, left=30, top=18, size=15)
    pen.arrow(100, 136, 48, "stride 2")
    pen.cells([[0.5] * 2] * 2, left=150, top=32, size=15)


def _macs(pen: Pen) -> None:
    pen.write(120, 30, "w₁·x₁ + w₂·x₂ + w₃·x₃", size=13)
    for x in (66, 120, 174):
        pen.line([(x - 16, 38), (x + 16, 38)], colour=pen.student)
    pen.write(120, 62, "three multiply-accumulates")


def _stage(pen: Pen) -> None:
    for x, size in ((20, 60), (96, 44), (160, 28)):
        pen.box(x, 48 - size / 2, size, size, f"{size // 2}²", colour=pen.student)
    pen.arrow(82, 94, 48)
    pen.arrow(142, 158, 48)
    pen.write(214, 52, "10", at="start")
    pen.arrow(190, 210, 48)


def _adapter(pen: Pen) -> None:
    pen.box(8, 34, 62, 28, "16 channels", colour=pen.student)
    pen.arrow(72, 88, 48)
    pen.box(90, 34, 56, 28, "adapter", colour=pen.other)
    pen.arrow(148, 164, 48)
    pen.box(166, 28, 66, 40, "64 channels", colour=pen.teacher)


def _onnx(pen: Pen) -> None:
    pen.box(92, 26, 56, 44, ".onnx")
    for y, name in ((16, "server"), (48, "browser"), (80, "phone")):
        pen.line([(150, 48), (182, y)], thick=1.5)
        pen.write(188, y + 4, name, at="start")
    pen.box(8, 34, 56, 28, "network", colour=pen.student)
    pen.arrow(66, 90, 48)


TERMS = (
    Term(
        "parameters",
        "Parameters",
        "The numbers of a network that training sets.",
        "Two columns of dots joined by nine lines",
        _parameters,
    ),
    Term(
        "width",
        "Width",
        "A factor on the number of channels of every layer: half the width has about a quarter of the parameters.",
        "Layers of width 1 beside layers of width 0.5",
        _width,
    ),
    Term(
        "stem-stride",
        "Stem stride",
        "How far the first layer moves over the image: 2 halves height and width at once, which leaves about a "
        "quarter of the work.",
        "A grid of four by four becomes two by two",
        _stem,
    ),
    Term(
        "macs",
        "MACs",
        "Multiply-accumulate operations for one example: how much a network computes, whatever machine runs it.",
        "A sum of three products",
        _macs,
    ),
    Term(
        "stage",
        "Stage and embedding",
        "A stage is a part of a network with outputs of one size; the embedding is the last output before the classes.",
        "Boxes that get smaller, then ten classes",
        _stage,
    ),
    Term(
        "adapter",
        "Adapter parameters",
        "A small layer that brings the student's features to the shape of the teacher's while it trains, and is "
        "thrown away afterwards.",
        "16 channels, an adapter, 64 channels",
        _adapter,
    ),
    Term(
        "onnx",
        "ONNX file",
        "A network in a format that many engines run: here the same file on the server and in the browser.",
        "One file for server, browser and phone",
        _onnx,
    ),
)
