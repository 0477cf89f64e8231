"""All measurements of the chosen networks as files, each with where it was taken and the address that made it."""

import json
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from ui import spreadsheet
from ui.screens.benchmark import choose
from ui.screens.benchmark.choose import Choice
from ui.shell import share
from ui.text.language import _

__all__ = ["as_json", "flat", "show"]

# A device's number is its key to its own measurements, and what its browser says of itself is its visitor's.
PRIVATE = ("device_id", "device_key", "uid")
HERE = ("row", "mine", "here", "way")


def show(rows: pd.DataFrame, choice: Choice) -> None:
    link = share.link(st.context.url or "", choose.address(choice))
    with st.container(horizontal=True):
        spreadsheet.downloads(partial(flat, rows), "distill_benchmark")
        spreadsheet.download(_("JSON"), "distill_benchmark.json", partial(as_json, rows, link), "application/json")


def flat(rows: pd.DataFrame) -> pd.DataFrame:
    """A row a measurement, the environment as columns of its own."""
    return pd.DataFrame([_record(row, nested=False) for row in rows.to_dict("records")])


def as_json(rows: pd.DataFrame, link: str) -> bytes:
    """``link`` opens the page that measures the same again."""
    found = {
        "link": link,
        "definition": "first run apart; warm-up of 20 runs or 0.2 s, then 200 runs or 2 s, whichever is more; in a "
        "browser at most 5,000 samples, and not above 5 s of warm-up and 30 s of timing once there are 3 and 20 runs; "
        "percentiles by the nearest rank of samples, each the mean of runs_per_sample runs in a row; times in ms of "
        "one run, which answers batch_size examples; the networks of one round_id were timed in turns or one right "
        "after the other; disturbed tells what else used the device meanwhile: empty where nothing did, null where it "
        "is unknown",
        "measurements": [_record(row, nested=True) for row in rows.to_dict("records")],
    }
    return json.dumps(found, indent=2, default=str).encode()


def _record(row: dict[str, Any], *, nested: bool) -> dict[str, Any]:
    environment = {name: value for name, value in row["environment"].items() if name != "user_agent"}
    plain = {name: _plain(value) for name, value in row.items() if name not in (*PRIVATE, *HERE, "environment")}
    if nested:
        return {**plain, "environment": environment}
    record = {name: value for name, value in plain.items() if name != "histogram"}
    record["run_ids"] = " ".join(row["run_ids"])
    return record | {f"environment_{name}": value for name, value in environment.items()}


def _plain(value: Any) -> Any:
    # Pandas writes a missing number as NaN, which JSON does not know.
    return None if isinstance(value, float) and value != value else value
