"""The file of each stage, as a device loads it."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from distill_core.lab import Lab
from distill_core.store import Artifact
from ui import spreadsheet
from ui.kept import derived
from ui.screens.compress.pipeline import Pipeline, Stage
from ui.text import words
from ui.text.language import _

__all__ = ["show"]


def show(lab: Lab, pipeline: Pipeline, results: pd.DataFrame) -> None:
    """A button a stage; where there are several seeds, of which seed."""
    st.markdown(_("**The ONNX file of each step**"))
    seeds = derived(results, "seeds", lambda: dict(zip(results["run_id"], results["seed"].astype(int), strict=True)))
    known = sorted({seeds[run] for stage in pipeline.done if stage.role != "teacher" for run in stage.run_ids})
    seed = st.selectbox(_("Seed"), known, key="pipeline_seed", width=120) if len(known) > 1 else next(iter(known), 0)
    runs = {
        run_id: stage
        for stage in pipeline.done
        for run_id in [one for one in stage.run_ids if stage.role == "teacher" or seeds[one] == seed][:1]
    }
    files = lab.reports.artifacts([*runs], "onnx")
    with st.container(horizontal=True):
        for run_id, stage in runs.items():
            _file(files, stage, run_id, seed)


def _file(files: Mapping[str, Artifact], stage: Stage, run_id: str, seed: int) -> None:
    artifact = files.get(run_id)
    if artifact is None:
        st.button(_("{stage}: not kept", stage=words.plain(stage.name)), key=f"pipeline_none_{run_id}", disabled=True)
        return
    label = f"{words.plain(stage.name)} ({words.size(artifact.size_bytes)})"
    name, key = f"{spreadsheet.slug(stage.name)}_seed{seed}.onnx", f"pipeline_get_{run_id}"
    spreadsheet.download(label, name, artifact.path.read_bytes, "application/octet-stream", key=key)
