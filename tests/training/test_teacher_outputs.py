"""The teacher: it does not drift, and what is stored is what it says."""

import numpy as np
import pytest
import torch

from distill_core.machine import resolve_precision
from distill_core.planning.loop import BLOCK
from distill_core.training.batches import Batch
from distill_core.training.teacher_outputs import (
    CachedTeacher,
    FrozenTeacher,
    LiveTeacher,
    LogitCaches,
    PrecomputedTeacher,
)
from tests.training import small

pytestmark = pytest.mark.anywhere

IMAGES = np.arange(20, 150)


def batch(positions: list[int], views: list[int]) -> Batch:
    where = np.array(positions)
    return Batch(where, IMAGES[where], np.array(views))


def cache(precision: str = "float32", views: int = 3) -> CachedTeacher:
    return CachedTeacher(small.teacher(resolve_precision(precision)), small.dataset(), IMAGES, views=views)


def test_two_blocks_are_tested() -> None:
    assert BLOCK < len(IMAGES) < 2 * BLOCK


def test_the_cache_says_what_the_teacher_says_about_the_same_views() -> None:
    asked = batch([129, 0, 3, 3, 100, 99], [0, 2, 1, 2, 0, 0])
    seen = small.dataset().views(asked.images_B, asked.views_B)
    direct = small.teacher()(seen)
    torch.testing.assert_close(cache().logits(asked), direct, rtol=1e-5, atol=1e-5)
    assert torch.equal(LiveTeacher(small.teacher()).logits(asked, seen), direct)


@pytest.mark.parametrize("precision", ["float32", "auto"])
def test_cached_outputs_do_not_depend_on_the_order_of_requests(precision: str) -> None:
    asked = batch([5, 120, 5, 100], [0, 0, 1, 2])
    fresh, used = cache(precision), cache(precision)
    for position in (129, 100, 6):
        used.logits(batch([position], [position % 3]))
    assert torch.equal(fresh.logits(asked), used.logits(asked))
    assert torch.equal(fresh.logits(asked), fresh.logits(asked))


def test_the_teacher_looks_once_at_each_view() -> None:
    looks: list[int] = []
    network = small.network()
    network.register_forward_hook(lambda module, images, out: looks.append(len(out)))
    cached = CachedTeacher(FrozenTeacher(network, "float32"), small.dataset(), IMAGES, views=3)
    for _ in range(3):
        cached.logits(batch([0, 1, 110], [0, 0, 1]))
    assert looks == [BLOCK, len(IMAGES) - BLOCK]


def test_it_has_no_gradients_and_stays_in_eval_mode() -> None:
    network = small.network().train()
    frozen = FrozenTeacher(network, "float32")
    logits = frozen(small.dataset().unaugmented(np.arange(4)).requires_grad_())
    assert not logits.requires_grad
    torch.testing.assert_close(
        logits, network.eval()(small.dataset().unaugmented(np.arange(4))).detach(), rtol=1e-4, atol=1e-4
    )
    assert not hasattr(frozen, "train")


def test_what_happens_to_the_network_later_does_not_reach_it() -> None:
    network, images = small.network(), small.dataset().unaugmented(np.arange(16))
    frozen = FrozenTeacher(network, "float32")
    before = frozen(images)
    network.train()(images)
    torch.nn.init.zeros_(network.head.weight)
    assert torch.equal(frozen(images), before)
    assert network.training
    assert all(weight.requires_grad for weight in network.parameters())


def test_its_answers_are_float32_in_any_arithmetic() -> None:
    assert small.teacher(resolve_precision("auto"))(small.dataset().unaugmented(np.arange(4))).dtype == torch.float32


def test_asking_changes_nothing_in_it() -> None:
    network, before = small.network(), small.network()
    frozen = FrozenTeacher(network, "float32")
    for _ in range(3):
        frozen(small.dataset().unaugmented(np.arange(16)))
    assert small.same(network, before)


def test_a_record_is_looked_up_by_view_and_by_the_image_s_place_among_all() -> None:
    recorded_VNC = torch.arange(3 * small.COUNT * 4, dtype=torch.float32).reshape(3, small.COUNT, 4)
    asked = batch([0, 5, 5, 129], [2, 0, 1, 1])
    expected = torch.stack([recorded_VNC[2, 20], recorded_VNC[0, 25], recorded_VNC[1, 25], recorded_VNC[1, 149]])
    assert torch.equal(PrecomputedTeacher(small.teacher(), recorded_VNC).logits(asked), expected)


