"""What ships: every method at its defaults, beside the control and plain KD, and what a step of each costs."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from distill_core.assets import Manifest
from distill_core.decimals import rounded
from distill_core.lab import Lab
from distill_core.reports.experiment_report import ExperimentReport, method_tables
from distill_core.templates.method_comparison import reference_student
from ui import charts, spreadsheet
from ui.forms import fields
from ui.kept import kept
from ui.networks import style
from ui.screens.methods import standings
from ui.text import origin, titles, words
from ui.text.language import N_, _

__all__ = ["STEP_HELP", "about", "address", "compared", "cost_told", "rows", "show", "step_times"]

TABLE = "table"
# "no difference shown" in full.
VERDICT_PX = 170
# The title of the table that ships, for a catalogue: its file is no source.
N_("Every method on the 500 images that the control sees")
STEP_HELP = N_("What an update costs, relative to plain KD, where the teacher looks at every batch.")


def show(lab: Lab) -> None:
    """One of the tables, chosen by the images on which the students were distilled."""
    tables = {manifest.title: (manifest, sheet) for manifest, sheet in method_tables()}
    if not tables:
        st.info(_("No table ships with this lab. Compare some methods instead: the tab beside this one."))
        return
    chosen = st.segmented_control(
        _("Table"),
        list(tables),
        default=next(iter(tables)),
        required=True,
        key=TABLE,
        bind="query-params",
        **fields.titled(TABLE, {title: _(title) for title in tables}),
    )
    manifest, sheet = tables[str(chosen)]
    kd = reference_student(sheet.experiment)
    done, beside = compared(manifest, sheet)
    st.markdown(about(lab, sheet))
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.markdown(_("**Difference to the control, and to plain KD**"))
        _chart(done, beside, kd)
    with right:
        st.subheader(_("What this shows"))
        for sentence in standings.sentences(done, beside, kd):
            st.markdown(words.firm(sentence))
        st.caption(standings.judged(done, beside))
    st.markdown(_("**All numbers**"))
    _table(rows(done, beside, sheet, manifest.measured["cost"]))
    st.caption(origin.line(sheet, *cost_told(manifest.measured["cost"])))


def compared(manifest: Manifest, sheet: ExperimentReport) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The finished rows of a table's summary, with the differences to the control; and those to plain KD."""
    kd = reference_student(sheet.experiment)
    summary, beside = kept(("method table", manifest.sha256), lambda: (sheet.summary(), sheet.against(kd)))
    return summary[summary["test_accuracy"].notna()], beside


def step_times(cost: Mapping[str, Any] | None) -> dict[str, float]:
    """What an update costs by method, relative to plain KD; none where nothing was timed."""
    return {"kd": 1.0, **{row["method"]: row["times"] for row in cost["rows"]}} if cost else {}


def about(lab: Lab, sheet: ExperimentReport) -> str:
    """The task, who teaches, and which network every student is, as Markdown."""
    tasks = titles.tasks(lab)
    networks = titles.networks()
    results = sheet.results
    teachers = results.loc[results["role"] == "teacher", "student"].unique()
    students = {student.architecture for student in sheet.experiment.students}
    called = [networks.get(name, name) for name in sorted(students)]
    parts = [
        f"**{words.plain(tasks.get(sheet.experiment.task, sheet.experiment.task))}**",
        *(_("teacher: {network}", network=words.plain(name)) for name in teachers),
        _("every student: {networks}", networks=words.join([words.plain(name) for name in called])),
    ]
    return " · ".join(parts)


def address() -> dict[str, str]:
    """What the address holds of the choice."""
    return {TABLE: st.session_state[TABLE]} if st.session_state.get(TABLE) else {}


def _chart(done: pd.DataFrame, beside: pd.DataFrame, kd: str) -> None:
    found = standings.gaps(done, beside, kd)
    looks = style.of_rows(done, dark=style.dark())
    others = {name: looks[name] for name in dict.fromkeys(gap.other for gap in found)}
    charts.show(charts.differences(found, others, dark=style.dark()), key="method_table")


def rows(
    done: pd.DataFrame, beside: pd.DataFrame, sheet: ExperimentReport, cost: Mapping[str, Any] | None
) -> pd.DataFrame:
    """A row a student, the most accurate first: accuracy, differences with verdicts, and the cost of a step."""
    methods = {student.name: student.method for student in sheet.experiment.students}
    times = step_times(cost)
    against = beside.set_index("student")
    taught = done[done["role"] != "teacher"].sort_values("test_accuracy", ascending=False)
    return pd.DataFrame(
        {
            N_("Student"): row["student"],
            N_("Test accuracy (%)"): rounded(100 * row["test_accuracy"], 1),
            "± (pp)": rounded(100 * row["test_accuracy_half_width"], 1),
            N_("Against control (pp)"): _signed(row["delta_points"]),
            N_("± of it (pp)"): _signed(row["delta_half_width_points"]),
            N_("Verdict"): words.verdict(row["verdict"]),
            N_("Against KD (pp)"): _signed(against["delta_points"].get(row["student"])),
            N_("± of that (pp)"): _signed(against["delta_half_width_points"].get(row["student"])),
            N_("Verdict against KD"): words.verdict(against["verdict"].get(row["student"])),
            N_("Parameters (k)"): row["parameters"] / 1000,
            N_("Step (times KD's)"): times.get(methods[row["student"]]),
        }
        for row in taught.to_dict("records")
    )


def _signed(points: float | None) -> float | None:
    """Rounded as sentences are, and without the sign of what is written as 0.0."""
    return None if points is None else rounded(points, 1)


def _table(table: pd.DataFrame) -> None:
    numbers = {name: st.column_config.NumberColumn(format="%.1f") for name in table.columns if "(" in name}
    numbers[N_("Step (times KD's)")] = st.column_config.NumberColumn(
        format="%.2f",
        help=_(STEP_HELP),
    )
    verdicts = {name: st.column_config.TextColumn(width=VERDICT_PX) for name in table.columns if "Verdict" in name}
    spreadsheet.table(
        table,
        hide_index=True,
        column_config=numbers | verdicts,
        placeholder=words.NOTHING,
        key="method_table_numbers",
        alt=_(
            "Every student: accuracy, differences to the control and to plain KD with verdicts, and the cost of a step"
        ),
    )


def cost_told(cost: Mapping[str, Any] | None) -> list[str]:
    """Where the steps of a table were timed, for its grey line."""
    cpu = cost["environment"]["cpu"] if cost else ""
    return [_("steps timed on {cpu} by `benchmarks/method_cost.py`", cpu=cpu)] if cost else []
