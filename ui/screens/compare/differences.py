"""Two marked networks: the settings that differ and no others, with their scores beside each other."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from distill_core.decimals import difference_digits
from distill_core.evaluation.statistics import Difference, compare_shared
from distill_core.lab import Lab
from distill_core.reports.results import metric_of
from distill_core.reports.settings import differing, settings_of, title_of
from distill_core.reports.summary import by_seed
from distill_core.robustness.corruptions import CORRUPTIONS
from ui import spreadsheet
from ui.findings import taken
from ui.findings.facts import Gap
from ui.findings.pair import Apart, NoSharedSeed
from ui.findings.sentences import say
from ui.findings.sentences.base import gap
from ui.networks import marks as signs
from ui.networks.style import Look
from ui.screens.compare.cohort import Cohort
from ui.text import titles, words
from ui.text.language import N_, _

__all__ = ["scores", "settings", "show"]

# What says which teacher it is: its title is shown instead.
TEACHER = "teacher"
OF_TEACHER = tuple(f"{TEACHER}.{name}" for name in ("kind", "name", "run", "architecture", "members"))
# Of a network that no specification tells, as the teacher: what its run tells.
OF_RUN = ("architecture", "width", "stem_stride", "labels", "method")

SETTING, DIFFERENCE = N_("Setting"), N_("Difference")


def show(lab: Lab, cohort: Cohort, rows: pd.DataFrame, marks: Sequence[str], looks: Mapping[str, Look]) -> None:
    """Draw both tables where two networks are marked; ``rows`` are those with a score."""
    pair = [name for name in marks if name in set(rows["student"])]
    if len(pair) != 2:
        return
    one, other = (rows[rows["student"] == name].iloc[0].to_dict() for name in pair)
    found = settings(lab, cohort, one, other)
    with st.container(border=True):
        st.subheader(_("Differences only"))
        st.markdown(" \u2003 ".join(signs.named(name, looks[name]) for name in pair))
        st.markdown(words.firm(say(_fact(cohort, one, other))))
        left, right = st.columns(2, gap="medium")
        with left:
            table = scores(cohort, one, other)
            spreadsheet.table(table, hide_index=True, key="two_scores", alt=_("The scores and costs of both networks"))
        with right:
            if found.empty:
                st.markdown(_("Their settings are the same."))
            else:
                alt = _("The settings in which both networks differ")
                spreadsheet.table(found, hide_index=True, key="two_settings", alt=alt)
                st.caption(_("Every other setting of their specifications is the same for both."))


def settings(lab: Lab, cohort: Cohort, one: Mapping[str, Any], other: Mapping[str, Any]) -> pd.DataFrame:
    """A row for each setting that differs."""
    told = [_settings(lab, cohort, row) for row in (one, other)]
    if "teacher" in (one["role"], other["role"]):
        # How a teacher was trained no experiment tells: what its run tells is held against the other's.
        told = [{name: each[name] for name in OF_RUN if name in each} for each in told]
    rows = [
        (title_of(name), _written(name, first), _written(name, second))
        for name, (first, second) in differing(*told).items()
    ]
    return pd.DataFrame(rows, columns=[SETTING, *_heads(one, other)])


def scores(cohort: Cohort, one: Mapping[str, Any], other: Mapping[str, Any]) -> pd.DataFrame:
    """Scores and costs of both, and the difference where both have a seed in common."""
    ece, apart = _difference(cohort, one, other, "ece"), _fact(cohort, one, other)
    scored = words.scored("Test {metric}", metric_of(pd.DataFrame([one])))
    points = words.pp(gap(apart.gap)) if isinstance(apart, Apart) else words.NOTHING
    rows = [
        (scored, _score(one), _score(other), points),
        ("ECE", *(words.interval(row["ece"], digits=3) for row in (one, other)), _interval(ece)),
        (_("ONNX file"), words.size(one["onnx_bytes"]), words.size(other["onnx_bytes"]), ""),
        ("MACs", words.count(one["macs"]), words.count(other["macs"]), ""),
        (
            _("Median latency (server)"),
            *(taken.milliseconds(row["p50_ms"], row["disturbed"]) for row in (one, other)),
            "",
        ),
    ]
    return pd.DataFrame(rows, columns=["", *_heads(one, other), DIFFERENCE])


def _heads(*rows: Mapping[str, Any]) -> list[str]:
    """The names of networks as headings; a table has no heading twice."""
    return [
        _("{name} (network)", name=name) if name in (SETTING, DIFFERENCE) else name
        for name in (row["student"] for row in rows)
    ]


def _fact(cohort: Cohort, one: Mapping[str, Any], other: Mapping[str, Any]) -> Apart | NoSharedSeed:
    found = _difference(cohort, one, other)
    first, second = one["student"], other["student"]
    if found is None:
        return NoSharedSeed(first=first, second=second)
    own = difference_digits(100 * found.mean, one["test_accuracy"], other["test_accuracy"])
    digits = max(own, *(int(row.get("delta_digits", 1)) for row in (one, other)))  # as the table's
    return Apart(first=first, second=second, gap=replace(Gap.between(found), digits=digits), seeds=found.seeds)


def _settings(lab: Lab, cohort: Cohort, row: Mapping[str, Any]) -> dict[str, Any]:
    if row["role"] == "teacher":
        return {name: row[name] for name in OF_RUN if not pd.isna(row[name])}
    experiment = cohort.experiment(row["job_id"])
    known = settings_of(experiment, row["given"])
    teacher = {TEACHER: lab.catalog.teacher_title(experiment.task, experiment.teacher)}
    return teacher | {name: value for name, value in known.items() if not name.startswith(OF_TEACHER)}


def _difference(
    cohort: Cohort, one: Mapping[str, Any], other: Mapping[str, Any], column: str = "test_accuracy"
) -> Difference | None:
    done = cohort.results[cohort.results["state"] == "finished"]
    seeds = [by_seed(done[done["run_id"].isin(row["run_ids"])], column) for row in (one, other)]
    known = [{seed: value for seed, value in them.items() if not pd.isna(value)} for them in seeds]
    return compare_shared(*known)


def _interval(found: Difference | None) -> str:
    return words.NOTHING if found is None else words.points(found.mean, found.half_width, digits=3)


def _score(row: Mapping[str, Any]) -> str:
    return words.percent(row["test_accuracy"], row["test_accuracy_half_width"])


def _written(name: str, value: Any) -> str:
    if value is None:
        return "all" if name == "labels" else words.NOTHING
    shown, last = _titles(), name.rpartition(".")[2]
    if last in shown and isinstance(value, str):
        return shown[last].get(value, value)
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return words.short(value) if isinstance(value, float) else str(value)


def _titles() -> Mapping[str, Mapping[str, str]]:
    """The titles of registry entries by the setting that names one."""
    return {
        "architecture": titles.networks(),
        "method": titles.methods(),
        "step": titles.steps(),
        "corruption": {entry.name: entry.title for entry in CORRUPTIONS},
        "transfer": titles.TRANSFER,
        "mode": titles.MODES,
    }
