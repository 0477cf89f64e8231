"""Tables that keep texts of the engine as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from distill_core.lazy_torch import pd

# What pages show in another language.
SAID = ("message", "disturbed", "verdict")


def table_of(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    """The rows as a table. pandas would make plain strings of a column of texts: without their templates pages could
    show them in English alone."""
    told = {name: pd.Series([row.get(name) for row in rows], dtype=object) for name in SAID if name in columns}
    return pd.DataFrame(list(rows), columns=list(columns)).assign(**told)


def inferred(rows: pd.DataFrame) -> pd.DataFrame:
    """A table of objects with each column in its own type, but for those of texts."""
    return rows.infer_objects().assign(**{name: rows[name] for name in SAID if name in rows})
