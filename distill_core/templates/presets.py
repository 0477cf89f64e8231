"""Experiments that teach something, ready to run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from distill_core.networks import taking
from distill_core.spec import EnsembleTeacher, Experiment, Optimiser, ShippedTeacher, TeacherChoice
from distill_core.tasks import TASKS, Task
from distill_core.tasks.graph import medicine
from distill_core.tasks.sound.spoken_digits import new_voice

TASK, GRAPH = "fashion_mnist_small", medicine.NAME
TEACHER = ShippedTeacher(name="fashion_resnet20")
# The network that learns in most presets, trained on all labels: the first generation of born-again ones.
SAME_NETWORK = ShippedTeacher(name="fashion_resnet8_weak")
# The two best that ship, in the order in which they are offered.
TOGETHER = EnsembleTeacher(members=(TEACHER, ShippedTeacher(name="fashion_inception")))
SMALL = {"architecture": "resnet8", "stem_stride": 2}
FEW = 500
LESSON_SEEDS = 3


Mode = Literal["cached", "consistent"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Preset:
    """``doubts``: what a lesson asks after its results, "" where they speak for themselves."""

    name: str
    title: str
    teaches: str
    experiment: Experiment
    doubts: str = ""


def _experiment(
    *rows: Mapping[str, Any], updates: int = 480, teacher: TeacherChoice = TEACHER, mode: str = "cached", **shared: Any
) -> Experiment:
    """A student a row; ``shared`` holds for all of them, unless the row says otherwise."""
    students = [{**SMALL, "transfer": "all", **shared, **row} for row in rows]
    budget = {"updates": updates, "batch_size": 125}
    return Experiment.of(
        {"task": TASK, "teacher": teacher.model_dump(), "students": students, "budget": budget, "mode": mode}
    )


def default_experiment(seeds: int = 1, teacher: TeacherChoice = TEACHER) -> Experiment:
    """500 labels; the control comes along; distilled on the same 500 images, and on all 10,000."""
    return _experiment(
        {"name": "KD, same images", "transfer": "labelled"},
        {"name": "KD, all images"},
        labels=FEW,
        seeds=tuple(range(seeds)),
        teacher=teacher,
    )


PRESETS = (
    Preset(
        name="default",
        title="Default",
        teaches="With 500 labels a teacher helps, and unlabelled images help more.",
        experiment=default_experiment(),
    ),
    Preset(
        name="few_labels",
        title="Few labels",
        teaches="Soft targets as a regulariser: 100 labels with a teacher's soft targets, or with label smoothing, "
        "which needs no teacher.",
        experiment=_experiment(
            {"name": "KD, 100 images", "transfer": "labelled"},
            {"name": "KD, all images"},
            {"name": "label smoothing", "method": "label_smoothing", "transfer": "labelled"},
            labels=100,
        ),
    ),
    Preset(
        name="hot_and_cold",
        title="Too hot, too cold",
        teaches="The same student at five temperatures, all else equal: where is it too cold, where too hot?",
        experiment=_experiment(
            *({"name": f"T {T:g}", "temperature": T} for T in (0.5, 1.0, 4.0, 20.0, 50.0)), labels=FEW
        ),
    ),
    Preset(
        name="capacity",
        title="Capacity",
        teaches="One teacher, four students of different size and kind, each beside its own control.",
        experiment=_experiment(
            {"name": "depthwise CNN", "architecture": "depthwise_cnn", "stem_stride": 1},
            {"name": "plain CNN", "architecture": "plain_cnn", "stem_stride": 1},
            {"name": "ResNet-8"},
            {"name": "ResNet-14", "architecture": "resnet14"},
            labels=FEW,
        ),
    ),
    Preset(
        name="many_labels",
        title="Many labels",
        teaches="When distillation does not help: with 6,000 labels and half the usual budget, is there a gain at all?",
        experiment=_experiment(
            {"name": "KD, same images", "transfer": "labelled"}, {"name": "KD, all images"}, labels=6_000, updates=240
        ),
    ),
    Preset(
        name="missing_class",
        title="A class that it never sees",
        teaches="No image of a bag comes before the student. Do the teacher's answers to other images tell of bags?",
        experiment=_experiment(
            *({"name": f"T {T:g}", "temperature": T} for T in (1.0, 2.0, 4.0, 8.0)),
            # It sees the same images as its control: what the teacher adds to these alone.
            {"name": "T 4, same images", "temperature": 4.0, "transfer": "labelled"},
            labels=FEW,
            missing_class="Bag",
            alpha=1.0,  # soft targets alone, so that only the teacher tells of the class that is missing
        ),
    ),
    Preset(
        name="assistant",
        title="Teacher assistant",
        teaches="A small student may not follow a large teacher. Does it learn more from a network of middle size, "
        "which the teacher taught first?",
        experiment=_experiment(
            {"name": "assistant", "architecture": "resnet14"},
            {"name": "ResNet-8, by the teacher"},
            {"name": "ResNet-8, by the assistant", "taught_by": "assistant"},
            labels=FEW,
        ),
    ),
    Preset(
        name="born_again",
        title="Born again",
        teaches="One network, generation after generation, each taught by the one before, and the first by the same "
        "network that learnt from labels. Does any get better than who taught it?",
        experiment=_experiment(
            {"name": "generation 1"},
            {"name": "generation 2", "taught_by": "generation 1"},
            {"name": "generation 3", "taught_by": "generation 2"},
            transfer="labelled",
            teacher=SAME_NETWORK,
        ),
    ),
    Preset(
        name="ensemble",
        title="Ensemble",
        teaches="The students of Default, taught by the two best teachers together, who answer with the mean of their "
        "probabilities. Beside Default in Compare: are two better than one?",
        experiment=default_experiment(teacher=TOGETHER),
    ),
    Preset(
        name="mutual",
        title="Mutual learning",
        teaches="Two students who start from different weights teach each other, beside one with a teacher. Does it "
        "take a teacher?",
        experiment=_experiment(
            {"name": "KD, all images"},
            {"name": "one peer", "method": "mutual"},
            {"name": "the other peer", "method": "mutual", "parameters": {"initial": 1.0}},
            labels=FEW,
        ),
    ),
    Preset(
        name="new_voice",
        title="A new voice",
        teaches="The test is a voice that training never heard. What does a teacher help that never heard it either? "
        "Robustness then gets the student used to it.",
        experiment=TASKS.get(new_voice("george")).default or default_experiment(),
    ),
    Preset(
        name="patient",
        title="Patient and consistent",
        teaches="Fresh crops, mixed images, no label: the student copies its teacher. Is a short budget enough "
        "for so much patience?",
        experiment=_experiment(
            {"name": "KD, all images"}, {"name": "patient", "method": "patient"}, labels=FEW, mode="consistent"
        ),
    ),
)


def first_experiment(task: Task, teacher: TeacherChoice, seeds: int = 1) -> Experiment:
    """The comparison that a task begins with: its own, or the default one with its network and not too many labels."""
    plain = task.default or default_experiment()
    fewer: dict[str, Any] = {"seeds": tuple(range(seeds))}
    if task.default is None:
        fewer |= {"labels": min(FEW, task.counts.train // 4), **_network(task)}
    students = tuple(student.model_copy(update=fewer) for student in plain.students)
    return plain.model_copy(update={"task": task.name, "teacher": teacher, "students": students})


def mode_of(task: Task) -> Mode:
    """That of the comparison which a task begins with."""
    return task.default.mode if task.default else "cached"


def optimiser_of(task: Task) -> Optimiser:
    """That of the comparison which a task begins with."""
    return task.default.optimiser if task.default else Optimiser()


def _network(task: Task) -> dict[str, Any]:
    """The first architecture that takes the examples, where the default's does not."""
    networks, usual = taking(task.input, task.target.positions), default_experiment().students[0].architecture
    if not networks or usual in {entry.name for entry in networks}:
        return {}
    return {"architecture": networks[0].name, "stem_stride": networks[0].stem_strides[0]}


