"""A network that answers for every pixel trains in the same loop, and no loss sees a hidden label."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from distill_core.methods import METHODS, DistillLoss, LossInputs, StepLoss
from distill_core.methods.feature_shapes import pair_of
from distill_core.networks import build
from distill_core.tasks import IGNORE, Split
from distill_core.tasks.images import InMemoryImages
from distill_core.training.cohort import train_cohort
from distill_core.training.monitor import Trained
from distill_core.training.predict import score
from distill_core.training.student import StudentConfig
from distill_core.training.teacher_outputs import FrozenTeacher
from tests.training import small, toys

pytestmark = pytest.mark.anywhere

COUNT, SIDE, CLASSES, LABELLED = 32, 8, 4, 12
ROWS = ["kd", "dkd", "nkd", "wsld", "ofa", "logit_regression", "standardized_kd", "ctkd", "teacher_free", "mutual"]
EXAMPLES = ["dist", "mlkd", "rkd"]


@pytest.fixture(autouse=True)
def _pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    toys.register(monkeypatch, toys.PIXELS)


def dataset(hide: Callable[[np.ndarray], np.ndarray] = lambda labels: labels) -> InMemoryImages:
    """Pixels by their brightness; a void row in each mask."""
    images = np.random.default_rng(0).integers(0, 256, (COUNT, SIDE, SIDE, 1), dtype=np.uint8)
    labels = (images[..., 0] // (256 // CLASSES)).astype(np.int64)
    labels[:, 0] = IGNORE
    labels[LABELLED:] = hide(labels[LABELLED:])
    return InMemoryImages(small.task(crop_padding_px=0, flip=False), Split(images, labels))


def configs(method: str, loss: DistillLoss | None = None) -> list[StudentConfig]:
    entry, blueprint = METHODS.get(method), small.blueprint(toys.PIXELS.name)
    keys = tuple(f"{method} {number}/0" for number in range(2 if entry.mutual else 1))
    torch.manual_seed(0)
    return [
        replace(
            small.config(run=key, architecture=toys.PIXELS.name),
            loss=loss or entry.build(entry.default_settings, pair_of(blueprint, blueprint)),
            uses_teacher=entry.uses_teacher,
            features=entry.features,
            visible_M=np.arange(COUNT),
            labelled_N=np.arange(COUNT) < LABELLED,
            peers=keys if entry.mutual else (),
            initial=number,
        )
        for number, key in enumerate(keys)
    ]


def train(company: list[StudentConfig], data: InMemoryImages, mode: str = "cached") -> tuple[Trained, ...]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        teacher = FrozenTeacher(build(small.blueprint(toys.PIXELS.name)).eval(), "float32")
    plan = small.plan(updates=3, mode="cached" if mode == "cached" else "consistent")
    return train_cohort(
        company, plan, train=data, valid=data, teacher=teacher, sink=lambda event: None, checkpoint=small.forget
    )


@pytest.mark.parametrize("mode", ["cached", "consistent"])
def test_methods_on_rows_and_on_whole_examples_train_it(mode: str) -> None:
    company = [config for method in (*ROWS, *EXAMPLES, "labels") for config in configs(method)]
    trained = train(company, dataset(), mode)
    assert {one.config.run: one.error for one in trained if one.error} == {}
    ends = {tuple(one.network.state_dict()["head.weight"].flatten().tolist()) for one in trained}
    assert len(ends) == len(trained), "every method pulls in its own way"


def test_a_loss_gets_a_row_a_pixel_and_no_label_that_is_hidden() -> None:
    kept: list[LossInputs] = []

    def loss(inputs: LossInputs) -> StepLoss:
        kept.append(inputs)
        return StepLoss(parts={"hard": inputs.student_BC.square().mean()})

    data = dataset()
    train(configs("kd", loss), data)
    for inputs in kept:
        assert inputs.student_BC.shape == (16 * SIDE * SIDE, CLASSES)
        assert inputs.positions == SIDE * SIDE
        by_example = inputs.targets_B.reshape(16, SIDE, SIDE)
        labelled = (by_example[:, 1:] != IGNORE).flatten(1)
        assert (labelled.all(1) | ~labelled.any(1)).all(), "all pixels of an image have their label, or none"
        assert (by_example[:, 0] == IGNORE).all()
    share = torch.stack([(inputs.targets_B != IGNORE).float().mean() for inputs in kept]).mean()
    assert 0 < share < 1


@pytest.mark.parametrize("method", [*ROWS, *EXAMPLES, "labels"])
def test_hidden_labels_change_no_bit_of_a_student(method: str) -> None:
    honest = train(configs(method), dataset())
    other = train(configs(method), dataset(lambda labels: (labels + 1) % CLASSES))
    assert all(small.same(here.network, there.network) for here, there in zip(honest, other, strict=True))


def test_accuracy_counts_pixels_with_a_target() -> None:
    (trained,) = train(configs("labels"), dataset())
    data = dataset()
    with torch.no_grad():
        logits: Tensor = trained.network(data.unaugmented(np.arange(COUNT)))
    known = torch.from_numpy(data.targets) != IGNORE
    wanted = float((logits.argmax(1) == torch.from_numpy(data.targets))[known].float().mean())
    assert score(trained.network, data)[1] == pytest.approx(wanted, abs=1e-6)
