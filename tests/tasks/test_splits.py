"""Drawing images: balanced, nested, the same for the same seed."""

from itertools import pairwise

import numpy as np
import pytest

from distill_core.errors import CorruptFile, InvalidSetting
from distill_core.tasks import Split, Task, TaskData, load_task, null_sink, stratified
from distill_core.tasks.base import SplitCounts
from distill_core.tasks.images import image_task
from distill_core.tasks.splits import content_hash

pytestmark = pytest.mark.anywhere

# 300 images of five classes, classes 0 to 3 with 72 each, class 4 with 12.
LABELS = np.array([position % 5 if position < 60 else position % 4 for position in range(300)])


@pytest.mark.parametrize("count", [1, 4, 5, 37, 59, 60])
def test_classes_come_in_turn(count: int) -> None:
    drawn = np.bincount(LABELS[stratified(LABELS, count, seed=3)], minlength=5)
    assert drawn.sum() == count
    assert drawn.max() - drawn.min() <= 1


def test_a_class_that_is_used_up_leaves_its_turn_to_the_others() -> None:
    assert np.bincount(LABELS[stratified(LABELS, 100, seed=0)]).tolist() == [22, 22, 22, 22, 12]


@pytest.mark.parametrize("seed", [0, 1, 2**31 - 1])
def test_the_few_are_always_among_the_many(seed: int) -> None:
    draws = [set(stratified(LABELS, count, seed=seed).tolist()) for count in (1, 10, 100, 101, 299, 300)]
    assert [len(draw) for draw in draws] == [1, 10, 100, 101, 299, 300]
    assert all(few < many for few, many in pairwise(draws))


def test_equal_seeds_draw_the_same_and_others_do_not() -> None:
    first, again, other = (stratified(LABELS, 50, seed=seed) for seed in (7, 7, 8))
    assert first.tolist() == again.tolist() == sorted(set(first.tolist()))
    assert first.tolist() != other.tolist()


def test_the_caller_s_own_labels_and_random_numbers_are_left_alone() -> None:
    np.random.seed(0)
    before, labels = np.random.get_state()[1].copy(), LABELS.copy()
    stratified(labels, 50, seed=0)
    assert (np.random.get_state()[1] == before).all()
    assert (labels == LABELS).all()


@pytest.mark.parametrize("count", [0, -1, 301])
def test_more_than_there_are_or_none_is_refused(count: int) -> None:
    with pytest.raises(
        InvalidSetting, match=f"labels: expected 1 to 300 examples, got {count}; choose a number in that"
    ):
        stratified(LABELS, count, seed=0)


def _split(value: int = 0) -> Split:
    return Split(np.full((2, 8, 8, 1), value, dtype=np.uint8), np.array([0, 1]))


def _task(data: TaskData, sha256: str) -> Task:
    return image_task(
        name="tiny", title="", teaches="", source="", licence="", classes=("a", "b"), channels=1, size_px=8,
        crop_padding_px=1, flip=False, mean=(0.0,), std=(1.0,), counts=SplitCounts(train=2, valid=2, test=2),
        sha256=sha256, load=lambda home, sink: data,
    )  # fmt: skip


def test_data_come_through_only_if_they_are_those_of_the_task(tmp_path) -> None:
    data = TaskData(_split(), _split(1), _split(2))
    assert load_task(_task(data, content_hash(data)), tmp_path, null_sink) is data
    other = TaskData(_split(), _split(1), _split(3))
    with pytest.raises(CorruptFile, match=r"the data of 'tiny': expected SHA-256 .*; delete .*data"):
        load_task(_task(other, content_hash(data)), tmp_path, null_sink)


@pytest.mark.parametrize(
    "other",
    [
        TaskData(_split(1), _split(), _split()),
        TaskData(_split(), _split(1), _split()),
        TaskData(_split(), _split(), Split(_split().images_NHWC, np.array([1, 0]))),
        TaskData(_split(), _split(), Split(_split().images_NHWC.reshape(2, 4, 16, 1), np.array([0, 1]))),
        TaskData(_split(), _split(), Split(_split().images_NHWC, np.array([0, 1], dtype=np.int32))),
    ],
    ids=["train", "valid", "labels", "shape", "type"],
)
def test_the_hash_speaks_of_every_part(other: TaskData) -> None:
    assert content_hash(other) != content_hash(TaskData(_split(), _split(), _split()))


def test_the_hash_does_not_see_how_arrays_lie_in_memory() -> None:
    turned = Split(np.asfortranarray(_split().images_NHWC), _split().labels_N)
    assert content_hash(TaskData(turned, _split(), _split())) == content_hash(TaskData(_split(), _split(), _split()))
