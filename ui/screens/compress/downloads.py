"""The file of each stage, as a device loads it."""

from pathlib import Path

import pandas as pd
import streamlit as st

from distill_core.errors import DistillError
from distill_core.lab import Lab
from ui import spreadsheet
from ui.screens.compress.pipeline import Pipeline, Stage
from ui.text import words
from ui.text.language import _

__all__ = ["show"]


def show(lab: Lab, pipeline: Pipeline, results: pd.DataFrame) -> None:
    """A button a stage; where there are several seeds, of which seed."""
    st.markdown(_("**The ONNX file of each step**"))
    seeds = dict(zip(results["run_id"], results["seed"].astype(int), strict=True))
    known = sorted({seeds[run] for stage in pipeline.done if stage.role != "teacher" for run in stage.run_ids})
    seed = st.selectbox(_("Seed"), known, key="pipeline_seed", width=120) if len(known) > 1 else next(iter(known), 0)
    with st.container(horizontal=True):
        for stage in pipeline.done:
            run = next((run_id for run_id in stage.run_ids if stage.role == "teacher" or seeds[run_id] == seed), None)
            if run:
                _file(lab, stage, run, seed)


def _file(lab: Lab, stage: Stage, run_id: str, seed: int) -> None:
    try:
        path = Path(lab.reports.artifact(run_id, "onnx"))
        label = f"{words.plain(stage.name)} ({words.size(path.stat().st_size)})"
    except (DistillError, OSError):
        st.button(_("{stage}: not kept", stage=words.plain(stage.name)), key=f"pipeline_none_{run_id}", disabled=True)
        return
    name, key = f"{spreadsheet.slug(stage.name)}_seed{seed}.onnx", f"pipeline_get_{run_id}"
    spreadsheet.download(label, name, path.read_bytes, "application/octet-stream", key=key)
