"""Goals of compression: at most so many bytes or milliseconds, at least such accuracy. The largest network that fits
becomes a compression chain."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from pydantic import Field, model_validator

from distill_core.compression import STEPS, Settings
from distill_core.compression.build import on_meta
from distill_core.errors import InvalidSetting
from distill_core.networks import Architecture, Blueprint, entry_of, profile
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
# A network that would have to work more than this many times faster than any of its family that was timed is not timed.
LIKELY_PACE = 2.0
# Where nothing fits, so many of the smallest are weighed for the nearest.
NEAREST = 6
# Of a latency that is more than its limit by this factor in a rough timing, no exact one is taken.
ROUGHLY = 1.2


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
class Scales:
    """How a candidate is weighed: the bytes of its file, and its latency. ``report`` is told how many are done, and
    which comes next; it may raise to end the search."""

    size_bytes: Callable[[Candidate], int]
    roughly: Callable[[Candidate], Timed]
    exactly: Callable[[Candidate], Timed]
    report: Callable[[int, str], None] = field(default=lambda done, title: None)


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
    the teacher.

    What is no part of the teacher starts from random weights, and its file is converted: so there is a step to compress
    it by.
    """
    most = profile(teacher).macs if teacher else None
    found = [
        candidate
        for blueprint in _blueprints(task, networks)
        if most is None or profile(blueprint).macs <= most
        for candidate in _formats(blueprint, teacher)
    ]
    order = list(WEIGHT_BYTES)
    return tuple(
        sorted(found, key=lambda one: (not one.sliced, -one.macs, -one.parameters, order.index(one.number_format)))
    )


def propose(goal: Goal, offered: Sequence[Candidate], scales: Scales) -> Proposal:
    """The first of the candidates that fits.

    Raises: InvalidSetting, with the nearest that was weighed, where none does.
    """
    refused: list[Weighed] = []
    for weighed in _plausible(goal, offered, scales):
        if not fits(goal, weighed):
            refused.append(weighed)
            continue
        chosen, larger = weighed, _larger(goal, weighed, offered, refused, scales)
        while larger and fits(goal, larger):  # its pace was unlikely, and yet
            chosen, larger = larger, _larger(goal, larger, offered, refused, scales)
        return Proposal(goal=goal, chosen=chosen, larger=larger, candidates=len(offered))
    raise _out_of_reach(goal, [*refused, *_nearest(goal, offered, scales)])


def _larger(
    goal: Goal, than: Weighed, offered: Sequence[Candidate], refused: Sequence[Weighed], scales: Scales
) -> Weighed | None:
    """The next larger network of its group, in its smallest format; as it was weighed where it was ``refused``."""
    before = offered[: offered.index(than.candidate)]
    own = than.candidate
    others = [one for one in before if one.blueprint != own.blueprint and one.sliced == own.sliced]
    known = {one.candidate: one for one in refused}
    return known.get(others[-1]) or _weighed(goal, others[-1], scales) if others else None


def fits(goal: Goal, weighed: Weighed) -> bool:
    """Whether a network keeps to both limits."""
    small = goal.most_bytes is None or weighed.size_bytes <= goal.most_bytes
    return small and (goal.most_ms is None or (weighed.p50_ms is not None and weighed.p50_ms <= goal.most_ms))


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


def _plausible(goal: Goal, offered: Sequence[Candidate], scales: Scales) -> Iterator[Weighed]:
    """Those that are weighed, in their order: what cannot fit by its weights alone, or by the pace that its family has
    on this machine in such files, is left out."""
    paces: dict[tuple[str, str], float] = {}
    for place, candidate in enumerate(offered):
        if goal.most_bytes is not None and candidate.least_bytes > goal.most_bytes:
            continue
        kind = candidate.number_format, entry_of(candidate.blueprint.architecture).family
        pace = paces.get(kind)
        if pace and goal.most_ms is not None and candidate.macs > LIKELY_PACE * pace * goal.most_ms:
            continue
        scales.report(place, candidate.title)
        weighed = _weighed(goal, candidate, scales)
        if weighed.p50_ms is not None:
            paces[kind] = max(candidate.macs / weighed.p50_ms, pace or 0.0)
        yield weighed


def _weighed(goal: Goal, candidate: Candidate, scales: Scales) -> Weighed:
    size_bytes = scales.size_bytes(candidate)
    if goal.most_ms is None:
        return Weighed(candidate=candidate, size_bytes=size_bytes)
    timed = scales.roughly(candidate)
    near = timed.p50_ms <= ROUGHLY * goal.most_ms and (goal.most_bytes is None or size_bytes <= goal.most_bytes)
    if timed.approximate and near:
        timed = scales.exactly(candidate)
    return Weighed(candidate=candidate, size_bytes=size_bytes, timed=timed)


def _nearest(goal: Goal, offered: Sequence[Candidate], scales: Scales) -> Iterator[Weighed]:
    by = (lambda one: one.least_bytes) if goal.most_bytes is not None else (lambda one: one.macs)
    for candidate in sorted(offered, key=by)[:NEAREST]:
        scales.report(len(offered), candidate.title)
        yield _weighed(goal, candidate, scales)


def _out_of_reach(goal: Goal, weighed: Sequence[Weighed]) -> InvalidSetting:
    """Nearest is what exceeds its limits by the smallest factor."""
    if not weighed:
        return InvalidSetting("the goal", expected="a task with networks", got="none", hint="choose another task")
    nearest = min(weighed, key=lambda one: _excess(goal, one))
    wanted = [f"{goal.most_bytes:,} bytes" if goal.most_bytes else "", f"{goal.most_ms:g} ms" if goal.most_ms else ""]
    reached = [f"{nearest.size_bytes:,} bytes" if goal.most_bytes else ""]
    about = "about " if nearest.timed and nearest.timed.approximate else ""
    reached += [f"{about}{nearest.p50_ms:.3g} ms" if goal.most_ms and nearest.p50_ms else ""]
    return InvalidSetting(
        "the goal",
        expected="a limit that some network keeps to",
        got=" and ".join(filter(None, wanted)),
        hint=f"the nearest is {nearest.candidate.title} in {nearest.candidate.number_format} with "
        f"{' and '.join(filter(None, reached))}: allow as much",
    )


def _excess(goal: Goal, one: Weighed) -> float:
    size = one.size_bytes / goal.most_bytes if goal.most_bytes else 0.0
    return max(size, (one.p50_ms or 0.0) / goal.most_ms if goal.most_ms else 0.0)
