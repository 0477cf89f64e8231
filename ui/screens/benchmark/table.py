"""Everything that was measured, a row a measurement, units in the headers."""

import pandas as pd
import streamlit as st

from ui import spreadsheet
from ui.screens.benchmark.whiskers import how_taken
from ui.text import words
from ui.text.language import N_, _

__all__ = ["build", "show"]

TITLE = N_("Table of all measurements")
RATE = N_("Throughput (answers/s)")
# Header: (column of the lab's table, digits, what it means).
NUMBERS: dict[str, tuple[str, int, str]] = {
    N_("Load (ms)"): ("load_ms", 1, N_("Fetching the file; from the browser's own store where it was there already.")),
    N_("Session (ms)"): ("session_ms", 1, N_("Until the engine is ready to run the network.")),
    N_("First run (ms)"): ("first_ms", 3, N_("Counted apart: what is made at the first run is not made again.")),
    N_("Warm-up (runs)"): (
        "warmup_runs",
        0,
        N_("Not counted: 20 runs or 0.2 s, whichever is more; in a browser up to 5 s."),
    ),
    N_("Runs"): ("runs", 0, N_("200 runs or 2 s, whichever is more; in a browser up to 30 s.")),
    N_("Runs per sample"): (
        "runs_per_sample",
        0,
        N_(
            "A network too quick for a browser's clock is timed many runs in a row; its percentiles are of their "
            "means, which lie closer together than single runs."
        ),
    ),
    N_("p50 (ms)"): ("p50_ms", 4, N_("Half of the samples are faster: runs, or rows of runs.")),
    N_("p90 (ms)"): ("p90_ms", 4, N_("9 of 10 are faster.")),
    N_("p95 (ms)"): ("p95_ms", 4, N_("19 of 20 are faster.")),
    N_("p99 (ms)"): ("p99_ms", 4, N_("99 of 100 are faster.")),
    N_("Mean (ms)"): ("mean_ms", 4, N_("The mean of all timed runs.")),
    N_("File (kB)"): ("size_bytes", 1, N_("What a device loads; for torch the weights.")),
}


def show(rows: pd.DataFrame, *, key: str, title: str = TITLE) -> None:
    """In an expander, one click away."""
    place = st.expander(_(title), key=f"{key}_table", icon=":material/table_rows:", type="compact", on_change="rerun")
    if place.open:
        with place:
            _draw(rows, key)


def build(rows: pd.DataFrame) -> pd.DataFrame:
    """Numbers stay numbers, so that they sort as numbers."""
    numbers = {header: pd.to_numeric(rows[column]) for header, (column, *__) in NUMBERS.items()}
    numbers["File (kB)"] = numbers["File (kB)"] / 1000
    front = {
        N_("Device"): rows["label"],
        N_("Network"): rows["network"],
        N_("Ran on"): rows["called"],
        N_("Precision"): rows["numbers"],
        N_("Batch size"): rows["batch_size"],
        RATE: [_rate(*pair) for pair in zip(rows["batch_size"], rows["mean_ms"], strict=True)],
        N_("Answers"): rows["told"],
        N_("Taken"): [how_taken(reason) for reason in rows["disturbed"]],
    }
    first = ["p50 (ms)", "p95 (ms)"]
    rest = {name: column for name, column in numbers.items() if name not in first}
    here = rows["environment"]
    back = {
        N_("Threads"): rows["threads"],
        N_("Isolated"): [entry.get("isolated") for entry in here],
        N_("Where"): rows["device"],
        N_("Engine"): [_engine(entry) for entry in here],
        N_("Measured"): rows["created_at"],
        N_("Run"): rows["run_id"],
    }
    return pd.DataFrame(front | {name: numbers[name] for name in first} | rest | back)


def _rate(batch_size: int, mean_ms: float) -> float | None:
    return 1000 * batch_size / mean_ms if mean_ms > 0 else None


def _engine(environment: dict) -> str:
    if "onnxruntime_web" in environment:
        return _("onnxruntime-web {onnxruntime_web}", onnxruntime_web=environment["onnxruntime_web"])
    return ", ".join(f"{name} {environment[name]}" for name in ("onnxruntime", "torch") if name in environment)


def _draw(rows: pd.DataFrame, key: str) -> None:
    config = st.column_config
    columns = {
        header: config.NumberColumn(_(header), help=_(meaning), format=f"%.{digits}f")
        for header, (__, digits, meaning) in NUMBERS.items()
    }
    spreadsheet.table(
        build(rows),
        hide_index=True,
        key=f"{key}_all",
        column_config={
            **columns,
            "Network": config.TextColumn(_("Network"), pinned=True),
            "Batch size": config.NumberColumn(_("Batch size"), help=_("How many are answered in one run.")),
            RATE: config.NumberColumn(_(RATE), help=_("By the mean of a run."), format="%.0f"),
            "Answers": config.TextColumn(
                _("Answers"), help=_("Logits of eight test examples beside the server's own.")
            ),
            "Taken": config.TextColumn(
                _("Taken"), help=_("Whether something else used the device while it was timed.")
            ),
            "Measured": config.DatetimeColumn(_("Measured"), format="YYYY-MM-DD HH:mm"),
        },
        placeholder=words.NOTHING,
        alt=_("Every measurement with its times, its file, its answers and where it was taken"),
    )
