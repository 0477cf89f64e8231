"""Downloads and tables of the pages that are safe to open in a spreadsheet: a visitor also saves or copies a table with
Streamlit's own toolbar."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from distill_core.spreadsheet import as_csv, guarded, no_formula, no_formula_within

__all__ = ["as_csv", "downloads", "no_formula", "safe", "table"]


def downloads(rows: Callable[[], pd.DataFrame], file_name: str, *, label: str = "CSV") -> None:
    """A button for each form; ``rows`` are asked for at the click. ``file_name`` without its ending."""
    for excel, title in ((False, label), (True, f"{label} for Excel (; and decimal commas)")):
        name = f"{file_name}{'_excel' if excel else ''}.csv"
        st.download_button(
            title,
            partial(_made, rows, excel=excel),
            name,
            "text/csv",
            key=f"get_{name}",
            icon=":material/download:",
            on_click="ignore",
        )


def table(rows: pd.DataFrame, *, place: Any = st, is_safe: bool = False, **options: Any) -> None:
    """``st.dataframe`` of texts that are no formulas wherever a file of them is parted; ``is_safe``: the rows are
    those of ``safe``."""
    place.dataframe(rows if is_safe else safe(rows), **options)


def safe(rows: pd.DataFrame) -> pd.DataFrame:
    """The table as ``table`` shows it: for one that is kept."""
    return guarded(rows, no_formula_within)


def _made(rows: Callable[[], pd.DataFrame], *, excel: bool) -> bytes:
    return as_csv(rows(), excel=excel)
