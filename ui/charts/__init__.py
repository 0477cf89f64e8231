"""Finished comparisons as Plotly charts, each with its alt text and its table."""

from ui.charts.along import Point, Series, along
from ui.charts.axes import COSTS, Cost, on_device
from ui.charts.bars import Bar, bars
from ui.charts.chart import Chart, show
from ui.charts.classes import class_gains
from ui.charts.confusion import confusion, highest_mistake
from ui.charts.curves import curves
from ui.charts.differences import Gap, differences
from ui.charts.dots import Dot, dots
from ui.charts.parallel import parallel
from ui.charts.pareto import pareto

__all__ = [
    "COSTS",
    "Bar",
    "Chart",
    "Cost",
    "Dot",
    "Gap",
    "Point",
    "Series",
    "along",
    "bars",
    "class_gains",
    "confusion",
    "curves",
    "differences",
    "dots",
    "highest_mistake",
    "on_device",
    "parallel",
    "pareto",
    "show",
]
