"""What a run is filed under beside its specification: the order of memory and the number of threads."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from distill_core.execution.losses import student_config
from distill_core.machine import is_small
from distill_core.methods import METHODS
from distill_core.methods.feature_shapes import pair_of
from distill_core.networks import ARCHITECTURES, Blueprint, build, profile, uses_rng
from distill_core.planning import machine
from distill_core.planning.fingerprint import job_fingerprint
from distill_core.planning.resolve import resolve_experiment
from distill_core.planning.runs import expand
from distill_core.planning.teacher_sources import resolve_teacher
from distill_core.spec import Experiment
from distill_core.tasks import TASKS
from distill_core.training.student import StudentTrainer

ROOT = Path(__file__).resolve().parent.parent.parent
TEACHERS = ("resnet20", "vit_small")
# Trains a small and a large student for two updates on each number of threads, and prints it, under what each is filed
# and a hash of its weights.
TRAIN = """
import hashlib, json, os, sys
import numpy as np, torch
from distill_core.spec import Experiment
from distill_core.planning.resolve import resolve_experiment
from distill_core.jobs.torch_import import import_torch
from distill_core.planning.runs import expand
from distill_core.planning.teacher_sources import resolve_teacher
from distill_core.execution.losses import student_config
from distill_core.tasks import TASKS
from distill_core.tasks.base import Split
from distill_core.training.cohort import CohortConfig, train_cohort
from distill_core.tasks.images import InMemoryImages
from distill_core.networks.weights import to_bytes
task = TASKS.get("digits")
images = np.random.default_rng(0).integers(0, 256, (400, 8, 8, 1), dtype=np.uint8)
bank = InMemoryImages(task, Split(images_NHWC=images, labels_N=np.arange(400) % 10))
for threads in sys.argv[1:]:
    os.environ["OMP_NUM_THREADS"] = threads
    import_torch()
    assert torch.get_num_threads() == int(threads)
    for network, size in (("resnet8", 16), ("resnet14", 1000)):
        students = [{"name": "s", "architecture": network}]
        budget = {"updates": 2, "batch_size": size}
        wanted = {"task": "digits", "teacher": {"kind": "train", "architecture": "resnet8"}, "precision": "float32"}
        full = resolve_experiment(Experiment.of({**wanted, "students": students, "budget": budget}))
        planned = expand(full, resolve_teacher(full.teacher, task, "float32", None))
        one = next(one for one in planned if one.student.role == "control")
        shared = {"budget": full.budget, "optimiser": full.optimiser, "mode": full.mode, "views": full.views}
        given = student_config(one, 0, bank.targets)
        plan = CohortConfig(**shared, data_seed=0, precision="float32")
        nothing = {"teacher": None, "sink": lambda event: None, "checkpoint": lambda: None}
        (done,) = train_cohort([given], plan, train=bank, valid=bank, **nothing)
        print(threads, one.fingerprint, hashlib.sha256(to_bytes(done.network)).hexdigest())
