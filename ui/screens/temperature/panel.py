"""The student of one cell: its numbers beside its control, its curves, its mistakes and its classes."""

from statistics import fmean

import pandas as pd
import streamlit as st

from distill_core.decimals import difference_digits
from distill_core.evaluation.statistics import compare, interval
from distill_core.lab import Lab
from distill_core.reports.experiment_report import ExperimentReport
from distill_core.reports.grid_cells import GridCell
from distill_core.reports.recall import recall_gains
from distill_core.reports.summary import by_seed
from ui.forms import fields
from ui.kept import kept
from ui.networks import style
from ui.text import losses, words
from ui.text.language import N_, Texts, _

__all__ = ["deltas", "show"]

PARTS = Texts({"curves": N_("Curves"), "confusion": N_("Confusion"), "classes": N_("Classes")})
FIRST = "curves"
SHOWN = Texts(
    {"valid_accuracy": N_("Validation"), "test_accuracy": N_("Test"), "agreement": N_("Agreement"), "ece": N_("ECE")}
)


def show(lab: Lab, sheet: ExperimentReport, cell: GridCell, whose: str = "") -> None:
    """Draw the panel of a cell whose runs are in the sheet; ``whose`` tells two sheets apart."""
    rows = sheet.results[sheet.results["run_id"].isin(cell.runs)]
    control = sheet.results[(sheet.results["role"] == "control") & (sheet.results["state"] == "finished")]
    places = {"temperature": words.short(cell.temperature), "alpha": words.short(cell.alpha), "whose": whose}
    if whose:
        st.subheader(_("The student at T {temperature}, alpha {alpha} ({whose})", **places))
    else:
        st.subheader(_("The student at T {temperature}, alpha {alpha}", **places))
    _metrics(rows, control)
    shown = fields.titled("panel", PARTS)
    part = st.segmented_control(
        _("Details"), list(PARTS), default=FIRST, required=True, key="panel", bind="query-params", **shown
    )
    {"curves": _curves, "confusion": _confusion, "classes": _classes}[part or FIRST](lab, sheet, cell, control)


def deltas(rows: pd.DataFrame, control: pd.DataFrame, column: str) -> str:
    """Student minus control in percentage points, paired by seed; with one digit more where the two as they are read
    would give another difference, and a dash where no seed is shared."""
    student, other = by_seed(rows, column), by_seed(control, column)
    if not student.keys() & other.keys():
        return words.NOTHING
    difference = compare(student, other)
    read = (fmean(student.values()), fmean(other.values())) if student.keys() == other.keys() else (None, None)
    digits = difference_digits(100 * difference.mean, *read)
    half = None if difference.half_width is None else 100 * difference.half_width
    return words.pp(words.points(100 * difference.mean, half, digits=digits))


def _metrics(rows: pd.DataFrame, control: pd.DataFrame) -> None:
    # Wide enough for a number with its interval, which would be cut otherwise.
    with st.grid(len(SHOWN), min_column_width=215):
        for column, title in SHOWN.items():
            found = interval(rows[column].tolist())
            st.metric(
                title,
                words.percent(found.mean, found.half_width),
                _("{difference} vs control", difference=deltas(rows, control, column))
                if len(control)
                else _("no control yet"),
                delta_color="off",
                delta_arrow="off",
                border=True,
                height="stretch",
                help=_(
                    "Mean over seeds with its 95 % interval from three seeds on; below it the difference from "
                    "the control on the same seeds. Agreement is with the teacher, ECE the calibration error, "
                    "both on test."
                ),
            )


def _names(cell: GridCell, control: pd.DataFrame) -> tuple[str, str]:
    return cell.student, str(control["student"].iloc[0]) if len(control) else "control"


def _looks(sheet: ExperimentReport, cell: GridCell, control: pd.DataFrame) -> dict[str, style.Look]:
    student, other = _names(cell, control)
    return style.of_rows(sheet.results[sheet.results["student"].isin((student, other))], dark=style.dark())


def _curves(_lab: Lab, sheet: ExperimentReport, cell: GridCell, control: pd.DataFrame) -> None:
    from ui import charts

    student, other = _names(cell, control)
    runs = {**dict.fromkeys(control["run_id"], other), **dict.fromkeys(cell.runs, student)}
    points = kept(("cell points", sheet.key, *runs), lambda: sheet.curves(runs))
    looks = _looks(sheet, cell, control)
    left, right = st.columns(2, gap="medium")
    for column, kind in ((left, losses.ACCURACY), (right, losses.TOTAL)):
        with column:
            chart = kept(
                ("cell curves", sheet.key, *runs, kind, style.dark()),
                lambda kind=kind: charts.curves(points, kind, looks, dark=style.dark()),
            )
            charts.show(chart, key=f"cell_{kind}")
    st.caption(_("Thick lines are means over seeds. The losses are different sums: compare their shapes."))


def _confusion(lab: Lab, sheet: ExperimentReport, cell: GridCell, control: pd.DataFrame) -> None:
    from ui import charts

    student, other = _names(cell, control)
    pairs = [(other, list(control["run_id"])), (student, list(cell.runs))]
    counts = [(name, sum(sheet.confusion(run) for run in runs)) for name, runs in pairs if runs]
    top, classes = charts.highest_mistake(*(count for _, count in counts)), lab.catalog.classes(sheet.experiment.task)
    for place, ((name, count), column) in enumerate(zip(counts, st.columns(len(counts), gap="medium"), strict=True)):
        with column:
            st.markdown(f"**{words.plain(name)}**")
            charts.show(
                charts.confusion(count, classes, name, dark=style.dark(), top=top), key=f"cell_confusion_{place}"
            )
    st.caption(
        _("Rows are true classes, numbers percent of a class; grey is right, colour is wrong. Seeds are added up.")
    )


def _classes(lab: Lab, sheet: ExperimentReport, cell: GridCell, control: pd.DataFrame) -> None:
    from ui import charts

    student, other = _names(cell, control)
    gains = recall_gains(sheet.results, student, other, lab.catalog.classes(sheet.experiment.task))
    if not gains:
        st.caption(_("The control of these seeds is not finished yet."))
        return
    chart = charts.class_gains(gains, student, other, _looks(sheet, cell, control)[student], dark=style.dark())
    charts.show(chart, key="cell_classes")
    st.caption(
        _("Recall of each class, in percentage points against the control; strokes are seeds: a hint, not a verdict.")
    )
