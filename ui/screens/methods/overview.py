"""All methods in one table: when and where each was published, what it needs, what a step costs, and what it gains."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from distill_core.assets import Manifest
from distill_core.decimals import rounded
from distill_core.lab import Lab
from distill_core.methods import CONTROL_METHOD, METHODS, Method
from distill_core.reports.experiment_report import ExperimentReport, method_tables
from ui import spreadsheet
from ui.forms import defined, fields
from ui.kept import kept
from ui.screens.methods import choose, shipped, standings
from ui.text import origin, titles, words
from ui.text.language import N_, _

__all__ = ["address", "needs", "rows", "show"]

TABLE, SEARCH, TASK = "methods_table", "find_method", "defined_for"
TASK_HELP = N_("Leaves the methods that can teach the first comparison of a task, with its teacher and student.")
GAIN, HALF, STEP = "Gain (pp)", "± (pp)", "Step (× KD)"
# Every row at once on a large screen, and a part of the next one on a small one.
HEIGHT_PX = 560
# "relations and graphs" in full.
FAMILY_PX = 150
_ARXIV = r"abs/(.*)$"


def show(lab: Lab) -> None:
    """The methods that the search leaves, a row each; the page shows the one whose row is chosen."""
    with st.grid(3, min_column_width=200):
        wanted = st.text_input(
            _("Search"), key=SEARCH, bind="query-params", placeholder=_("title, year, family or need")
        )
        known = titles.tasks(lab)
        tasks = {"": _("any task"), **titles.task_groups(lab, known, st.query_params.get(TASK))}
        task = fields.select(_("Defined for"), list(tasks), "", TASK, shown=tasks, help=_(TASK_HELP))
    refused = defined.refused(lab, task) if task else {}
    found = [one for one in METHODS if matches(one, str(wanted or "")) and one.name not in refused]
    if not found:
        st.info(
            _("No method has “{wanted}” in its title, its sentence or what it needs.", wanted=words.plain(str(wanted)))
        )
        return
    tables = method_tables()[:1]  # the first: on the images that the control sees
    shipped_as = tuple(manifest.sha256 for manifest, _sheet in tables)
    names = tuple(method.name for method in found)
    table, lines = kept(("methods", str(lab.home), shipped_as, names), lambda: _table(lab, found, tables))
    st.caption(_("Choose a row, by the box at its left, to open the method. A click on a heading sorts."))
    spreadsheet.table(
        table,
        is_safe=True,
        hide_index=True,
        height=min(HEIGHT_PX, 37 * (len(table) + 1)),
        column_config=_columns(),
        placeholder=words.NOTHING,
        key=TABLE,
        on_select=partial(_chosen, tuple(found)),
        selection_mode="single-row",
        alt=_("Every method: year, family, needs, cost of a step, gain over the control with its verdict, and paper"),
    )
    if refused:
        st.caption(defined.left_out(lab.tasks.get(task), refused))
    for line in lines:
        st.caption(line)


def _table(
    lab: Lab, found: Sequence[Method], tables: Sequence[tuple[Manifest, ExperimentReport]]
) -> tuple[pd.DataFrame, list[str]]:
    """The table, safe, and the grey lines under it."""
    gains: dict[str, Mapping[str, Any]] = {}
    times: dict[str, float] = {}
    lines: list[str] = []
    for manifest, sheet in tables:
        done, beside = shipped.compared(manifest, sheet)
        gains |= _gains(done, sheet)
        times |= shipped.step_times(manifest.measured["cost"])
        lines.append(f"{shipped.about(lab, sheet)}. {standings.judged(done, beside)}")
        lines.append(origin.line(sheet, *shipped.cost_told(manifest.measured["cost"])))
    kinds = {method.name: defined.kinds(lab, method) for method in found}
    return spreadsheet.safe(rows(found, gains, times, kinds)), lines


def address() -> dict[str, str]:
    """What the address holds of the table."""
    return {key: st.session_state[key] for key in (SEARCH, TASK) if st.session_state.get(key)}


def matches(method: Method, wanted: str) -> bool:
    """Whether each word of a search stands in what the table or the method's sentence says."""
    text = f"{titles.method(method.name)} {method.title} {method.name}"
    text = f"{text} {method.year} {_(choose.family(method))} {needs(method)} {method.paper} "
    text = f"{text}{method.source} {_(method.teaches)}".casefold()
    return all(word in text for word in wanted.casefold().split())


