"""The grey line under what was trained: teacher, settings, seeds, machine and command."""

from collections.abc import Mapping
from typing import Any

from distill_core.reports.experiment_report import ExperimentReport
from ui.text import story, words
from ui.text.language import _, ngettext

__all__ = ["line"]


def line(sheet: ExperimentReport, *more: str) -> str:
    """``more`` comes first: what only this picture has to say."""
    budget, results = sheet.experiment.budget, sheet.results
    teachers = results[results["role"] == "teacher"].to_dict("records")
    seeds = max(len(student.seeds) for student in sheet.experiment.students)
    parts = [
        *more,
        *(_taught(row) for row in teachers[:1]),
        *_settings(sheet),
        _seeds(seeds),
        ngettext(
            "{count} update with a batch size of {batch}, after the last one",
            "{count} updates with a batch size of {batch}, after the last one",
            budget.updates,
            batch=words.number(budget.batch_size),
        ),
        *story.place(results[results["role"] != "teacher"]),
        *([sheet.experiment.precision] if sheet.experiment.precision != "auto" else []),
        *([_("made by `{command}`", command=sheet.command)] if sheet.command else []),
    ]
    return " · ".join(parts)


def _taught(row: Mapping[str, Any]) -> str:
    name, labels = words.plain(row["student"]), words.labels(row["labels"])
    return _("taught by {network}, which saw {labels}", network=name, labels=labels)


def _seeds(seeds: int) -> str:
    if seeds < 3:
        return ngettext("{count} seed (no interval)", "{count} seeds (no interval)", seeds)
    return ngettext(
        "{count} seed (95 % intervals over seeds, without the sampling of the test set)",
        "{count} seeds (95 % intervals over seeds, without the sampling of the test set)",
        seeds,
    )


def _settings(sheet: ExperimentReport) -> list[str]:
    """T and alpha, where all taught students have the same: the sliders say nothing of these."""
    taught = [student for student in sheet.experiment.students if student.temperature is not None]
    found = []
    temperatures, alphas = ({getattr(student, name) for student in taught} for name in ("temperature", "alpha"))
    for name, values in (("T", temperatures), ("alpha", alphas)):
        if len(values) == 1:
            found.append(_("trained at {name} {value}", name=name, value=words.short(values.pop())))
    return found
