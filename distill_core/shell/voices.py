"""The shell's commands on new voices: get a network used to one, and what that brought over all of them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from distill_core.decimals import fixed
from distill_core.lazy_torch import pd
from distill_core.reports.voices import Way
from distill_core.shell.outputs import add_command, check_outputs, opened, put
from distill_core.shell.printing import home_of_lab, status_of
from distill_core.shell.training import train
from distill_core.spec import Student
from distill_core.templates.new_voice import AS_IT_WAS, NORMS_ANEW, adaptation_of

NONE = "No network was used to a voice, so there is no table; the command adapt does that."
# What a gain is over, by its name in columns.
OVER = {AS_IT_WAS: "over_as_it_was", NORMS_ANEW: "over_norms"}


def add_voices(commands: Any) -> list[argparse.ArgumentParser]:
    """Add the commands; returns them."""
    adapt = add_command(
        commands,
        "adapt",
        "get a network used to a voice that it never heard, without labels, beside norms alone and a few labels",
        _adapt,
        outputs=True,
    )
    adapt.add_argument("run", metavar="RUN", help="of a task whose test is a new voice")
    voices = add_command(
        commands,
        "voices",
        "what getting used to a new voice brought: mean and 95 % interval over the voices of this home, a row a way",
        _voices,
        outputs=True,
    )
    return [adapt, voices]


def _adapt(chosen: argparse.Namespace) -> int:
    check_outputs(chosen)
    with opened(home_of_lab(chosen.home)) as lab:
        row = lab.reports.result(chosen.run)
        form = {name: row[name] for name in ("architecture", "width", "stem_stride")}
        return train(lab, adaptation_of(row["task"], Student(name=row["student"], **form), row["run_id"]), chosen)


def _voices(chosen: argparse.Namespace) -> int:
    check_outputs(chosen)
    with opened(home_of_lab(chosen.home)) as lab:
        rows = [_row(way) for way in lab.reports.over_voices(lab.reports.adaptations())]
    return status_of(put(chosen, rows, _table(rows)))


def _row(way: Way) -> dict[str, Any]:
    """Accuracies from 0 to 1, gains in percentage points."""
    row = {"network": way.name, "accuracy": way.accuracy.mean, "half_width": way.accuracy.half_width}
    for other, name in OVER.items():
        gain = way.gains.get(other)
        row |= {
            f"{name}_points": _points(gain.difference.mean if gain else None),
            f"{name}_half_width_points": _points(gain.difference.half_width if gain else None),
            f"{name}_verdict": gain.direction if gain else None,
        }
    return {**row, "voices": way.accuracy.count, **way.by_voice}


def _table(rows: Sequence[dict[str, Any]]) -> str:
    """Shares in %, with the half width of their intervals."""
    if not rows:
        return NONE
    lines = []
    for row in rows:
        told = [row[f"{name}_verdict"] or "" for name in OVER.values()]
        gains = [_said(row[f"{name}_points"], row[f"{name}_half_width_points"]) for name in OVER.values()]
        lines.append(
            {
                "network": row["network"],
                "accuracy": _said(_points(row["accuracy"]), _points(row["half_width"])),
                "over as it was": f"{gains[0]} {told[0]}".strip(),
                "over norms alone": f"{gains[1]} {told[1]}".strip(),
                "voices": row["voices"],
            }
        )
    return pd.DataFrame(lines).to_string(index=False)


def _points(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _said(value: float | None, half_width: float | None) -> str:
    if value is None:
        return ""
    return fixed(value, 1) + ("" if half_width is None else f" ± {fixed(half_width, 1)}")
