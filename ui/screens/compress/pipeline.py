"""A pipeline and its stages, from the lab's tables: what each network reaches and what it costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from distill_core.compression import STEPS
from distill_core.evaluation.statistics import Difference, compare_shared
from distill_core.methods import METHODS
from distill_core.reports.results import metric_of
from distill_core.spec import TEACHER_NAME, Experiment, Student, dependencies
from distill_core.templates.compression_chain import chain_stages, from_random
from ui.charts import COSTS, Cost
from ui.findings import taken
from ui.findings.facts import known
from ui.text import words
from ui.text.language import N_, Texts, _, listed
from ui.text.said import given

__all__ = ["SHOWN_COSTS", "Pipeline", "Stage", "build_pipeline", "difference"]

SHOWN_COSTS: tuple[Cost, ...] = tuple(COSTS[name] for name in ("onnx_bytes", "macs", "p50_ms"))
# Titles of more letters have a shorter name under a chart.
_LONG, _ACRONYM = 12, 4
_SHORT = Texts(
    {
        "tucker": N_("Tucker"),
        "separable": N_("Separable"),
        "prune": N_("Prune"),
        "sparsify": N_("Sparsify"),
        "round": N_("Round"),
        "norms": N_("Norms"),
        "fresh": N_("Fresh"),
    }
)
_NUMBERS = ("parameters", "zipped_bytes", *(cost.column for cost in SHOWN_COSTS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One network, mean over its seeds. ``role``: teacher, student or control; ``step``: the step of compression that
    made it, None where it was trained; ``file``: in which smaller numbers its file is; ``parts``: what tells it from
    others that were made by the same step, in words; ``short``: what made it, where there is little room; ``accuracy``
    and ``by_seed``: on test, 0 to 1, or the task's own ``metric``; ``seedless``: nothing was trained, so it is one
    network whatever the seed, and has no interval. ``taken``: how its latency was taken, for ``ui.findings.taken``.
    What is not known is None."""

    name: str
    role: str
    step: str | None = None
    file: str | None = None
    source: str | None = None
    parts: tuple[str, ...] = ()
    short: str = ""
    accuracy: float | None = None
    metric: str = "accuracy"
    half_width: float | None = None
    by_seed: Mapping[int, float]
    numbers: Mapping[str, float]
    notes: Mapping[str, float]
    run_ids: tuple[str, ...] = ()
    seedless: bool = False
    taken: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        return self.accuracy is not None

    @property
    def alike(self) -> bool:
        """Whether it was made with several seeds and is the same network with each."""
        return self.seedless and len(self.run_ids) > 1

    @property
    def settings(self) -> str:
        """The parts as one text."""
        return listed(self.parts, style="unit")

    @property
    def title(self) -> str:
        """The name with the settings, for a reader."""
        name = words.shown(self.name)
        return _("{name} ({settings})", name=name, settings=self.settings) if self.settings else name

    def written(self, cost: Cost) -> str:
        """What it costs in words, with the mark of a latency that was disturbed."""
        text = cost.write(self.cost(cost.column))
        return f"{taken.MARK} {text}" if cost.taken and taken.is_disturbed(self.taken.get(cost.taken)) else text

    def cost(self, column: str) -> float | None:
        """What it costs by a column of ``COSTS``, where that was measured."""
        return self.numbers.get(column)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """``stages`` in the order in which they are made, from the teacher down, those to come included; ``others`` are the
    networks of equal size that began with random weights."""

    stages: tuple[Stage, ...]
    others: tuple[Stage, ...]

    @property
    def metric(self) -> str:
        return next((stage.metric for stage in self.all_stages()), "accuracy")

    @property
    def teacher(self) -> Stage | None:
        return next((stage for stage in self.stages if stage.role == "teacher"), None)

    @property
    def done(self) -> tuple[Stage, ...]:
        """The stages that are finished, the teacher included."""
        return tuple(stage for stage in self.stages if stage.done)

    def all_stages(self) -> tuple[Stage, ...]:
        return (*self.stages, *self.others)

    def before(self, stage: Stage) -> Stage | None:
        """The network that a stage was made from, where that is finished."""
        by_name = {other.name: other for other in self.stages}
        found = self.teacher if stage.source == TEACHER_NAME else by_name.get(stage.source or "")
        return found if found and found.done else None


