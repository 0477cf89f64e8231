"""The grey line under what was trained: who taught whom, on how many seeds, on which machine, by which command."""

from distill_core.reports.experiment_report import ExperimentReport
from ui.text import story, words

__all__ = ["line"]


def line(sheet: ExperimentReport, *more: str) -> str:
    """``more`` comes first: what only this picture has to say."""
    budget, results = sheet.experiment.budget, sheet.results
    teachers = results[results["role"] == "teacher"].to_dict("records")
    seeds = max(len(student.seeds) for student in sheet.experiment.students)
    spread = "95 % intervals over seeds, without the sampling of the images" if seeds >= 3 else "no interval"
    parts = [
        *more,
        *(f"taught by {words.plain(row['student'])}, which saw {words.labels(row['labels'])}" for row in teachers[:1]),
        *_settings(sheet),
        f"{words.plural(seeds, 'seed')} ({spread})",
        f"{budget.updates:,} updates of {budget.batch_size} images, after the last one",
        *story.place(results[results["role"] != "teacher"]),
        *([sheet.experiment.precision] if sheet.experiment.precision != "auto" else []),
        *([f"made by `{sheet.command}`"] if sheet.command else []),
    ]
    return " · ".join(parts)


def _settings(sheet: ExperimentReport) -> list[str]:
    """T and alpha, where all taught students have the same: the sliders say nothing of these."""
    taught = [student for student in sheet.experiment.students if student.temperature is not None]
    found = []
    temperatures, alphas = ({getattr(student, name) for student in taught} for name in ("temperature", "alpha"))
    for name, values in (("T", temperatures), ("alpha", alphas)):
        if len(values) == 1:
            found.append(f"trained at {name} {values.pop():g}")
    return found
