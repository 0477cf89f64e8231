"""Cells, and what networks make of one."""

from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
import torch

from distill_core.errors import InvalidSetting, NotFound, Stopped
from distill_core.jobs.runners import run_serially
from distill_core.robustness.evaluate import (
    Condition,
    RunLogits,
    attackable,
    conditions,
    evaluate_condition,
    family_of,
    load_model,
    score_condition,
)
from distill_core.store import Store
from distill_core.tasks import TASKS, Split, load_task, normalised, null_sink
from tests.store.records import a_run

pytestmark = pytest.mark.anywhere

FASHION, DIGITS = TASKS.get("fashion_mnist_small"), TASKS.get("digits")


@pytest.fixture
def store(trained: Path) -> Store:
    return Store.open(trained)


@pytest.fixture
def test_split(trained: Path) -> Split:
    return load_task(TASKS.get("digits"), trained, null_sink).test


def open_gate() -> None:
    """Nobody stops."""


def test_clean_images_every_corruption_and_every_attack_have_their_cells() -> None:
    asked = conditions(FASHION, 2000, None, ("pgd", "fgsm"), (8, 1, 8))
    assert len(asked) == 1 + 75 + 4
    assert asked[0] == Condition(perturbation="clean", strength=0.0, images=2000)
    assert [(one.perturbation, one.strength) for one in asked[-4:]] == [
        *[("pgd", 1.0), ("pgd", 8.0)],
        *[("fgsm", 1.0), ("fgsm", 8.0)],
    ]
    assert [one.title for one in (asked[0], asked[1], asked[-3])] == [
        *["As they are", "Gaussian noise 1", "PGD, eps 8/255"]
    ]
    assert len(conditions(FASHION, 10, ("snow", "snow"), (), ())) == 6


def test_a_disturbance_has_a_family() -> None:
    assert [family_of(name) for name in ("clean", "fgsm", "snow", "jpeg")] == ["", "attack", "weather", "digital"]


def test_a_step_of_an_attack_is_more_work_than_an_answer() -> None:
    assert [Condition(perturbation=name, strength=4, images=9).work for name in ("snow", "fgsm", "pgd")] == [1, 4, 31]


def test_a_file_that_was_made_smaller_has_no_gradients() -> None:
    assert attackable(a_run())
    assert not attackable(a_run(scores={"file": "int8"}))


def test_every_image_is_answered_once_and_in_order(store: Store, test_split: Split) -> None:
    runs = [linked.run.id for linked in store.runs()][:2]
    cell = Condition(perturbation="clean", strength=0, images=270)  # two pieces
    images_BCHW = normalised(TASKS.get("digits"), test_split.images_NHWC[:270])
    models = [load_model(store, TASKS, run) for run in runs]
    both = evaluate_condition(cell, models, test_split, open_gate, run_serially)
    for run, said in zip(runs, both, strict=True):
        logits = said.logits_NC
        alone = evaluate_condition(cell, [load_model(store, TASKS, run)], test_split, open_gate, run_serially)
        assert (alone[0].logits_NC == logits).all()
        wanted = load_model(store, TASKS, run).predict(images_BCHW)
        np.testing.assert_allclose(logits, wanted, rtol=0, atol=1e-4 * np.abs(wanted).max())
    assert both[0].logits_NC.shape == (270, 10)
    assert (both[0].logits_NC != both[1].logits_NC).any()


def test_an_attack_is_on_each_networks_own_gradients(store: Store, test_split: Split) -> None:
    teacher, control = [linked.run.id for linked in store.runs()][:2]
    cell = Condition(perturbation="fgsm", strength=16, images=60)
    everybody = [load_model(store, TASKS, run, attacked=True) for run in (teacher, control)]
    answers = evaluate_condition(cell, everybody, test_split, open_gate, run_serially)
    for one, said in zip(everybody, answers, strict=True):
        clean = evaluate_condition(
            Condition(perturbation="clean", strength=0, images=60), [one], test_split, open_gate, run_serially
        )
        assert (
            score_condition(cell, one.run, one.task, said, test_split).nll_nats
            > score_condition(cell, one.run, one.task, clean[0], test_split).nll_nats
        )


def test_images_that_an_attack_could_not_move_are_counted_over_all_pieces(store: Store, test_split: Split) -> None:
    one = load_model(store, TASKS, store.runs()[0].run.id, attacked=True)
    assert one.network is not None
    with torch.no_grad():
        one.network.head.weight.zero_()  # type: ignore[operator, union-attr]
    for disturbance, unmoved in (("fgsm", 120), ("pgd", 120), ("snow", 0)):
        cell = Condition(perturbation=disturbance, strength=1, images=120)
        (said,) = evaluate_condition(cell, [one], test_split, open_gate, run_serially)
        assert score_condition(cell, one.run, one.task, said, test_split).unmoved == unmoved


def test_the_gate_ends_it_between_pieces(store: Store, test_split: Split) -> None:
    asked = []

    def checkpoint() -> None:
        asked.append(1)
        if len(asked) == 2:
            raise Stopped("enough")

    one = load_model(store, TASKS, store.runs()[0].run.id)
    with pytest.raises(Stopped):
        evaluate_condition(
            Condition(perturbation="snow", strength=1, images=270), [one], test_split, checkpoint, run_serially
        )
    assert len(asked) == 2


@pytest.mark.parametrize(("disturbance", "spells"), [("snow", 1 + 2), ("fgsm", 1 + 3)])
def test_all_that_takes_time_is_done_within_a_spell(
    store: Store, test_split: Split, disturbance: str, spells: int
) -> None:
    inside = list[int]()
    one = load_model(store, TASKS, store.runs()[0].run.id, attacked=True)
    cell = Condition(perturbation=disturbance, strength=1, images=270)
    evaluate_condition(cell, [one], test_split, open_gate, run_serially, lambda: nullcontext(inside.append(1)))
    assert len(inside) == spells


def test_a_trial_is_worked_out_by_hand() -> None:
    cell = Condition(perturbation="snow", strength=2, images=2)
    logits = np.log(np.array([[0.8, 0.2], [0.4, 0.6]], np.float32))
    split = Split(np.zeros((3, 8, 8, 1), np.uint8), np.array([0, 0, 1]))
    trial = score_condition(cell, a_run(), DIGITS, RunLogits(logits_NC=logits, unmoved=1), split)
    assert trial.unmoved == 1
    assert (trial.accuracy, trial.confidence) == (0.5, pytest.approx(0.7))
    assert trial.nll_nats == pytest.approx(-(np.log(0.8) + np.log(0.4)) / 2)
    assert trial.ece == pytest.approx((0.2 + 0.6) / 2)
    with pytest.raises(InvalidSetting, match="finite"):
        score_condition(cell, a_run(), DIGITS, RunLogits(logits_NC=np.full((2, 2), np.nan, np.float32)), split)


def test_a_run_without_a_file_is_said(store: Store) -> None:
    with pytest.raises(NotFound, match="may have been deleted"):
        load_model(store, TASKS, "f" * 16)
