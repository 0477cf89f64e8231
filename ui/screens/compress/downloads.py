"""The file of each rung, as a device loads it."""

import re
from pathlib import Path

import pandas as pd
import streamlit as st

from distill_core.errors import DistillError
from distill_core.lab import Lab
from ui.screens.compress.rungs import Ladder, Rung
from ui.text import words

__all__ = ["show"]


def show(lab: Lab, ladder: Ladder, results: pd.DataFrame) -> None:
    """A button a rung; where there are several seeds, of which seed."""
    st.markdown("**The ONNX file of each step**")
    seeds = dict(zip(results["run_id"], results["seed"].astype(int), strict=True))
    known = sorted({seeds[run] for rung in ladder.done if rung.role != "teacher" for run in rung.run_ids})
    seed = st.selectbox("Seed", known, key="ladder_seed", width=120) if len(known) > 1 else next(iter(known), 0)
    with st.container(horizontal=True):
        for rung in ladder.done:
            run = next((run_id for run_id in rung.run_ids if rung.role == "teacher" or seeds[run_id] == seed), None)
            if run:
                _file(lab, rung, run, seed)


def _file(lab: Lab, rung: Rung, run_id: str, seed: int) -> None:
    try:
        path = Path(lab.reports.artifact(run_id, "onnx"))
        label = f"{words.plain(rung.name)} ({words.size(path.stat().st_size)})"
    except (DistillError, OSError):
        st.button(f"{words.plain(rung.name)}: not kept", key=f"ladder_none_{run_id}", disabled=True)
        return
    st.download_button(
        label,
        path.read_bytes,
        f"{_slug(rung.name)}_seed{seed}.onnx",
        "application/octet-stream",
        key=f"ladder_get_{run_id}",
        icon=":material/download:",
        on_click="ignore",
    )


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "network"