def _of_facts() -> Experiment:
    """The comparison that the graph begins with, at three temperatures on the same questions, and on all."""
    first = first_experiment(TASKS.get(GRAPH), ShippedTeacher(name=medicine.TEACHER))
    same, every = first.students
    colder = [same.model_copy(update={"name": f"T {T:g}, same questions", "temperature": T}) for T in (1.0, 2.0, 4.0)]
    students = (*colder, every.model_copy(update={"name": f"T {every.temperature:g}, all questions"}))
    return first.model_copy(update={"students": students})


FACTS = Preset(
    name="facts",
    title="Facts instead of images",
    teaches="A knowledge graph holds facts such as virus, causes, disease or syndrome. The student knows a fifth of "
    "them, in 8 numbers for each entity; its teacher has 128 and knows all. What do the teacher's answers to the same "
    "questions add, at which temperature, and what its answers to all questions?",
    experiment=_of_facts(),
    doubts="Two more experiments ship, to be opened on Compare before anybody believes the gain: one whose control is "
    "regularised less, and one with all facts. Is the control as good as it can be, and does the teacher help where "
    "no fact is missing?",
)
# What the Temperature page teaches, in this order.
LESSONS = (
    *(
        preset
        for name in ("missing_class", "few_labels", "hot_and_cold", "many_labels")
        for preset in PRESETS
        if preset.name == name
    ),
    FACTS,
)


def lesson_experiment(preset: Preset) -> Experiment:
    """A preset with three seeds: a lesson has an interval beside every number."""
    seeds = tuple(range(LESSON_SEEDS))
    students = [{**student.model_dump(), "seeds": seeds} for student in preset.experiment.students]
    return Experiment.of({**preset.experiment.model_dump(), "students": students})
