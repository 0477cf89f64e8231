"""Experiments that teach something, ready to run."""

from dataclasses import dataclass

from distill_core.spec import Budget, EnsembleTeacher, Experiment, ShippedTeacher, Student, TeacherChoice
from distill_core.tasks import Task

TASK = "fashion_mnist_small"
TEACHER = ShippedTeacher(name="fashion_resnet20")
# The network that learns in most presets, trained on all labels: the first generation of born-again ones.
SAME_NETWORK = ShippedTeacher(name="fashion_resnet8_weak")
# The two best that ship, in the order in which they are offered.
TOGETHER = EnsembleTeacher(members=(TEACHER, ShippedTeacher(name="fashion_inception")))
SMALL = {"architecture": "resnet8", "stem_stride": 2}
FEW = 500
LESSON_SEEDS = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Preset:
    name: str
    title: str
    teaches: str
    experiment: Experiment


def default_experiment(seeds: int = 1) -> Experiment:
    """500 labels; the control comes along; distilled on the same 500 images, and on all 10,000."""
    shared = {**SMALL, "labels": FEW, "seeds": tuple(range(seeds))}
    return _experiment(
        Student.model_validate({"name": "KD, same images", "transfer": "labelled", **shared}),
        Student.model_validate({"name": "KD, all images", "transfer": "all", **shared}),
    )


def _experiment(*students: Student, updates: int = 480, teacher: TeacherChoice = TEACHER) -> Experiment:
    return Experiment(task=TASK, teacher=teacher, students=students, budget=Budget(updates=updates, batch_size=125))


def _few_labels() -> Experiment:
    shared = {**SMALL, "labels": 100}
    return _experiment(
        Student.model_validate({"name": "KD, 100 images", "transfer": "labelled", **shared}),
        Student.model_validate({"name": "KD, all images", "transfer": "all", **shared}),
        Student.model_validate({"name": "label smoothing", "method": "label_smoothing", **shared}),
    )


def _hot_and_cold() -> Experiment:
    return _experiment(
        *(
            Student.model_validate({"name": f"T {T:g}", "temperature": T, "labels": FEW, "transfer": "all", **SMALL})
            for T in (0.5, 1.0, 4.0, 20.0, 50.0)
        )
    )


def _capacity() -> Experiment:
    rows = (
        ("depthwise CNN", {"architecture": "depthwise_cnn"}),
        ("plain CNN", {"architecture": "plain_cnn"}),
        ("ResNet-8", SMALL),
        ("ResNet-14", {"architecture": "resnet14", "stem_stride": 2}),
    )
    return _experiment(
        *(Student.model_validate({"name": name, "labels": FEW, "transfer": "all", **network}) for name, network in rows)
    )


def _many_labels() -> Experiment:
    shared = {**SMALL, "labels": 6_000}
    return _experiment(
        Student.model_validate({"name": "KD, same images", "transfer": "labelled", **shared}),
        Student.model_validate({"name": "KD, all images", "transfer": "all", **shared}),
        updates=240,
    )


def _missing_class() -> Experiment:
    # Soft targets alone, so that only the teacher tells of the class that is missing.
    shared = {**SMALL, "missing_class": "Bag", "labels": FEW, "alpha": 1.0}
    rows = [(f"T {T:g}", T, "all") for T in (1.0, 2.0, 4.0, 8.0)]
    return _experiment(
        *(
            Student.model_validate({"name": name, "temperature": T, "transfer": transfer, **shared})
            # The last one sees the same images as its control: what the teacher adds to these alone.
            for name, T, transfer in (*rows, ("T 4, same images", 4.0, "labelled"))
        )
    )


def _assistant() -> Experiment:
    shared = {"labels": FEW, "transfer": "all"}
    middle = {"architecture": "resnet14", "stem_stride": 2}
    return _experiment(
        Student.model_validate({"name": "assistant", **middle, **shared}),
        Student.model_validate({"name": "ResNet-8, by the teacher", **SMALL, **shared}),
        Student.model_validate({"name": "ResNet-8, by the assistant", "taught_by": "assistant", **SMALL, **shared}),
    )


