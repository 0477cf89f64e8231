"""The task of scenes with its first scenes alone, since networks answer for 2,304 pixels of each."""

from dataclasses import replace

import pytest

from distill_core.lab import Lab
from distill_core.tasks import TASKS, TaskData, null_sink
from distill_core.tasks.base import SplitCounts
from distill_core.tasks.segmentation.dataset import Scenes
from distill_core.tasks.splits import content_hash

__all__ = ["SCENES", "TASK", "few"]

TASK, SCENES = "scenes", 16
TRAINED = 32  # of which 30 have labels


def few(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the test ends, wherever tasks are asked for."""
    task = TASKS.get(TASK)
    whole = task.load(lab.home, null_sink)
    parts = ((TRAINED, whole.train), (SCENES, whole.valid), (SCENES, whole.test))
    data = TaskData(*(Scenes(part.images_NHWC[:count], part.labels_N[:count]) for count, part in parts))
    counts = SplitCounts(train=TRAINED, valid=SCENES, test=SCENES)
    small = replace(task, load=lambda home, sink: data, sha256=content_hash(data), counts=counts)
    for tasks in (TASKS, lab.tasks):
        monkeypatch.setitem(tasks._entries, TASK, small)
