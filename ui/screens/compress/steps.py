"""The steps of a pipeline, a line each; one of them is open to be edited."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from distill_core.lab import Lab
from distill_core.templates.compression_chain import MOST_LINKS
from ui.forms import lines
from ui.screens.compress import links, step_form
from ui.screens.compress.draft import FORM
from ui.text import titles, words
from ui.text.language import _

__all__ = ["draw"]


def draw(lab: Lab) -> None:
    st.subheader(_("2 · Steps"))
    lines.draw(
        lines.Lines(
            form=FORM,
            name="links",
            most=MOST_LINKS,
            add=_("Add a step"),
            head=lambda place, row: f"**{place + 1}. {words.plain(_called(row))}**",
            called=_called,
            said=_said,
            edit=lambda place: step_form.show(lab, place),
            new=lambda rows: {},
            copied=lambda rows, place: rows[place],
            follow=_follow,
        )
    )


def _called(row: Mapping[str, Any]) -> str:
    if "step" not in row:
        return titles.method(row.get("method", "kd"))
    return titles.steps().get(str(row["step"]), str(row["step"]))


def _said(row: Mapping[str, Any]) -> str:
    """A step in words, right or wrong."""
    does, learns = links.step(row), links.method(row)
    parts = []
    if row.get("architecture"):
        parts.append(lines.network(row["architecture"], row.get("width")))
    if does:
        numbers = row.get("parameters") or {}
        parts += [words.called(links.choice(row, name, entry)) for name, entry in does.choices.items()]
        parts += [
            f"{words.called(name)} {lines.number(numbers.get(name, entry.default))}"
            for name, entry in links.used(row).items()
        ]
    if learns and learns.temperature is not None:
        parts.append(f"T {lines.number(row.get('temperature', learns.temperature))}")
    if learns and learns.alpha is not None:
        parts.append(f"alpha {lines.number(row.get('alpha', learns.alpha))}")
    parts += ["QAT"] if row.get("int8_aware") else []
    if row.get("after") is not None:
        parts.append(_("input: {network}", network=step_form.source(row["after"])))
    return " · ".join(parts)


def _follow(rows: lines.Rows, places: Sequence[int | None], before: lines.Rows) -> lines.Rows:
    """A step takes the network of the step that it took, wherever that stands now. One whose step was removed says so
    until another is chosen: it takes no other network by itself."""
    now = {old + 1: new + 1 for new, old in enumerate(places) if old is not None}

    def following(row: dict[str, Any]) -> dict[str, Any]:
        after = row.get("after")
        known = isinstance(after, int) and 0 < after <= len(before)
        return {**row, "after": now.get(after, links.GONE)} if known else row

    return [following(row) for row in rows]
