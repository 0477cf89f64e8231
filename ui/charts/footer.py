"""What stands under every chart: its legend, which wraps with the page, and its numbers one click away."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from ui import spreadsheet
from ui.text import words
from ui.text.language import N_, _

__all__ = ["TABLE", "below"]

TABLE = N_("Table of this chart")


def below(legend: Sequence[str], table: pd.DataFrame, *, alt: str, key: str, title: str = TABLE) -> None:
    """``legend`` holds entries in Markdown; ``key`` is that of the chart."""
    if legend:
        # An element each: a name and its marker then wrap together.
        with st.container(horizontal=True, gap="xsmall"):
            for entry in legend:
                st.markdown(f":small[{entry}]\u2003", width="content")
    opened = st.expander(_(title), key=f"{key}_table", icon=":material/table_rows:", type="compact", on_change="rerun")
    if opened.open:
        spreadsheet.table(table, place=opened, hide_index=True, placeholder=words.NOTHING, alt=f"{title}: {alt}")
