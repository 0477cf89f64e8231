"""Goals of compression: at most so many bytes or milliseconds, at least such accuracy; the networks that may keep to
one, and the chain that makes such a network."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from pydantic import Field, model_validator

from distill_core.compression import STEPS, Settings
from distill_core.compression.build import on_meta
from distill_core.errors import InvalidSetting
from distill_core.networks import Architecture, Blueprint, Profile, entry_of, profile
from distill_core.planning.blueprints import task_blueprint
from distill_core.spec import Budget, Specification, Student, TeacherChoice
from distill_core.tasks import Task
from distill_core.templates.compression_chain import (
    MOST_SEEDS,
    CompressionChain,
    CompressionStage,
    Network,
    TrainingStage,
)
from distill_core.templates.presets import TASK, TEACHER

# The bytes of a weight in each format of a file. The file that changes least comes first.
WEIGHT_BYTES: Mapping[str, int] = {"float32": 4, "float16": 2, "int8": 1}


class Goal(Specification):
    """What a compressed network has to keep to; ``most_bytes`` is about its file, ``most_ms`` about the median of one
    image on one thread of this machine. The accuracy is known only once it is trained."""

    task: str = TASK
    teacher: TeacherChoice = TEACHER
    most_bytes: int | None = Field(None, ge=1, description="bytes of the file, at most")
    most_ms: float | None = Field(None, gt=0, description="median latency in ms, at most")
    least_accuracy: float | None = Field(None, ge=0, le=1, description="accuracy, 0 to 1, at least")
    budget: Budget = Budget(updates=720, batch_size=125)
    seeds: int = Field(
        1,
        ge=1,
        le=MOST_SEEDS,
        title="Seeds",
        description="How often the network is trained; three at least for an interval of its accuracy.",
    )

    @model_validator(mode="after")
    def _limits(self) -> Self:
        if self.most_bytes is None and self.most_ms is None:
            raise ValueError("limits: expected bytes or milliseconds, got none; without one the teacher itself is best")
        return self


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A network in a format of its file. ``sliced``: it starts as a part of its teacher, else from random weights;
    ``least_bytes``: its weights alone, without all else that stands in the file."""

    blueprint: Blueprint
    number_format: str
    sliced: bool
    macs: int
    parameters: int
    least_bytes: int

    @property
    def title(self) -> str:
        """``ResNet-14, width 0.5``."""
        width, stride = self.blueprint.width, self.blueprint.stem_stride
        parts = [f"width {width:g}"] * (width != 1) + [f"stem stride {stride}"] * (stride != 1)
        return ", ".join([entry_of(self.blueprint.architecture).title, *parts])


