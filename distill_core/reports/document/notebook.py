"""A document as a Jupyter notebook that repeats its experiments through the engine's public functions."""

from __future__ import annotations

import json
import pprint
from typing import Any

from distill_core import __version__
from distill_core.lazy_torch import pd
from distill_core.reports.document.contents import Contents, environments, missing, points, share

# The oldest form of notebooks that gives cells ids.
FORMAT = {"nbformat": 4, "nbformat_minor": 5}
SUBMIT = """\
job_ids = [lab.submit(experiment) for experiment in experiments]
jobs = [lab.wait(job_id, timeout_seconds=24 * 3600) for job_id in job_ids]
for job in jobs:
    print(job.title, job.state, job.error or "")"""
SUMMARY = """\
summary = pd.concat([lab.reports.summary(job_id) for job_id in job_ids], ignore_index=True)
results = lab.reports.results(job_ids)
columns = ["student", "role", "seeds", "test_accuracy", "test_accuracy_half_width", "delta_points", "verdict"]
summary[columns]"""
BESIDE = """\
beside = summary[["student", "test_accuracy"]].assign(stored=summary["student"].map(stored))
beside.assign(difference=beside["test_accuracy"] - beside["stored"])"""
CHART = """\
import plotly.graph_objects as go

shown = summary.dropna(subset=["test_accuracy", "onnx_bytes"])
figure = go.Figure(
    go.Scatter(
        x=shown["onnx_bytes"],
        y=shown["test_accuracy"],
        text=shown["student"],
        error_y={"array": shown["test_accuracy_half_width"]},
        mode="markers+text",
        textposition="top center",
    )
)
figure.update_layout(xaxis_title="ONNX file (bytes)", yaxis_title="test score").update_xaxes(type="log")
figure"""
NETWORK = """\
students = results[(results["role"] == "student") & (results["state"] == "finished")]
best = students.sort_values("valid_accuracy").iloc[-1]
path = lab.reports.artifact(best["run_id"], "onnx")  # the file of the best student on validation
path"""


def notebook(contents: Contents) -> bytes:
    """The file, UTF-8; equal contents give equal bytes."""
    told = "\n".join(f"- {_plain(one.subject)}" for one in contents.experiments)
    cells = [
        _text(
            f"# {_plain(contents.title)}\n\n{told}\n\nMade by Distill Lab {__version__}; it repeats these experiments."
        ),
        _text(f"## What was found\n\n{_findings(contents)}\n\n{_scores(contents.rows)}"),
        _text("## Repeat it\n\nWhat is stored already is not trained again: in another home everything is."),
        _code(_opening(contents)),
        _code(SUBMIT),
        _code(SUMMARY),
        _text("## Beside what was stored\n\nEqual on the same machine with the same versions and threads."),
        _code(f"stored = {pprint.pformat(_stored(contents.rows), width=100, sort_dicts=False)}\n{BESIDE}"),
        _code(CHART),
        _code(NETWORK),
        _code("lab.close()"),
        _text(f"## Where it was made\n\n{_machines(contents.runs)}"),
    ]
    for place, cell in enumerate(cells):
        cell["id"] = f"cell{place}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    whole = {"cells": cells, "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}}, **FORMAT}
    return json.dumps(whole, indent=1, ensure_ascii=False).encode() + b"\n"


def _opening(contents: Contents) -> str:
    specifications = [json.loads(told.specification) for told in contents.experiments]
    written = pprint.pformat(specifications, width=100, sort_dicts=False)
    return "\n".join(
        [
            "import pandas as pd",
            "",
            "from distill_core.lab import Lab",
            "from distill_core.spec import Experiment",
            "",
            'lab = Lab.open()  # the home of the pages; Lab.open(Path("elsewhere")) for another one',
            f"specifications = {written}",
            "experiments = [Experiment.of(specification) for specification in specifications]",
        ]
    )


def _findings(contents: Contents) -> str:
    return "\n".join(f"- {_plain(sentence)}" for sentence in contents.findings) or "No student has a score."


def _scores(rows: pd.DataFrame) -> str:
    lines = ["| Network | Test | Against control (points) |", "| --- | --- | --- |"]
    for row in rows.to_dict("records"):
        score = share(row["test_accuracy"], row["test_accuracy_half_width"])
        lines.append(f"| {_plain(row['student'])} | {score} | {points(row)} |")
    return "\n".join(lines)


def _stored(rows: pd.DataFrame) -> dict[str, float]:
    return {
        str(row["given"]): float(row["test_accuracy"])
        for row in rows.to_dict("records")
        if not missing(row["test_accuracy"])
    }


def _machines(runs: pd.DataFrame) -> str:
    return "\n".join(f"- {_plain(name)}: {_plain(value)}" for name, value in environments(runs)) or "Not known."


def _plain(text: str) -> str:
    """Letter for letter in Markdown, in one line."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]<>#|$~&" else letter for letter in " ".join(str(text).split()))


def _text(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": "", "metadata": {}, "source": source.splitlines(keepends=True)}


def _code(source: str) -> dict[str, Any]:
    lines = source.splitlines(keepends=True)
    return {"cell_type": "code", "execution_count": None, "id": "", "metadata": {}, "outputs": [], "source": lines}
