"""Every method trains every kind of pair for a moment in the real loop, and its teacher stays as it was."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from distill_core.machine import resolve_precision
from distill_core.methods import METHODS
from distill_core.networks import build
from distill_core.tasks import IGNORE, Split
from distill_core.tasks.base import TargetSpec
from distill_core.tasks.images import InMemoryImages
from distill_core.tasks.segmentation.dataset import InMemoryScenes, Scenes
from distill_core.training.cohort import train_cohort
from distill_core.training.teacher_outputs import FrozenTeacher
from tests.methods.pairs import DENSE, PAIRS, blueprint, defined
from tests.training import small
from tests.training.every_method import configs

pytestmark = pytest.mark.anywhere

COUNT = 24
TASK = small.task(size_px=16)
SCENES = replace(TASK, target=TargetSpec(classes=TASK.classes, positions=(16, 16)), dataset=InMemoryScenes)


def dataset() -> InMemoryImages:
    generator = np.random.default_rng(3)
    images = generator.integers(0, 256, (COUNT, 16, 16, 1), dtype=np.uint8)
    return InMemoryImages(TASK, Split(images, np.arange(COUNT) % 4), data_seed=0)


def scenes() -> InMemoryScenes:
    """The same images with a class for each pixel, some of them void."""
    images = dataset().part.images_NHWC
    classes_NHW = images[..., 0].astype(np.int64) % 4
    classes_NHW[:, :2] = IGNORE
    return InMemoryScenes(SCENES, Scenes(images, classes_NHW), data_seed=0)


@pytest.mark.parametrize("name", [*PAIRS, *DENSE])
def test_all_methods_train_this_pair_and_leave_the_teacher_as_it_is(name: str) -> None:
    student, other = map(blueprint, {**PAIRS, **DENSE}[name])
    given = scenes() if name in DENSE else dataset()
    torch.manual_seed(1)
    frozen = FrozenTeacher(build(other), resolve_precision("auto"))
    before = {key: value.clone() for key, value in frozen._network.state_dict().items()}
    able = [method for method in METHODS if defined(method, name)]
    company = [one for method in able for one in configs(method, student, other, frozen.head, COUNT)]
    plan = replace(small.plan(updates=2, mode="consistent"), precision=resolve_precision("auto"))
    trained = train_cohort(
        company,
        plan,
        train=given,
        valid=given,
        teacher=frozen,
        sink=lambda event: None,
        checkpoint=small.forget,
    )
    assert {one.config.student: one.error for one in trained if one.error} == {}
    assert all(bool(value.isfinite().all()) for one in trained for value in one.network.state_dict().values())
    after = frozen._network.state_dict()
    assert all(torch.equal(value, after[key]) for key, value in before.items())
    assert all(weight.grad is None and not weight.requires_grad for weight in frozen._network.parameters())