"""


def test_equal_fingerprints_mean_equal_weights_on_any_number_of_threads() -> None:
    environment = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE"}
    told = subprocess.run(
        [sys.executable, "-c", TRAIN, "1", "2"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr[-2000:]
    small, large, other_small, other_large = (line.split()[1:] for line in told.stdout.splitlines())
    assert small == other_small
    assert large[0] != other_large[0]


@pytest.fixture
def four_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "training_threads", lambda: 4)


@pytest.fixture
def two_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "training_threads", lambda: 2)


def form(architecture: str, width: float = 1.0) -> Blueprint:
    return Blueprint.for_images(architecture=architecture, classes=10, width=width)


@pytest.mark.usefixtures("two_threads")
def test_with_the_usual_threads_narrow_networks_alone_are_filed_anew() -> None:
    asked = {name: machine.machine_parts([form(name)], [], batch_size=125) for name in ("resnet8", "resnet20")}
    assert asked == {"resnet8": [], "resnet20": []}
    narrow = machine.machine_parts([form("resnet8", 0.5)], [], batch_size=125)
    assert narrow == ["memory order", "contiguous"]
    assert machine.machine_parts([form("resnet8"), form("resnet8", 0.5)], [], batch_size=125) == narrow
    assert machine.machine_parts([form("resnet8")], [], batch_size=125, pruned=True) == narrow
    assert machine.machine_parts([form("plain_cnn", 0.5)], [], batch_size=125, pruned=True) == []


@pytest.mark.usefixtures("four_threads")
def test_other_threads_count_where_a_step_takes_all_of_them() -> None:
    assert machine.machine_parts([form("resnet8")], [], batch_size=125) == []
    assert machine.machine_parts([form("resnet20")], [], batch_size=125) == ["threads", 4]
    draws = replace(METHODS.get("kd"), uses_rng=True)
    assert machine.machine_parts([form("resnet8")], [draws], batch_size=125) == ["threads", 4]
    # Products of large matrices are shared out in parts of a sum; a teacher looks at its images on all threads.
    taught = {
        name: machine.machine_parts([form("resnet8")], [], batch_size=125, teacher=form(name)) for name in TEACHERS
    }
    assert taught == {"resnet20": [], "vit_small": ["threads", 4]}


@pytest.mark.parametrize("name", [entry.name for entry in ARCHITECTURES if entry.light])
def test_what_is_called_light_is_small_and_draws_nothing(name: str) -> None:
    for width in (width for width in ARCHITECTURES.get(name).widths if width <= 1):
        for stride in ARCHITECTURES.get(name).stem_strides:
            for channels in (1, 3):
                blueprint = Blueprint.for_images(
                    architecture=name,
                    classes=10,
                    channels=channels,
                    size_px=machine.LIGHT_PX,
                    width=width,
                    stem_stride=stride,
                )
                assert is_small(profile(blueprint).macs, machine.LIGHT_BATCH)
                assert not uses_rng(blueprint)


@pytest.mark.usefixtures("two_threads")
@pytest.mark.parametrize(("width", "differs"), [(0.25, True), (1.0, False)])
def test_teacher_student_and_job_are_filed_anew_where_the_network_is_narrow(
    monkeypatch: pytest.MonkeyPatch, width: float, differs: bool
) -> None:
    after = _marks(width)
    for room in ("fingerprint", "teacher_sources.trained"):
        monkeypatch.setattr(f"distill_core.planning.{room}.machine_parts", lambda *_, **__: [])
    before = _marks(width)
    assert [one != other for one, other in zip(before, after, strict=True)] == [differs] * len(before)


def _marks(width: float) -> list[str]:
    network = {"architecture": "resnet8", "width": width}
    wanted = {"task": "digits", "teacher": {"kind": "train", **network}, "students": [{"name": "s", **network}]}
    full = resolve_experiment(Experiment.of(wanted))
    teacher = resolve_teacher(full.teacher, TASKS.get("digits"), "float32", lambda _: None)  # type: ignore
    return [
        teacher.fingerprint,
        job_fingerprint(full, teacher, TASKS.get(full.task)),
        *(one.fingerprint for one in expand(full, teacher)),
    ]


@pytest.mark.parametrize("name", ["resnet8", "vit_small", "plain_cnn"])
def test_an_adapter_repeats_no_numbers_of_its_network(name: str) -> None:
    network = {"architecture": name, "stem_stride": ARCHITECTURES.get(name).stem_strides[-1]}
    wanted = {
        "teacher": {"kind": "shipped", "name": "fashion_resnet20"},
        "students": [{"method": "reviewkd", **network}],
    }
    wanted["students"][0]["name"] = "s"
    full = resolve_experiment(Experiment.of({"task": "fashion_mnist_small", **wanted}))
    teacher = resolve_teacher(full.teacher, TASKS.get(full.task), "float32", lambda _: None)  # type: ignore
    one = next(one for one in expand(full, teacher) if one.student.name == "s")
    pair = pair_of(one.blueprint, one.teacher_blueprint, build(one.teacher_blueprint).get_submodule("head"))
    given = student_config(one, 0, np.arange(10_000) % 10, pair)
    student = StudentTrainer(given, full.optimiser, updates=1, batch_size=8, precision="float32").network
    worst = max(_likeness(mine, theirs) for mine in _tensors(given.loss) for theirs in _tensors(student))
    assert worst < 8  # chance alone: below 6


def _tensors(module: Any) -> list[np.ndarray]:
    found = [tensor.detach().numpy().ravel() for tensor in module.parameters() if tensor.requires_grad]
    return [values for values in found if len(values) >= 64 and values.std() > 0]


def _likeness(one: np.ndarray, other: np.ndarray) -> float:
    """The largest correlation of the shorter row of numbers with any part of the longer one, in deviations of it."""
    long, short = sorted((one, other), key=len, reverse=True)
    size, shape = len(long) + len(short), (short - short.mean()) / short.std() / len(short)
    found = np.fft.irfft(np.fft.rfft(long, size) * np.conj(np.fft.rfft(shape, size)), size)[
        : len(long) - len(short) + 1
    ]
    return float(np.abs(found).max() / long.std() * np.sqrt(len(short)))