def needs(method: Method) -> str:
    """What has to be there for a method to teach, in the order of how much that asks for."""
    parts = [_("several students")] if method.mutual else []
    parts += [_("features")] if method.features else []
    parts += [_("head")] if method.uses_teacher_head or method.reuses_teacher_head else []
    parts += [_("logits at every batch") if method.uses_mixup else _("logits")] if method.uses_logits else []
    text = words.join(parts) or _("labels alone")
    return text[:1].upper() + text[1:]


def rows(
    methods: Sequence[Method],
    gains: Mapping[str, Mapping[str, Any]],
    times: Mapping[str, float],
    kinds: Mapping[str, str],
) -> pd.DataFrame:
    """A row a method in the given order; ``gains`` and ``times`` by method, with empty cells for what did not ship;
    ``kinds`` of examples in words."""
    shown = titles.methods()
    table = pd.DataFrame(
        {
            N_("Method"): shown.get(method.name, method.title),
            N_("Year"): method.year,
            N_("Family"): _(choose.family(method)),
            N_("Needs"): needs(method),
            STEP: times.get(method.name),
            GAIN: rounded(gain["delta_points"], 1) if gain else None,
            HALF: rounded(gain["delta_half_width_points"], 1) if gain else None,
            N_("Verdict"): _verdict(method, gain),
            N_("Defined for"): kinds.get(method.name),
            N_("Paper"): f"https://arxiv.org/abs/{method.paper}" if method.paper else None,
        }
        for method in methods
        for gain in [gains.get(method.name)]
    )
    return table.astype({"Year": "Int64", **dict.fromkeys((STEP, GAIN, HALF), "float64")})


def _verdict(method: Method, gain: Mapping[str, Any] | None) -> str | None:
    if method.name == CONTROL_METHOD:
        return _("the control")
    return words.verdict(gain["direction"]) if gain else None


def _gains(done: pd.DataFrame, sheet: ExperimentReport) -> dict[str, Mapping[str, Any]]:
    """The row of each method that was compared with the control; of the first student where several have it."""
    methods = {student.name: student.method for student in sheet.experiment.students}
    compared = done[(done["role"] == "student") & done["delta_points"].notna()]
    return {methods[row["student"]]: row for row in reversed(compared.to_dict("records"))}


def _columns() -> dict[str, Any]:
    return {
        "Method": st.column_config.TextColumn(pinned=True),
        "Needs": st.column_config.TextColumn(help=_("What the student gets of its teacher beside labels.")),
        "Defined for": st.column_config.TextColumn(
            help=_("Kinds of examples. With other networks: those that such a task begins with have no feature maps.")
        ),
        "Family": st.column_config.TextColumn(width=FAMILY_PX),
        "Year": st.column_config.NumberColumn(format="%d"),
        STEP: st.column_config.NumberColumn(format="%.2f", help=_(shipped.STEP_HELP)),
        GAIN: st.column_config.NumberColumn(
            format="%+.1f", help=_("Over the control, which learns from labels alone.")
        ),
        HALF: st.column_config.NumberColumn(format="%.1f", help=_("Half of the 95 % interval of the gain.")),
        "Paper": st.column_config.LinkColumn(display_text=_ARXIV, help=_("Its number at arXiv.")),
    }


def _chosen(methods: Sequence[Method]) -> None:
    """For the table's callback: the row counts in the order in which the table came, however it is sorted."""
    chosen = st.session_state[TABLE]["selection"]["rows"]
    if chosen:
        choose.take(methods[chosen[0]])