def _born_again() -> Experiment:
    names = [f"generation {number}" for number in (1, 2, 3)]
    return _experiment(
        *(
            Student.model_validate({"name": name, "taught_by": above, **SMALL})
            for name, above in zip(names, [None, *names], strict=False)
        ),
        teacher=SAME_NETWORK,
    )


def _together() -> Experiment:
    return default_experiment().model_copy(update={"teacher": TOGETHER})


def _mutual() -> Experiment:
    shared = {**SMALL, "labels": FEW, "transfer": "all"}
    return _experiment(
        Student.model_validate({"name": "KD, all images", **shared}),
        Student.model_validate({"name": "one peer", "method": "mutual", **shared}),
        Student.model_validate(
            {"name": "the other peer", "method": "mutual", "parameters": {"initial": 1.0}, **shared}
        ),
    )


def _patient() -> Experiment:
    shared = {**SMALL, "labels": FEW, "transfer": "all"}
    full = _experiment(
        Student.model_validate({"name": "KD, all images", **shared}),
        Student.model_validate({"name": "patient", "method": "patient", **shared}),
    )
    return full.model_copy(update={"mode": "consistent"})


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
        experiment=_few_labels(),
    ),
    Preset(
        name="hot_and_cold",
        title="Too hot, too cold",
        teaches="The same student at five temperatures, all else equal: where is it too cold, where too hot?",
        experiment=_hot_and_cold(),
    ),
    Preset(
        name="capacity",
        title="Capacity",
        teaches="One teacher, four students of different size and kind, each beside its own control.",
        experiment=_capacity(),
    ),
    Preset(
        name="many_labels",
        title="Many labels",
        teaches="When distillation does not help: with 6,000 labels and half the usual budget, is there a gain at all?",
        experiment=_many_labels(),
    ),
    Preset(
        name="missing_class",
        title="A class that it never sees",
        teaches="No image of a bag comes before the student. Do the teacher's answers to other images tell of bags?",
        experiment=_missing_class(),
    ),
    Preset(
        name="assistant",
        title="Teacher assistant",
        teaches="A small student may not follow a large teacher. Does it learn more from a network of middle size, "
        "which the teacher taught first?",
        experiment=_assistant(),
    ),
    Preset(
        name="born_again",
        title="Born again",
        teaches="One network, generation after generation, each taught by the one before, and the first by the same "
        "network that learnt from labels. Does any get better than who taught it?",
        experiment=_born_again(),
    ),
    Preset(
        name="ensemble",
        title="Ensemble",
        teaches="The students of Default, taught by the two best teachers together, who answer with the mean of their "
        "probabilities. Beside Default in Compare: are two better than one?",
        experiment=_together(),
    ),
    Preset(
        name="mutual",
        title="Mutual learning",
        teaches="Two students who start from different weights teach each other, beside one with a teacher. Does it "
        "take a teacher?",
        experiment=_mutual(),
    ),
    Preset(
        name="patient",
        title="Patient and consistent",
        teaches="Fresh crops, mixed images, no label: the student copies its teacher. Is a short budget enough "
        "for so much patience?",
        experiment=_patient(),
    ),
)


def first_experiment(task: Task, teacher: TeacherChoice) -> Experiment:
    """The smallest comparison that makes a teacher and two students answer a task."""
    students = [
        student.model_copy(update={"labels": min(FEW, task.counts.train // 4)})
        for student in default_experiment().students
    ]
    return default_experiment().model_copy(update={"task": task.name, "teacher": teacher, "students": tuple(students)})


# What the Temperature page teaches, in this order.
LESSONS = tuple(
    preset
    for name in ("missing_class", "few_labels", "hot_and_cold", "many_labels")
    for preset in PRESETS
    if preset.name == name
)


def lesson_experiment(preset: Preset) -> Experiment:
    """A preset with three seeds: a lesson has an interval beside every number."""
    seeds = tuple(range(LESSON_SEEDS))
    students = [{**student.model_dump(), "seeds": seeds} for student in preset.experiment.students]
    return Experiment.of({**preset.experiment.model_dump(), "students": students})
