"""A document as one HTML file: charts that move, tables, specifications and machines, in light and dark, offline."""

from __future__ import annotations

import base64
import html
import importlib.util
import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from distill_core import __version__
from distill_core.assets import ASSETS
from distill_core.decimals import latency, rounded
from distill_core.lazy_torch import pd
from distill_core.reports.document.contents import Contents, environments, indented, missing, points, share
from distill_core.reports.gathered import flat
from distill_core.reports.results import VALID_SCORE
from distill_core.spreadsheet import as_csv

TEMPLATES = ASSETS / "report"
RUN_COLUMNS = {
    "student": "Network",
    "role": "Role",
    "seed": "Seed",
    "state": "State",
    "test_accuracy": "Test",
    "valid_accuracy": "Validation",
    "updates": "Updates",
    "seconds": "Training (s)",
    "run_id": "Run",
}
LOSS = "loss"


def page(contents: Contents) -> bytes:
    """The file, UTF-8."""
    places = {
        "@TITLE@": html.escape(contents.title),
        "@TOLD@": _told(contents),
        "@FINDINGS@": _listed(contents.findings),
        "@SUMMARY@": _summary(contents),
        "@RUNS@": _runs(contents),
        "@SPECIFICATIONS@": _specifications(contents),
        "@ENVIRONMENT@": _table(["", ""], environments(contents.runs)),
        "@CSV@": base64.b64encode(as_csv(flat(contents.rows), marked=True)).decode(),
        "@DATA@": _data(contents),
        "@VERSION@": html.escape(__version__),
        "@PLOTLY@": _plotly(),
        "@SCRIPT@": (TEMPLATES / "report.js").read_text(encoding="utf-8"),
    }
    # Part by part: what is filled in may hold the mark of another place.
    text = (TEMPLATES / "report.html").read_text(encoding="utf-8")
    for place in places:
        text = text.replace(place, f"\0{place}\0")
    return "".join(places.get(part, part) for part in text.split("\0")).encode()


def _told(contents: Contents) -> str:
    lines = []
    for told in contents.experiments:
        parts = [f"<strong>{html.escape(told.title)}</strong>"]
        parts += [html.escape(part) for part in (told.subject, told.note) if part and part != told.title]
        lines.append(f"<p>{'<br>'.join(parts)}</p>")
    return "".join(lines)


def _listed(sentences: Sequence[str]) -> str:
    if not sentences:
        return "<p>No student has a score.</p>"
    return f"<ul>{''.join(f'<li>{html.escape(sentence)}</li>' for sentence in sentences)}</ul>"


def _summary(contents: Contents) -> str:
    heads = ["Network", "Role", "Architecture", "Method", "T", "Alpha", "Labels", "Seeds", f"Test {contents.metric}"]
    heads += ["Against control (points)", "Verdict", "ONNX (kB)", "Parameters", "Median latency (ms)"]
    rows = [
        [
            row["student"],
            row["role"],
            row["architecture"],
            row["method"],
            _number(row["temperature"]),
            _number(row["alpha"]),
            "all" if missing(row["labels"]) else f"{row['labels']:,.0f}",
            f"{row['seeds']:.0f}",
            share(row["test_accuracy"], row["test_accuracy_half_width"]),
            points(row),
            row["verdict"] or "",
            "" if missing(row["onnx_bytes"]) else f"{rounded(row['onnx_bytes'] / 1000, 1):,.1f}",
            "" if missing(row["parameters"]) else f"{row['parameters']:,.0f}",
            _latency(row),
        ]
        for row in contents.rows.to_dict("records")
    ]
    return _table(heads, rows)


def _latency(row: Any) -> str:
    disturbed = isinstance(row["disturbed"], str) and row["disturbed"]
    return "" if missing(row["p50_ms"]) else f"{'≈ ' if disturbed else ''}{latency(row['p50_ms'])}"


def _runs(contents: Contents) -> str:
    rows = [
        [share(value) if str(name).endswith("accuracy") else _number(value) for name, value in row.items()]
        for row in contents.runs[list(RUN_COLUMNS)].to_dict("records")
    ]
    return _table([*RUN_COLUMNS.values()], rows)


def _number(value: Any) -> str:
    if missing(value):
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _specifications(contents: Contents) -> str:
    return "".join(
        f"<details><summary>{html.escape(told.title)} #{html.escape(told.job_id)}</summary>"
        f"<pre>{html.escape(indented(told.specification))}</pre></details>"
        for told in contents.experiments
    )


def _table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    head = "".join(f"<th>{html.escape(name)}</th>" for name in heads)
    body = "".join(f"<tr>{''.join(f'<td>{html.escape(str(cell))}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _data(contents: Contents) -> str:
    """What the charts draw, as JSON that ends no script."""
    told = {"metric": contents.metric, "networks": _networks(contents.rows), "curves": _curves(contents.curves)}
    return json.dumps(told, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")


def _networks(rows: pd.DataFrame) -> list[dict[str, Any]]:
    wanted = {"student": "name", "role": "role", "test_accuracy": "score", "test_accuracy_half_width": "half"}
    wanted |= {"onnx_bytes": "bytes", "delta_points": "delta", "delta_half_width_points": "delta_half"}
    return [
        {new: None if missing(row[old]) else row[old] for old, new in wanted.items()} for row in rows.to_dict("records")
    ]


def _curves(curves: pd.DataFrame) -> list[dict[str, Any]]:
    """A curve a network, its mean over seeds, of validation scores and of the loss."""
    kept = curves[curves["kind"].isin([VALID_SCORE, LOSS])]
    found = []
    for (student, kind), group in kept.groupby(["student", "kind"], sort=False):
        mean = group.groupby("update")["value"].mean()
        values = [None if missing(value) else float(value) for value in mean]
        found.append({"name": student, "kind": kind, "x": [int(update) for update in mean.index], "y": values})
    return found


@lru_cache(maxsize=1)
def _plotly() -> str:
    """Plotly's script as it ships with its package, which is not imported for that."""
    found = importlib.util.find_spec("plotly")
    folder = Path(found.origin or "").parent if found else Path()
    return (folder / "package_data" / "plotly.min.js").read_text(encoding="utf-8").replace("</script", "<\\/script")
