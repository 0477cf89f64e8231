"""A patient student: its teacher sees the mixtures that it sees, and nobody beside it feels them."""

import numpy as np
import pytest
import torch
from torch import Tensor

from distill_core.errors import InvalidSetting
from distill_core.events import Event, TrainPoint, ValidPoint
from distill_core.methods import METHODS, DistillLoss, FeatureShapes, LossInputs, StepLoss
from distill_core.networks import build
from distill_core.tasks import IGNORE
from distill_core.training.batches import Batch, Mixture, Stream, mixed
from distill_core.training.precision import channels_last
from distill_core.training.student import StudentConfig
from distill_core.training.teacher_outputs import FrozenTeacher
from tests.training import small

pytestmark = pytest.mark.anywhere

BATCHES = 6


def listening(kept: list[LossInputs], method: str = "patient") -> DistillLoss:
    loss = METHODS.get(method).build(small.LOSSES[method], FeatureShapes())

    def listen(inputs: LossInputs) -> StepLoss:
        kept.append(inputs)
        return loss(inputs)

    return listen


def patient(run: str = "p/0", **changes: object) -> StudentConfig:
    return small.config("patient", run=run, **changes)  # type: ignore[arg-type]


def batches(mixes: bool) -> list[Batch]:
    stream = Stream(np.arange(small.COUNT), batch_size=16, views=1, mode="consistent", data_seed=0, seed=0, mixes=mixes)
    return [stream.next() for _ in range(BATCHES)]


def test_by_hand() -> None:
    images = torch.tensor([0.0, 4.0, 8.0]).reshape(3, 1, 1, 1)
    mixture = Mixture(0.75, np.array([2, 0, 1]))
    assert mixed(images, mixture).flatten().tolist() == [2.0, 3.0, 7.0]
    assert mixed(images, None) is images


def test_a_mixture_is_laid_out_as_its_images_are() -> None:
    images = torch.rand(4, 8, 8, 3).permute(0, 3, 1, 2)
    assert mixed(images, Mixture(0.5, np.arange(4))).stride() == images.stride()


def test_student_and_teacher_see_the_same_mixtures_of_the_control_s_images(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Tensor] = []
    ask = FrozenTeacher.__call__

    def noted(teacher: FrozenTeacher, images_BCHW: Tensor) -> Tensor:
        asked.append(images_BCHW)
        return ask(teacher, images_BCHW)

    monkeypatch.setattr(FrozenTeacher, "__call__", noted)
    kept: list[LossInputs] = []
    config = patient(loss=listening(kept))
    small.train([config], small.plan(mode="consistent"))
    assert len(asked) == len(kept) == BATCHES
    dataset = small.dataset()
    for place, (plainly, mixing) in enumerate(zip(batches(mixes=False), batches(mixes=True), strict=True)):
        assert mixing.mixture is not None
        wanted = mixed(dataset.views(plainly.images_B, plainly.views_B), mixing.mixture)
        assert torch.equal(asked[place], wanted)
        said_BC = kept[place].teacher_BC
        assert said_BC is not None
        assert torch.equal(said_BC, ask(small.teacher(), wanted))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        untrained = channels_last(build(config.blueprint)).train()
    assert torch.equal(kept[0].student_BC, untrained(asked[0]))


def test_no_label_enters() -> None:
    kept: list[LossInputs] = []
    small.train([patient(loss=listening(kept), labelled=300)], small.plan(mode="consistent"))
    assert all(bool((inputs.targets_B == IGNORE).all()) for inputs in kept)
    few, many = (small.train([patient(labelled=count)], small.plan(mode="consistent"))[0] for count in (4, 300))
    assert small.same(few.network, many.network)


def test_mixup_does_not_change_other_students_nor_they_it() -> None:
    settings = small.plan(mode="consistent")
    others = [small.config("labels", run="control/0"), small.config("kd", run="kd/0")]
    alone = [small.train([one], settings)[0] for one in (*others, patient())]
    together = small.train([others[0], patient(), others[1]], settings)
    for one, other in zip(alone, (together[0], together[2], together[1]), strict=True):
        assert small.same(one.network, other.network)


def test_another_seed_mixes_otherwise() -> None:
    settings = small.plan(mode="consistent")
    one, again, other = (small.train([patient(seed=seed)], settings)[0] for seed in (0, 0, 1))
    assert small.same(one.network, again.network)
    assert not small.same(one.network, other.network)


def test_with_images_that_are_not_mixed_it_learns_the_teachers_outputs() -> None:
    heard: list[Event] = []
    settings = small.plan(mode="consistent", updates=80)
    (knowing,) = small.train([small.config("labels", labelled=300, architecture="resnet8")], small.plan(updates=60))
    teacher = FrozenTeacher(knowing.network, "float32")
    small.train([patient(labelled=4)], settings, by=teacher, sink=heard.append)
    losses = [event.loss for event in heard if isinstance(event, TrainPoint)]
    assert losses[-1] < 0.5 * losses[0]
    assert [event.score for event in heard if isinstance(event, ValidPoint)][-1] >= 0.8


def test_cached_answers_are_refused() -> None:
    with pytest.raises(InvalidSetting) as error:
        small.train([patient()], small.plan(mode="cached"))
    assert str(error.value) == (
        "the method of 'p': expected a teacher that looks at every batch, got cached "
        "answers; choose the consistent mode"
    )
