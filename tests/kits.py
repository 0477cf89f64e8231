"""Export kits of networks that ship, one of each kind of task, made once a process."""

import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

import numpy as np
import torch

from distill_core.deployment.float16 import to_float16
from distill_core.deployment.int8 import to_int8
from distill_core.deployment.kit.build import Kit, build_kit
from distill_core.deployment.kit.source import CardFacts, KitSource
from distill_core.deployment.onnx_export import export_onnx
from distill_core.deployment.runtime import run_onnx
from distill_core.lab.shipped import shipped_file
from distill_core.networks import Blueprint, build
from distill_core.store import RunRecord
from distill_core.tasks import TASKS, Task, TaskCatalog, null_sink
from distill_core.tasks.segmentation.dataset import Scenes
from tests.own_tables import table_task

__all__ = ["KINDS", "kit", "source", "whole_file"]

KINDS = {
    "image": ("fashion_mnist_small", "fashion_resnet8_weak"),
    "scene": ("scenes", "scenes_unet"),
    "sound": ("spoken_digits", "spoken_digits_cnn"),
    "text": ("languages", "languages_ngrams"),
    "network": ("spoken_digits", "spoken_digits_cnn"),
    "row": ("", ""),
}
COUNT = 12


@cache
def kit(kind: str) -> Kit:
    """The kit of a kind in all precisions; ``network``: of a task without a form of its own on a device."""
    return build_kit(source(kind), ("float32", "float16", "int8"))


@cache
def source(kind: str) -> KitSource:
    """What the kit of a kind is made of: a teacher that ships and the first test examples."""
    name, teacher = KINDS[kind]
    task = _table() if kind == "row" else TASKS.get(name)
    task = replace(task, features="") if kind == "network" else task
    test = _scenes() if kind == "scene" else task.load(Path(), null_sink).test
    examples = task.dataset(task, test).batch(np.arange(COUNT)).contiguous().numpy()
    data = whole_file(teacher) if teacher else untrained(task)
    return KitSource(
        run=_record(task.name),
        title="KD, <all> | *images*",
        own="float32",
        task=task,
        test=test,
        examples=examples,
        logits_N=run_onnx(data, examples),
        file=partial(_file, data, examples),
        specification="{}",
        facts=CardFacts(student={"student": "KD", "seeds": 1, "test_accuracy": 0.9, "verdict": ""}),
    )


@cache
def whole_file(teacher: str) -> bytes:
    return shipped_file(teacher, TaskCatalog(Path()))


def untrained(task: Task) -> bytes:
    """The file of a network for tables; none ships."""
    torch.manual_seed(0)
    blueprint = Blueprint(architecture="mlp", classes=len(task.classes), input=task.input)
    return export_onnx(build(blueprint).eval(), blueprint).data


@cache
def _table() -> Task:
    folder = Path(tempfile.mkdtemp())
    try:
        task = table_task(folder, 100)
        parts = task.load(Path(), null_sink)
    finally:
        shutil.rmtree(folder)
    return replace(task, load=lambda _home, _sink: parts)


def _file(data: bytes, examples: np.ndarray, precision: str) -> bytes:
    if precision == "int8":
        return to_int8(data, examples, way="static", per_channel=True).data
    return to_float16(data).data if precision == "float16" else data


def _scenes() -> Scenes:
    """Pictures of that size: what is in them is no matter of a file."""
    images = np.random.default_rng(0).integers(0, 256, (COUNT, 48, 48, 1), np.uint8)
    return Scenes(images, np.zeros((COUNT, 48, 48), np.int64))


def _record(task: str) -> RunRecord:
    return RunRecord(
        id="0123456789abcdef",
        fingerprint="0" * 64,
        role="student",
        student="KD",
        task=task,
        architecture="resnet8",
        width=1.0,
        stem_stride=1,
        method="kd",
        temperature=4.0,
        alpha=0.9,
        parameters={},
        seed=3,
        labels=500,
        transfer="all",
        state="finished",
        message=None,
        updates=7,
        seconds=1.0,
        scores={"test_accuracy": 0.9, "parameters": 1234, "macs": 5678},
        environment={},
        created_at=datetime(2026, 1, 2, tzinfo=UTC),
    )
