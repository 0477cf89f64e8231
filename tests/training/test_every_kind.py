"""Every method trains for a moment on every kind of task that it says it is defined for; the others are refused."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from torch import Tensor

from distill_core.errors import InvalidSetting
from distill_core.methods import METHODS, Method
from distill_core.methods.defined import undefined
from distill_core.methods.feature_shapes import pair_of
from distill_core.networks import ARCHITECTURES, Blueprint, build
from distill_core.planning.resolve import resolve_experiment
from distill_core.spec import Experiment
from distill_core.tasks import TASKS, InputSpec, load_task, null_sink
from distill_core.tasks.base import Column, Dataset
from distill_core.training.cohort import train_cohort
from distill_core.training.teacher_outputs import FrozenTeacher
from tests.training import small
from tests.training.every_method import configs

pytestmark = pytest.mark.anywhere

COUNT = 16
# Task, student, teacher, and the methods that are refused for them.
ALWAYS = {"cwd", "skd"}
OF_EMBEDDINGS = {"rkd", "pkt", "irg", "srrl", "crd", "simkd"}
OF_MAPS = {*ALWAYS, "fitnet", "at", "vid", "reviewkd", "sp", "irg"}
KINDS = {
    "images": ("digits", "plain_cnn", "resnet8", ALWAYS),
    "sound": ("spoken_digits", "sequence_depthwise", "sequence_cnn", ALWAYS),
    "text": ("languages", "byte_cnn", "byte_cnn", {"patient", *ALWAYS}),
    "text, by its default teacher": ("languages", "byte_cnn", "hashed_ngrams", {"patient", *OF_MAPS}),
    "scenes": ("scenes", "unet_small", "unet", OF_EMBEDDINGS),
    "questions": ("medicine", "complex", "complex", {"patient", "simkd", *OF_MAPS}),
    "questions, into another form": ("medicine", "transe", "distmult", {"patient", "simkd", *OF_MAPS}),
    "text, into a transformer": ("languages", "byte_transformer", "byte_cnn", {"patient", *OF_MAPS}),
}


# Tables do not ship.
ROWS = InputSpec(shape=(2,), columns=(Column(missing=True), Column(categories=3)))
TOLD = {
    "mixing": "expected examples of numbers, which can be mixed",
    "maps": "stage",
    "positions": "expected a task with a label at each position of an example, as scenes, got .*have one label each",
    "embedding": "expected a task with one label an example.*got scenes, whose networks answer for each position",
}


@dataclass(frozen=True)
class Few:
    """Some examples of a part of a task: a ``Dataset``."""

    whole: Dataset
    places_M: np.ndarray
    data_seed: int = 0
    scene: str = ""

    @property
    def targets(self) -> np.ndarray:
        return self.whole.targets[self.places_M]

    def __len__(self) -> int:
        return len(self.places_M)

    def batch(self, examples_B: np.ndarray, views_B: np.ndarray | None = None) -> Tensor:
        return self.whole.batch(self.places_M[examples_B], views_B)

    def batch_targets(self, examples_B: np.ndarray, views_B: np.ndarray | None = None) -> np.ndarray:
        return self.whole.batch_targets(self.places_M[examples_B], views_B)

    def seeded(self, data_seed: int) -> "Few":
        return replace(self, whole=self.whole.seeded(data_seed))

    def content_hash(self) -> str:
        return self.whole.content_hash()


def few(name: str, home) -> Few:
    task = TASKS.get(name)
    whole = task.dataset(task, load_task(task, home, null_sink).train)
    return Few(whole, np.linspace(0, len(whole) - 1, COUNT).astype(np.int64))


def form(name: str, architecture: str) -> Blueprint:
    task = TASKS.get(name)
    least = ("width", min(ARCHITECTURES.get(architecture).widths)), ("stem_stride", 1)
    shape = {"classes": len(task.classes), "input": task.input, "positions": task.target.positions}
    return Blueprint(architecture=architecture, **shape, options=least)


def submitted(method: Method, task: str, student: Blueprint, teacher: Blueprint) -> None:
    """What is checked of an experiment with this method before it runs."""
    rows = [{"name": "a", "architecture": student.architecture, "method": method.name}]
    recipe = {"kind": "train", "architecture": teacher.architecture}
    resolve_experiment(Experiment.of({"task": task, "teacher": recipe, "mode": "consistent", "students": rows}))
    planned = replace(student, teacher_head=teacher) if method.reuses_teacher_head else student
    method.check(pair_of(planned, teacher))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_defined_for_a_kind_trains_and_what_is_not_says_why(kind: str, tmp_path) -> None:
    name, *networks, expected = KINDS[kind]
    student, teacher = (form(name, one) for one in networks)
    entries = [ARCHITECTURES.get(one) for one in networks]
    why = {method.name: undefined(method, student.input, TASKS.get(name).target, entries) for method in METHODS}
    out = {name: reason.why for name, reason in why.items() if reason}
    assert set(out) == expected
    for method in METHODS:
        if method.name in out:
            with pytest.raises(InvalidSetting, match=TOLD[out[method.name]]):
                submitted(method, name, student, teacher)
    torch.manual_seed(1)
    frozen = FrozenTeacher(build(teacher), "float32")
    given = few(name, tmp_path)
    company = [
        one
        for method in METHODS
        if method.name not in out
        for one in configs(method, student, teacher, frozen.head, COUNT)
    ]
    trained = train_cohort(
        company,
        replace(small.plan(updates=2, mode="consistent"), precision="float32"),
        train=given,
        valid=given,
        teacher=frozen,
        sink=lambda event: None,
        checkpoint=small.forget,
    )
    assert {one.config.student: one.error for one in trained if one.error} == {}
    assert all(bool(value.isfinite().all()) for one in trained for value in one.network.state_dict().values())


@pytest.mark.parametrize("entry", ARCHITECTURES, ids=lambda entry: entry.name)
def test_an_architecture_has_the_stages_that_it_says(entry) -> None:
    given = next((task for task in TASKS if entry.takes(task.input, task.target.positions)), None)
    network = form(given.name, entry.name) if given else Blueprint(architecture=entry.name, classes=2, input=ROWS)
    shapes = [len(shape) for shape in pair_of(network, network).student_taps]
    assert entry.stages == {(): "none", (2,): "tokens", (3,): "maps"}[tuple(sorted(set(shapes[:-1])))]
