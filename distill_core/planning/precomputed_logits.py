"""Precomputed logits: those of a shipped teacher for every view of every training image.

With them the default comparison needs no pass of the teacher at all. ``tools/make_logits.py`` makes them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from safetensors.numpy import load

from distill_core.assets import Manifest, manifests, read_asset
from distill_core.files import sha256_of
from distill_core.lazy_torch import Tensor, torch
from distill_core.networks.ensemble import mean_logits
from distill_core.spec import Experiment, ShippedTeacher, TeacherSpec
from distill_core.tasks import TASKS, Task

FOLDER = "logits"


def find_precomputed_logits(experiment: Experiment) -> Manifest | None:
    """The record that holds all views of this experiment, or None: another seed of the data, more views, fresh ones."""
    shipped = isinstance(experiment.teacher, ShippedTeacher) and experiment.task in TASKS
    if experiment.mode != "cached" or not shipped:
        return None
    for manifest in _of(experiment.teacher, TASKS.get(experiment.task)):
        details = manifest.details
        if details["data_seed"] == experiment.data_seed and details["views"] >= experiment.views:
            return manifest
    return None


def precomputed_logits_of(experiment: Experiment) -> tuple[Manifest, ...]:
    """The records of the teacher, or of each member of an ensemble; none where one of them has none."""
    choices = experiment.teacher.parts
    manifests = [find_precomputed_logits(experiment.model_copy(update={"teacher": choice})) for choice in choices]
    there = tuple(manifest for manifest in manifests if manifest)
    return there if len(there) == len(choices) else ()


def read_precomputed_logits(records: Sequence[Manifest], views: int) -> Tensor:
    """(V, N, C) float32: the logits of the teacher, or of an ensemble. Raises CorruptFile."""
    each = [torch.from_numpy(read_one_teacher(manifest, views)) for manifest in records]
    return each[0] if len(each) == 1 else mean_logits(each)


def read_one_teacher(manifest: Manifest, views: int) -> np.ndarray:
    """(V, N, C) float32, the first ``views`` of them: view v of an image does not depend on how many there are.

    Raises: CorruptFile.
    """
    logits_VNC = load(read_asset(FOLDER, manifest))["logits_VNC"]
    return logits_VNC[:views].astype(np.float32)


def precomputed_logits_hash(choice: TeacherSpec, task: Task) -> str:
    """A hash of the records of a teacher on a task; it is part of fingerprints of students."""
    return sha256_of("".join(manifest.sha256 for manifest in _of(choice, task)).encode())


def _of(choice: TeacherSpec, task: Task) -> list[Manifest]:
    return [
        manifest
        for manifest in manifests(FOLDER)
        if manifest.details["data_sha256"] == task.sha256 and ShippedTeacher(name=manifest.details["teacher"]) == choice
    ]