# Who speaks for it


def counted() -> tuple[FrozenTeacher, list[int]]:
    """A teacher, and the sizes of all batches that it has looked at."""
    looks: list[int] = []
    network = small.network()
    network.register_forward_hook(lambda module, images, out: looks.append(len(out)))
    return FrozenTeacher(network, "float32"), looks


def test_cohorts_that_train_one_after_the_other_share_one_look() -> None:
    teacher, looks = counted()
    (first,) = small.train([small.config(run="a/0")], by=teacher)
    once = list(looks)
    assert 0 < len(once) <= 1 + 3 * 3  # one example tells the size of three views of three blocks
    (second,) = small.train([small.config(run="b/0")], by=teacher)
    assert looks == once
    assert small.same(first.network, second.network)


def test_another_seed_computes_only_outputs_that_are_not_cached() -> None:
    teacher, looks = counted()
    longer = small.plan(updates=40)
    for seed in range(3):
        small.train([small.config(run=f"a/{seed}", seed=seed)], longer, by=teacher)
        assert looks == [1, *[100] * 9]
    labels_alone = small.config("labels", run="b/0", visible=range(60))
    small.train([labels_alone], longer, by=teacher)
    assert looks == [1, *[100] * 9]


def test_in_consistent_mode_every_cohort_has_its_own_look() -> None:
    teacher, looks = counted()
    for cohorts in (1, 2):
        small.train([small.config(run="a/0"), small.config(run="b/0")], small.plan(mode="consistent"), by=teacher)
        assert looks == [16] * 6 * cohorts


def test_a_teacher_with_recorded_logits_is_not_run() -> None:
    teacher, looks = counted()
    teacher.recorded_VNC = torch.zeros(3, small.COUNT, 4)
    small.train([small.config(run="a/0")], by=teacher)
    assert looks == []


def test_one_speaker_for_one_set_of_images_their_views_and_their_data_seed() -> None:
    teacher, dataset = small.teacher(), small.dataset()
    speaker = teacher.outputs_for(dataset, IMAGES, mode="cached", views=3)
    assert teacher.outputs_for(dataset, IMAGES.copy(), mode="cached", views=3) is speaker
    others = [
        teacher.outputs_for(dataset, IMAGES[:-1], mode="cached", views=3),
        teacher.outputs_for(dataset, IMAGES, mode="cached", views=2),
        teacher.outputs_for(dataset.seeded(1), IMAGES, mode="cached", views=3),
        small.teacher().outputs_for(dataset, IMAGES, mode="cached", views=3),
    ]
    assert len({id(one) for one in (speaker, *others)}) == 5
    assert isinstance(teacher.outputs_for(dataset, IMAGES, mode="consistent", views=1), LiveTeacher)


# What it may hold

NEEDED_BYTES = 3 * len(IMAGES) * 4 * 4  # views, examples, classes, float32


def test_a_set_that_is_too_large_for_memory_is_asked_about_every_batch() -> None:
    teacher, dataset, asked = small.teacher(), small.dataset(), batch([5, 120], [0, 2])
    assert isinstance(LogitCaches(NEEDED_BYTES).of(teacher, dataset, IMAGES, 3), CachedTeacher)
    outputs = LogitCaches(NEEDED_BYTES - 1).of(teacher, dataset, IMAGES, 3)
    assert isinstance(outputs, LiveTeacher)
    seen = dataset.views(asked.images_B, asked.views_B)
    torch.testing.assert_close(outputs.logits(asked, seen), cache().logits(asked), rtol=1e-5, atol=1e-5)


def test_the_oldest_cache_makes_room_and_says_the_same_when_it_is_asked_again() -> None:
    caches, dataset, asked = LogitCaches(2 * NEEDED_BYTES), small.dataset(), batch([5, 120], [0, 2])
    teachers = small.teacher(), small.teacher(), small.teacher()
    three = [caches.of(teacher, dataset, IMAGES, 3) for teacher in teachers]
    told = [one.logits(asked) for one in three]
    assert [one.nbytes for one in three] == [0, NEEDED_BYTES, NEEDED_BYTES]
    again = [one.logits(asked) for one in three]
    assert sum(one.nbytes for one in three) == 2 * NEEDED_BYTES
    assert all(map(torch.equal, told, again))
    caches.drop(teachers[0])
    assert caches.of(teachers[0], dataset, IMAGES, 3) is not three[0]
    assert caches.of(teachers[1], dataset, IMAGES, 3) is three[1]
