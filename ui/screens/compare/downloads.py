"""Tab Downloads: weights and ONNX of a network, the table as CSV, all runs with their specification as JSON."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from distill_core.errors import DistillError
from distill_core.lab import Lab
from distill_core.reports.gathered import flat
from distill_core.reports.results import named_by_metric
from distill_core.reports.summary import mark_front
from ui import spreadsheet
from ui.jobs import archives
from ui.screens.compare import findings
from ui.screens.compare.cohort import Cohort
from ui.text import words
from ui.text.language import _
from ui.text.unmarked import unmarked

__all__ = ["as_json", "flat", "show"]

FILES = (("weights", "Weights", ".safetensors"), ("onnx", "ONNX", ".onnx"))


def show(lab: Lab, cohort: Cohort, rows: pd.DataFrame) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(_("**A network**"))
        _network(lab, cohort, cohort.of_lab(rows))
    with right:
        st.markdown(_("**All that is shown**"))
        with st.container(horizontal=True):
            spreadsheet.downloads(partial(flat, rows), "distill_compare", label=_("Table"))
            spreadsheet.download(
                _("Runs and specifications"), "distill_runs.json", partial(as_json, lab, cohort), "application/json"
            )
            archives.download(lab, cohort.jobs)
        with st.container(horizontal=True):
            ids, told = [job.id for job in cohort.jobs], partial(_findings, cohort, rows)
            for label, name, mime, write in (
                (_("Report"), "distill_report.html", "text/html", lab.documents.page),
                (_("Notebook"), "distill_report.ipynb", "application/x-ipynb+json", lab.documents.notebook),
            ):
                spreadsheet.download(label, name, partial(_document, write, ids, told), mime)
        st.caption(
            _(
                "CSV: a row a network, units in the names of the columns. JSON: every run of every seed. "
                "Archive: all of it with its files, for another lab. Report: a page that needs nothing else, with "
                "charts, tables, specifications and findings. Notebook: Jupyter's, which repeats the experiments."
            )
        )
        if cohort.studies:
            st.caption(_("Studies that ship are in the CSV and the JSON; every lab has them, so no archive does."))


def as_json(lab: Lab, cohort: Cohort) -> bytes:
    """A list of experiments, each with its complete specification and its runs; a study that ships by its key."""
    found = [
        {
            "job": job.id,
            "title": job.title,
            "state": job.state,
            "specification": json.loads(lab.reports.specification(job.id)),
            "runs": _records(lab.reports.results([job.id])),
        }
        for job in cohort.jobs
    ]
    found += [
        {
            "study": key,
            "title": study.title,
            "specification": json.loads(study.experiment.to_json()),
            "runs": _records(study.results),
        }
        for key, study in cohort.studies.items()
    ]
    return json.dumps(found, indent=2).encode()


def _document(
    write: Callable[[Sequence[str], Sequence[str]], bytes], ids: Sequence[str], told: Callable[[], Sequence[str]]
) -> bytes:
    return write(ids, told())


def _findings(cohort: Cohort, rows: pd.DataFrame) -> list[str]:
    """What the page shows beside the chart of size, without markup."""
    sized = rows[rows["onnx_bytes"].notna()]
    told = findings.sentences(mark_front(sized, "onnx_bytes"), "onnx_bytes", cohort.kind) if len(sized) else ()
    return [unmarked(sentence) for sentence in told]


def _records(results: pd.DataFrame) -> list[dict[str, Any]]:
    # Pandas writes a missing number as NaN, which JSON does not know.
    return json.loads(named_by_metric(results).to_json(orient="records"))


def _network(lab: Lab, cohort: Cohort, rows: pd.DataFrame) -> None:
    if rows.empty:
        st.caption(_("The networks that are shown ship as numbers, without files."))
        return
    # What a device gets is a student: the best one stands first, the teacher last.
    order = rows.assign(place=rows["role"].map({"student": 0, "control": 1, "teacher": 2}))
    names = order.sort_values(["place", "test_accuracy"], ascending=[True, False])["student"]
    name = st.selectbox(_("Network"), list(names), key="download_of", bind="query-params")
    runs = _seeds(cohort, name)
    seed = st.selectbox(_("Seed"), list(runs), key="download_seed") if len(runs) > 1 else next(iter(runs))
    run_id = runs.get(seed, next(iter(runs.values())))
    with st.container(horizontal=True):
        for kind, label, ending in FILES:
            _file(lab, run_id, kind, label, f"{spreadsheet.slug(name)}_seed{seed}{ending}")


def _seeds(cohort: Cohort, name: str) -> dict[int, str]:
    ids = cohort.runs(name)
    rows = cohort.results[cohort.results["run_id"].isin(ids)]
    return dict(zip(rows["seed"].astype(int), rows["run_id"], strict=True))


def _file(lab: Lab, run_id: str, kind: str, label: str, file_name: str) -> None:
    try:
        path = Path(lab.reports.artifact(run_id, kind))
        size = path.stat().st_size
    except (DistillError, OSError):
        st.button(_("{label}: not kept", label=label), key=f"no_{kind}", disabled=True)
        return
    spreadsheet.download(f"{label} ({words.size(size)})", file_name, path.read_bytes, "application/octet-stream")
