"""Downloads and tables of the pages, which are safe to open in a spreadsheet: a visitor also saves or copies a table
with Streamlit's own toolbar."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from distill_core.spreadsheet import as_csv, guarded, no_formula, no_formula_within
from ui.text.language import _, is_english
from ui.text.said import shown

__all__ = ["as_csv", "download", "downloads", "no_formula", "safe", "slug", "table"]


def downloads(rows: Callable[[], pd.DataFrame], file_name: str, *, label: str = "CSV") -> None:
    """A button for each form; ``rows`` are asked for at the click. ``file_name`` without its ending."""
    for excel, title in ((False, label), (True, _("{label} for Excel (; and decimal commas)", label=label))):
        name = f"{file_name}{'_excel' if excel else ''}.csv"
        download(title, name, partial(_made, rows, excel=excel), "text/csv")


def download(label: str, file_name: str, data: Any, mime: str, *, key: str = "") -> None:
    """A button for one file; ``data`` as Streamlit takes it, ``key`` where the name is not the only one on the page."""
    st.download_button(
        label, data, file_name, mime, key=key or f"get_{file_name}", icon=":material/download:", on_click="ignore"
    )


def slug(name: str) -> str:
    """A network's name as a part of the name of a file."""
    return re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_") or "network"


def table(rows: pd.DataFrame, *, place: Any = st, is_safe: bool = False, **options: Any) -> None:
    """``st.dataframe`` of texts that are no formulas wherever a file of them is parted; ``is_safe``: the rows are
    those of ``safe``. A column that is called by a text of the catalogues has its heading in the visitor's language."""
    config = dict(options.pop("column_config", None) or {})
    for name in map(str, rows.columns):
        own = config.get(name) or {}
        if not own.get("label") and (heading := _(name)) != name:
            config[name] = {**own, "label": heading}
    place.dataframe(_named(rows if is_safe else safe(rows)), column_config=config or None, **options)


def safe(rows: pd.DataFrame) -> pd.DataFrame:
    """The table as ``table`` shows it: for one that is kept."""
    return guarded(rows, no_formula_within)


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    """The table with names that the lab gave itself in the visitor's language; files keep them in English."""
    if is_english():
        return rows
    texts = rows.select_dtypes(include=["object", "string"])
    return rows.assign(**{name: texts[name].map(_in_words) for name in texts})


def _in_words(value: Any) -> Any:
    return shown(value) if isinstance(value, str) else value


def _made(rows: Callable[[], pd.DataFrame], *, excel: bool) -> bytes:
    return as_csv(rows(), excel=excel)