@dataclass(frozen=True, kw_only=True, slots=True)
class Timed:
    """A median latency; ``approximate``: a quick timing, or one that was disturbed at each try."""

    p50_ms: float
    approximate: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Weighed:
    """A candidate with the bytes of its file and, where the goal asks for it, its latency on this machine."""

    candidate: Candidate
    size_bytes: int
    timed: Timed | None = None

    @property
    def p50_ms(self) -> float | None:
        return self.timed.p50_ms if self.timed else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """The first candidate that fits, of ``candidates``; ``larger``: the next larger network, which does not."""

    goal: Goal
    chosen: Weighed
    larger: Weighed | None
    candidates: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of one limit of a goal: ``what`` is "bytes", "ms" or "accuracy"; ``reached`` is None where it is not
    known, ``half_width`` where it has no interval."""

    what: str
    limit: float
    reached: float | None
    half_width: float | None = None

    @property
    def met(self) -> bool | None:
        if self.reached is None:
            return None
        return self.reached >= self.limit if self.what == "accuracy" else self.reached <= self.limit

    @property
    def whole(self) -> bool | None:
        """Whether the whole interval lies on the side of the limit on which ``reached`` lies; None without one."""
        if self.reached is None or self.half_width is None:
            return None
        gap = self.reached - self.limit
        return gap >= self.half_width if self.met else -gap > self.half_width


def outcomes(
    goal: Goal,
    *,
    size_bytes: float | None,
    p50_ms: float | None,
    accuracy: float | None,
    half_width: float | None = None,
) -> tuple[Outcome, ...]:
    """What a trained network makes of each limit that a goal has; ``half_width`` is that of its accuracy."""
    limits = (
        ("bytes", goal.most_bytes, size_bytes, None),
        ("ms", goal.most_ms, p50_ms, None),
        ("accuracy", goal.least_accuracy, accuracy, half_width),
    )
    return tuple(
        Outcome(what=what, limit=limit, reached=reached, half_width=half)
        for what, limit, reached, half in limits
        if limit is not None
    )


def candidates(task: Task, networks: Sequence[Architecture], teacher: Blueprint | None) -> tuple[Candidate, ...]:
    """The networks that take a task's examples, in all widths, stem strides and formats: the parts of the teacher
    first, which start with what it learnt, in each group the most multiplications first. None takes more of them than
    the teacher; none has more parameters where the teacher looks most of its own up in a table.

    What is no part of the teacher starts from random weights, and its file is converted: so there is a step to compress
    it by.
    """
    found = [
        candidate
        for blueprint in _blueprints(task, networks)
        if teacher is None or _no_larger(profile(blueprint), profile(teacher))
        for candidate in _formats(blueprint, teacher)
    ]
    order = list(WEIGHT_BYTES)
    return tuple(
        sorted(found, key=lambda one: (not one.sliced, -one.macs, -one.parameters, order.index(one.number_format)))
    )


def goal_chain(goal: Goal, chosen: Candidate, teacher: Blueprint | None) -> CompressionChain:
    """The pipeline that makes a candidate: a slice of the teacher, or random weights; distilled; then its format."""
    form = chosen.blueprint
    whole = chosen.sliced and form == teacher
    own = {"architecture": form.architecture, "width": form.width, "stem_stride": form.stem_stride}
    start = None if chosen.sliced else Network.of(own)
    cut = CompressionStage(step="slice", architecture=form.architecture, width=form.width)
    converted = CompressionStage(step=chosen.number_format) if chosen.number_format != "float32" else None
    trained = () if whole else (cut, TrainingStage()) if chosen.sliced else (TrainingStage(),)
    shared = goal.model_dump(include={"task", "teacher", "budget", "seeds"})
    links = [link.model_dump() for link in (*trained, *([converted] if converted else []))]
    return CompressionChain.of(
        {**shared, "start": start.model_dump() if start else None, "links": links, "controls": False}
    )


def _blueprints(task: Task, networks: Sequence[Architecture]) -> Iterator[Blueprint]:
    for network in networks:
        for width in network.widths:
            for stride in network.stem_strides:
                student = Student(name="student", architecture=network.name, width=width, stem_stride=stride)  # type: ignore[arg-type]
                yield task_blueprint(student, task)


def _no_larger(one: Profile, teacher: Profile) -> bool:
    if 2 * teacher.macs < teacher.parameters:
        return one.parameters <= teacher.parameters
    return one.macs <= teacher.macs


def _formats(blueprint: Blueprint, teacher: Blueprint | None) -> Iterator[Candidate]:
    sliced = teacher is not None and _is_part(blueprint, teacher)
    size = profile(blueprint)
    weights = sum(tensor.numel() for tensor in on_meta(blueprint).state_dict().values() if tensor.ndim > 1)
    for number_format, weight_bytes in WEIGHT_BYTES.items():
        if number_format == "float32" and (not sliced or blueprint == teacher):
            continue
        yield Candidate(
            blueprint=blueprint,
            number_format=number_format,
            sliced=sliced,
            macs=size.macs,
            parameters=size.parameters,
            least_bytes=weight_bytes * weights,
        )


def _is_part(blueprint: Blueprint, teacher: Blueprint) -> bool:
    """Whether a slice of the teacher gives this network; a chain changes no stem stride."""
    if blueprint.stem_stride != teacher.stem_stride:
        return False
    try:
        STEPS.get("slice").check(teacher, blueprint, Settings())
    except InvalidSetting:
        return False
    return True
