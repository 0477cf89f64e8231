"""Compression chains: steps and trainings in turn, beside the same network from random weights."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from distill_core.compression import STEPS
from distill_core.errors import InvalidSetting, said
from distill_core.methods import METHODS
from distill_core.networks import Blueprint
from distill_core.planning.initialization import is_reinitialized
from distill_core.spec import (
    TEACHER_NAME,
    Alpha,
    Budget,
    Change,
    Experiment,
    Labels,
    MethodName,
    Name,
    Optimiser,
    Several,
    Specification,
    StoredTeacher,
    Stride,
    Student,
    TeacherChoice,
    Temperature,
    Transfer,
    Width,
    dependencies,
)
from distill_core.templates.given_names import INITIAL_TITLE, MOST_LINKS, ON_LABELS, baseline_name, stage_name
from distill_core.templates.presets import TASK, TEACHER

MOST_SEEDS = 5
FROM_RANDOM = {"step": "fresh"}
# How a chain calls the finished network that it starts as.
INITIAL = str(stage_name(0, INITIAL_TITLE))
AFTER = Field(
    None,
    ge=0,
    title="Input",
    description="The network that this step changes: by default that of the step above. None: that; 0: the initial "
    "network; else that of an earlier step, counted from 1.",
)


class CompressionStage(Change):
    """A step of compression; ``architecture`` and ``width`` say what a slice is cut to."""

    architecture: Name | None = Field(None, title="Target architecture", description="The network that is left.")
    width: Width | None = Field(None, title="Width", description="Times the usual number of channels of each layer.")
    after: int | None = AFTER


class TrainingStage(Specification):
    """Updates for the whole budget, with the method that teaches."""

    method: MethodName = "kd"
    temperature: Temperature = None
    alpha: Alpha = None
    int8_aware: bool = Field(
        False,
        title="Quantization-aware training (QAT)",
        description="Weights and activations are rounded to 8 bits while it trains, so that it learns to live with "
        "that.",
    )
    after: int | None = AFTER


class Network(Specification):
    """A network that is trained from random weights first."""

    architecture: Name
    width: Width = 1.0
    stem_stride: Stride = 1


def _kind(link: Any) -> str:
    inside = link if isinstance(link, dict) else dict(link)
    return "cut" if "step" in inside else "train"


def _start_kind(start: Any) -> str:
    return "run" if "run" in (start if isinstance(start, dict) else dict(start)) else "own"


StageSpec = Annotated[
    Annotated[CompressionStage, Tag("cut")] | Annotated[TrainingStage, Tag("train")], Discriminator(_kind)
]


StartSpec = Annotated[Annotated[Network, Tag("own")] | Annotated[StoredTeacher, Tag("run")], Discriminator(_start_kind)]


class CompressionChain(Specification):
    """The first network (None: the teacher's), the links in order, and what all trainings share.

    ``controls``: the smallest network is also trained from random weights, on labels alone and by the last method, as
    often as the chain trains.
    """

    task: str = Field(TASK, title="Task")
    teacher: TeacherChoice = Field(
        TEACHER,
        title="Teacher",
        description="It teaches in every training of the pipeline, and every network is compared with it.",
    )
    start: StartSpec | None = Field(
        None,
        title="Initial network",
        description="The network that the first step changes: the teacher, one of its own, which that step trains from "
        "random weights, or a finished network of this lab, beside which any teacher can teach.",
    )
    links: Several[StageSpec] = Field(min_length=1, max_length=MOST_LINKS)
    labels: Labels = None
    transfer: Transfer = "all"
    budget: Budget = Budget(updates=720, batch_size=125)
    optimiser: Optimiser | None = Field(None, description="None: what suits as many labels")
    seeds: int = Field(
        1,
        ge=1,
        le=MOST_SEEDS,
        title="Seeds",
        description="The whole pipeline once for each; three at least for an interval and a verdict over seeds.",
    )
    controls: bool = Field(
        True,
        title="Train baselines: the same architecture from scratch",
        description="The control of a pipeline: the architecture that comes out of it, trained as long from random "
        "weights, on labels alone and by the teacher. It tells what the teacher's weights were worth.",
    )


def default_chain() -> CompressionChain:
    """Slice the teacher, distil, prune half of the multiplications, distil, round to 8 bits."""
    return CompressionChain(
        links=(
            CompressionStage(step="slice", architecture="resnet14", width=1.0),
            TrainingStage(),
            # Blocks of 16, in which processors work: the same multiplications in other widths take twice as long.
            CompressionStage(step="prune", parameters={"keep": 0.5, "multiple": 16.0}),
            TrainingStage(),
            CompressionStage(step="int8"),
        )
    )


def chain_experiment(chain: CompressionChain, initial: Blueprint | None, usual: Optimiser | None = None) -> Experiment:
    """The chain as an experiment; ``initial`` is the form of its teacher, or of the finished network that it starts as.
    A chain from random weights needs none. ``usual``: the optimiser of its networks where the chain names none; None:
    what suits as many labels.

    Raises: UnknownName; InvalidSetting where a link has nothing that could be changed, or nothing to follow.
    """
    form = _form(chain, initial)
    begun = [_finished(chain, form)] if isinstance(chain.start, StoredTeacher) else []
    writer = _StageBuilder(chain, [(begun[0].name if begun else None, form)])
    links = [writer.link(place, link) for place, link in enumerate(chain.links, start=1)]
    stages = [*begun, *links]
    beside = list(_controls(chain, links, stages)) if chain.controls else []
    shared = chain.model_dump(include={"task", "teacher", "budget"})
    students = [student.model_dump() for student in (*stages, *beside)]
    optimiser = chain.optimiser or usual or suited_optimiser(chain.labels)
    return Experiment.of({**shared, "optimiser": optimiser.model_dump(), "students": students})


def suited_optimiser(labels: int | None) -> Optimiser:
    """As a teacher trains on all labels (None); with few, what was tuned for the control of the default comparison."""
    return Optimiser() if labels else Optimiser(learning_rate=0.1, weight_decay=5e-4)


def is_chain(experiment: Experiment) -> bool:
    """Whether a student starts from another network by a compression step."""
    return any(student.start and student.start.change for student in experiment.students)


def chain_stages(experiment: Experiment) -> tuple[str, ...]:
    """The names of the students of a chain, in the order of its links; those from random weights are no part of it."""
    students = experiment.students
    return tuple(
        student.name for student in students if student.role == "student" and not is_reinitialized(student, students)
    )


def from_random(experiment: Experiment) -> tuple[str, ...]:
    """The names of the students with the form of a stage that started from random weights, once fully trained."""
    students = experiment.students
    sources = {student.start.source for student in students if student.start}
    random = (student.name for student in students if is_reinitialized(student, students))
    return tuple(name for name in random if name not in sources)


@dataclass(slots=True)
class _StageBuilder:
    """Writes the students of a chain in order; each starts from an earlier one and has its form. ``made``: names and
    forms so far, those of the first network first."""

    chain: CompressionChain
    made: list[tuple[str | None, dict[str, Any]]]

    def link(self, place: int, link: CompressionStage | TrainingStage) -> Student:
        source, network = self.made[_source(place, link)]
        from_random = self.chain.start is not None and source is None
        change = None
        if isinstance(link, CompressionStage):
            step = STEPS.get(link.step)
            if from_random:
                raise _nothing_learnt(place, step.title)
            title = step.title
            change = {"step": link.step, "parameters": link.parameters, "choices": link.choices}
            own: dict[str, Any] = {"untrained": True}
            network = _resized(network, link) if step.resizes else network
        else:
            title = METHODS.get(link.method).title
            own = link.model_dump(exclude={"after"})
        start = None if from_random else {"source": source or TEACHER_NAME, "change": change}
        name = str(stage_name(place, title))[:64]
        self.made.append((name, network))
        return Student.of({**network, **_seen(self.chain), **own, "name": name, "start": start})


def _source(place: int, link: CompressionStage | TrainingStage) -> int:
    """The place of the link that a link starts from."""
    if link.after is not None and link.after >= place:
        expected, hint = (
            said("0 to {last}", place - 1),
            "choose a step above it, or leave it out, then that is the one before",
        )
        raise InvalidSetting(said("step {place}: after", place), expected=expected, got=link.after, hint=hint)
    return place - 1 if link.after is None else link.after


def _form(chain: CompressionChain, initial: Blueprint | None) -> dict[str, Any]:
    if isinstance(chain.start, Network):
        return chain.start.model_dump()
    assert initial is not None
    return {"architecture": initial.architecture, "width": initial.width, "stem_stride": initial.stem_stride}


def _finished(chain: CompressionChain, form: dict[str, Any]) -> Student:
    """The finished network that a chain starts as: it is judged, timed and kept beside its stages."""
    assert isinstance(chain.start, StoredTeacher)
    start = {"source": chain.start.key}
    return Student.of({**form, **_seen(chain), "name": INITIAL, "start": start, "untrained": True})


def _nothing_learnt(place: int, got: str) -> InvalidSetting:
    what = "the first step" if place == 1 else said("step {place}", place)
    expected = "a training, since the pipeline starts from random weights"
    hint = "train the network first, or start as the teacher"
    return InvalidSetting(what, expected=expected, got=got, hint=hint)


def _resized(network: dict[str, Any], cut: CompressionStage) -> dict[str, Any]:
    given = {"architecture": cut.architecture, "width": cut.width}
    return {**network, **{name: value for name, value in given.items() if value is not None}}


def _seen(chain: CompressionChain) -> dict[str, Any]:
    return {"labels": chain.labels, "transfer": chain.transfer, "seeds": range(chain.seeds)}


def _controls(chain: CompressionChain, made: Sequence[Student], stages: Sequence[Student]) -> Iterator[Student]:
    """The last stage that is no file, trained from random weights; its last training on labels is the control.
    ``made``: the stages of the links, without a finished network before them."""
    form = [
        stage for stage in made if not (stage.start and stage.start.change and STEPS.get(stage.start.change.step).file)
    ]
    way = (*dependencies(form[-1], stages), form[-1]) if form else ()
    links = [link for link, stage in zip(chain.links, made, strict=True) if stage in way]
    trainings = [link for link in links if isinstance(link, TrainingStage)]
    if not trainings or len(trainings) == len(links):
        return
    network = {name: getattr(form[-1], name) for name in ("architecture", "width", "stem_stride")}
    last = trainings[-1].model_dump(exclude={"after"})
    taught = [] if last["method"] == "labels" else [(METHODS.get(last["method"]).title, last)]
    for title, own in [(ON_LABELS, {"method": "labels"}), *taught]:
        source, change = form[-1].name, FROM_RANDOM
        for place in range(1, len(trainings) + 1):
            ends = place == len(trainings)
            name = str(baseline_name(title, place, len(trainings)))
            role = "control" if ends and title == ON_LABELS else "student"
            start = {"source": source, "change": change or None}
            yield Student.of({**network, **_seen(chain), **own, "name": name, "start": start, "role": role})
            source, change = name, {}