def build_pipeline(experiment: Experiment, summary: pd.DataFrame, results: pd.DataFrame) -> Pipeline:
    """The pipeline of an experiment; ``summary`` and ``results`` are the lab's of the same job."""
    rows = {(row["role"] == "teacher", row["student"]): row for row in summary.to_dict("records")}
    teachers = [_stage(row, results, seedless=True) for (teaches, _), row in rows.items() if teaches]
    untouched = _untouched(experiment)
    made = {
        student.name: _stage(rows.get((False, student.name), {}), results, student, seedless=student.name in untouched)
        for student in experiment.students
    }
    stages, others = (tuple(made[name] for name in names(experiment)) for names in (chain_stages, from_random))
    return Pipeline(stages=(*teachers, *stages), others=others)


def _untouched(experiment: Experiment) -> set[str]:
    """The networks between which and the experiment's teacher nothing was trained."""
    students = experiment.students
    lines = {student.name: (*dependencies(student, students), student) for student in students}
    return {name for name, line in lines.items() if all(student.untrained and student.start for student in line)}


def difference(stage: Stage, other: Stage) -> Difference | None:
    """Stage minus other in accuracy (0 to 1), seed by seed; one network is the same beside every seed, and two of them
    have one difference."""
    mine, beside = stage.by_seed, other.by_seed
    if stage.seedless and other.seedless and stage.done and other.done:
        mine, beside = {0: stage.accuracy or 0.0}, {0: other.accuracy or 0.0}
    elif other.seedless and other.accuracy is not None:
        beside = dict.fromkeys(mine, other.accuracy)
    return compare_shared(mine, beside)


def _stage(row: Mapping[str, Any], results: pd.DataFrame, student: Student | None = None, *, seedless: bool) -> Stage:
    name, role = (student.name, student.role) if student else (row["student"], row["role"])
    mine = results[(results["student"] == name) & (results["role"] == role) & (results["state"] == "finished")]
    notes = [note for note in mine["step_notes"] if isinstance(note, Mapping)]
    start = student.start if student else None
    step = start.change.step if start and start.change and student and student.untrained else None
    by_seed = dict(zip(mine["seed"].astype(int).tolist(), mine["test_accuracy"].astype(float).tolist(), strict=True))
    # A step that draws at random, or asks images of its own seed, may make another network with each seed.
    seedless = seedless and len(set(by_seed.values())) <= 1
    return Stage(
        name=name,
        role=role,
        seedless=seedless,
        step=step,
        file=STEPS.get(step).file if step else None,
        source=start.source if start else None,
        parts=_settings(student) if student else (),
        short=_short(student) if student else name,
        accuracy=known(row.get("test_accuracy")),
        metric=words.metric(metric_of(results)),
        half_width=None if seedless else known(row.get("test_accuracy_half_width")),
        by_seed=by_seed,
        numbers={name: float(row[name]) for name in _NUMBERS if known(row.get(name)) is not None},
        notes=_means(notes),
        run_ids=tuple(row.get("run_ids", ())),
        taken={name: row.get(name) for name in ("disturbed", "round_id")},
    )


def _settings(student: Student) -> tuple[str, ...]:
    """``decimals 2``; ``static``, ``per channel``, ``examples 256``; of a training that it was quantization-aware."""
    change = student.start.change if student.start else None
    if change is None or not student.untrained:
        return (_("QAT"),) if student.int8_aware else ()
    numbers = [
        _("{name} {value}", name=words.called(name), value=words.short(value))
        for name, value in change.parameters.items()
    ]
    return (*map(words.called, change.choices.values()), *numbers)


def _short(student: Student) -> str:
    """``KD`` for ``2. Knowledge distillation``: what made it, its name in the registry for a long title."""
    name = given(student.name)
    if name is None:
        return student.name
    change = student.start.change if student.start and student.untrained else None
    made, title = STEPS.get(change.step) if change else METHODS.get(student.method), name.places["title"]
    if len(title) <= _LONG or title != made.title:
        return words.told(title)
    called = made.name.replace("_", " ")
    return called.upper() if made.name in METHODS and len(called) <= _ACRONYM else _SHORT.get(made.name, called)


def _means(notes: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: sum(note[name] for note in notes) / len(notes) for name in notes[0]} if notes else {}
