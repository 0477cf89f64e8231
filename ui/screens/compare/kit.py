"""The export kit of a network: one button under the table, a dialog that makes it, and its zip."""

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import ui
from distill_core.deployment.kit.build import as_zip
from distill_core.errors import DistillError
from distill_core.lab import Lab
from ui import spreadsheet
from ui.screens.compare.cohort import Cohort
from ui.shell import clicks
from ui.text import words
from ui.text.language import _

__all__ = ["offer"]

# The last kit of a visitor: its run and precisions, and its zip.
MADE = "kit_made"
Runs = dict[str, dict[int, str]]


def offer(lab: Lab, cohort: Cohort, rows: pd.DataFrame, marks: Sequence[str]) -> None:
    """Draw the button where one of these networks has a file here."""
    runs = _runs(lab, cohort, cohort.of_lab(rows), marks)
    if runs:
        clicks.button(
            _("Export kit"),
            "kit",
            lambda: st.dialog(_("Export kit"))(_draw)(runs),
            icon=":material/deployed_code:",
            help=_(
                "A zip with all that an application needs of a network: files that take raw input, a model card, "
                "examples in Python, for a browser and in C++, and a check."
            ),
        )


def _runs(lab: Lab, cohort: Cohort, rows: pd.DataFrame, marks: Sequence[str]) -> Runs:
    """The runs with a file by network and seed: marked networks first, then students, the best one in front."""
    there = lab.devices.file_hashes([run for ids in rows["run_ids"] for run in ids])
    seeds = dict(zip(cohort.results["run_id"], cohort.results["seed"].astype(int), strict=True))
    place = rows["role"].map({"student": 0, "control": 1, "teacher": 2})
    order = rows.assign(unmarked=~rows["student"].isin(marks), place=place)
    order = order.sort_values(["unmarked", "place", "test_accuracy"], ascending=[True, True, False], kind="stable")
    found = {
        row["student"]: {seeds[run]: run for run in row["run_ids"] if run in there} for row in order.to_dict("records")
    }
    return {name: runs for name, runs in found.items() if runs}


def _draw(runs: Runs) -> None:
    try:
        _ask(ui.lab(), runs)
    except DistillError as error:
        st.warning(words.sentence(error))


def _ask(lab: Lab, runs: Runs) -> None:
    name = st.selectbox(_("Network"), list(runs), key="kit_of")
    own = runs[name]
    seed = st.selectbox(_("Seed"), list(own), key="kit_seed") if len(own) > 1 else next(iter(own))
    run_id = own.get(seed, next(iter(own.values())))
    offered = lab.kits.precisions(run_id)
    chosen = st.pills(
        _("Files in"),
        offered,
        default=offered[0],
        selection_mode="multi",
        key=f"kit_in_{run_id}",
        help=_("Each precision is a file that takes raw input and the network alone. An int8 file is made here."),
    )
    asked = run_id, *(chosen or offered[:1])
    if st.button(_("Make the kit"), type="primary", key="kit_make"):
        st.session_state.pop(MADE, None)
        st.session_state[MADE] = asked, _made(lab, run_id, asked[1:])
    kept = st.session_state.get(MADE)
    if kept and kept[0] == asked:
        file_name = f"{lab.kits.folder_name(run_id)}_kit.zip"
        label = _("Download the kit ({size})", size=words.size(len(kept[1])))
        spreadsheet.download(label, file_name, kept[1], "application/zip", key="kit_download")


def _made(lab: Lab, run_id: str, precisions: Sequence[str]) -> bytes:
    """The zip of a kit, with its progress."""
    place = st.empty()
    try:
        kit = lab.kits.make(run_id, precisions, partial(_tell, place.progress(0.0, text=_("Starting"))))
        return as_zip(kit, lab.kits.folder_name(run_id))
    finally:
        place.empty()


def _tell(bar: DeltaGenerator, share: float, step: str) -> None:
    steps = {"examples": _("Examples, page and model card"), "": _("Packing")}
    bar.progress(share, text=steps.get(step) or _("Files in {precision}", precision=step))
