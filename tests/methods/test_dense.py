"""CWD and SKD, methods for a label at each position: numbers by hand, agreement, and refusals."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from distill_core.errors import InvalidSetting
from distill_core.methods import METHODS, FeatureShapes, LossInputs, StepLoss
from distill_core.methods.feature_maps import deepest_maps
from distill_core.methods.pictures import Attention, PairActivations
from distill_core.methods.rows import as_rows, over_positions
from distill_core.methods.zoo.cwd import channel_wise
from distill_core.methods.zoo.skd import pairwise, similarities_BPP
from distill_core.planning.resolve import resolve_experiment
from distill_core.spec import Experiment

pytestmark = pytest.mark.anywhere

GENERATOR = torch.Generator().manual_seed(4)
LOGITS, OTHERS = torch.randn(2, 3, 4, 5, generator=GENERATOR), torch.randn(2, 3, 4, 5, generator=GENERATOR)
PAIR = FeatureShapes(student_taps=((3, 2, 2), (2, 4, 4)), teacher_taps=((5, 2, 2), (4, 4, 4)))


def of_halves(share: float) -> Tensor:
    """One example, one class, two positions, of which the first has ``share``."""
    return torch.tensor([[[share, 1 - share]]]).log()


def test_cwd_is_the_divergence_of_where_a_class_is() -> None:
    # 3/4 ln(3/4 : 1/2) + 1/4 ln(1/4 : 1/2)
    by_hand = 0.75 * math.log(1.5) + 0.25 * math.log(0.5)
    assert float(channel_wise(of_halves(0.5), of_halves(0.75), temperature=1.0)) == pytest.approx(by_hand)
    # A second class, where the two agree, halves the mean; so does a second example.
    for axis in (0, 1):
        agree = [torch.cat([of_halves(one), of_halves(0.5)], axis) for one in (0.5, 0.75)]
        assert float(channel_wise(*agree, temperature=1.0)) == pytest.approx(by_hand / 2)


def test_cwd_softens_and_weighs_by_the_square_of_t() -> None:
    # At T 2 a ratio of 9 becomes one of 3.
    by_hand = 4 * (0.75 * math.log(1.5) + 0.25 * math.log(0.5))
    assert float(channel_wise(of_halves(0.5), of_halves(0.9), temperature=2.0)) == pytest.approx(by_hand)


def test_cwd_is_0_where_they_agree_and_where_a_class_is_louder_everywhere() -> None:
    maps = LOGITS.flatten(2)
    louder = maps + torch.tensor([1.0, -2.0, 5.0])[:, None]
    assert float(channel_wise(maps, maps, temperature=4.0)) == 0
    assert float(channel_wise(louder, maps, temperature=4.0)) == pytest.approx(0, abs=1e-5)
    assert float(channel_wise(maps.flip(2), maps, temperature=4.0)) > 0.1


def test_rows_become_the_map_of_each_class_again() -> None:
    assert torch.equal(over_positions(as_rows(LOGITS), 20), LOGITS.flatten(2))


def test_skd_compares_cosines_of_places() -> None:
    # Two places with one feature each: alike (cosine 1) for the student, opposite (−1) for the teacher.
    student, teacher = torch.tensor([[[[1.0, 2.0]]]]), torch.tensor([[[[1.0, -3.0]]]])
    assert similarities_BPP(teacher).tolist() == [[[1, -1], [-1, 1]]]
    # Of four pairs two differ, by 2: (4 + 4) / 4.
    assert float(pairwise(student, teacher)) == pytest.approx(2.0)


def test_skd_pools_both_to_six_places_a_side_or_to_the_smaller() -> None:
    large, small = torch.rand(2, 3, 12, 12, generator=GENERATOR), torch.rand(2, 5, 8, 8, generator=GENERATOR)
    pooled = torch.nn.functional.max_pool2d(large, 2)
    assert float(pairwise(large, small)) == pytest.approx(float(pairwise(pooled, small)))
    assert float(pairwise(large, pooled)) == pytest.approx(0, abs=1e-6)
    assert pairwise(large, torch.rand(2, 5, 3, 2, generator=GENERATOR)).isfinite()


def test_the_deepest_maps_are_those_with_the_fewest_places() -> None:
    towards = ((64, 6, 6), (32, 12, 12), (12, 24, 24), (12, 48, 48))
    shrinking = ((4, 8, 8), (5, 4, 4), (6, 4, 4), (6,))
    assert deepest_maps(FeatureShapes(student_taps=shrinking, teacher_taps=towards)) == ((2, 0),)


def seen(student: Tensor, teacher: Tensor, *, alike: bool = False, positions: int = 20) -> LossInputs:
    taps = [tuple(torch.rand(2, *shape, generator=GENERATOR) for shape in PAIR.student_taps) for _ in range(2)]
    rows = as_rows(student)
    return LossInputs(
        student_BC=rows,
        teacher_BC=as_rows(teacher),
        targets_B=torch.arange(len(rows)) % 3,
        progress=0.5,
        positions=positions,
        student_taps=taps[0],
        teacher_taps=taps[0] if alike else taps[1],
    )


def loss(name: str, inputs: LossInputs) -> StepLoss:
    method = METHODS.get(name)
    return method.build(method.default_settings, PAIR)(inputs)


@pytest.mark.parametrize("name", ["cwd", "skd"])
def test_where_teacher_and_student_agree_labels_alone_are_left(name: str) -> None:
    parts = loss(name, seen(LOGITS, LOGITS, alike=True)).parts
    assert {part for part, value in parts.items() if abs(float(value)) > 1e-6} == {"hard"}
    apart = loss(name, seen(LOGITS, OTHERS)).parts
    assert all(float(value) > 1e-3 for value in apart.values())


def test_skd_without_its_pairs_is_kd_at_alpha_09() -> None:
    inputs, kd = seen(LOGITS, OTHERS), METHODS.get("kd")
    whole = loss("skd", inputs)
    plain = kd.build(kd.default_settings.__class__(temperature=1.0, alpha=0.9), PAIR)(inputs)
    without = whole.total - whole.weighted["pairs"]
    assert float(without) == pytest.approx(float(plain.total))


def test_the_logits_of_cwd_may_be_extreme() -> None:
    signs = torch.where(LOGITS > 0, 1.0, -1.0)
    student = (1000 * signs).requires_grad_()
    total = loss("cwd", seen(student, -1000 * signs)).total
    (pull,) = torch.autograd.grad(total, student)
    assert total.isfinite()
    assert pull.isfinite().all()


def test_cwd_refuses_answers_without_positions() -> None:
    with pytest.raises(InvalidSetting, match=r"positions: expected two or more an example, got 1; choose a task with"):
        loss("cwd", seen(LOGITS, OTHERS, positions=1))
    with pytest.raises(InvalidSetting, match=r"maps of logits: expected two of the same shape"):
        channel_wise(LOGITS.flatten(2), OTHERS.flatten(2)[:, :2], temperature=4.0)
    with pytest.raises(InvalidSetting, match="temperature"):
        channel_wise(LOGITS.flatten(2), OTHERS.flatten(2), temperature=0.0)


def test_the_picture_of_cwd_shows_the_shares_that_its_loss_compares() -> None:
    method, inputs = METHODS.get("cwd"), seen(LOGITS, OTHERS)
    assert method.picture is not None
    activations = PairActivations(
        student="", teacher="", pair=PAIR, grafted=False, stages=((), ()), inputs=inputs, index_N=np.arange(2),
        classes=("a", "b", "c"), positions=(4, 5), rows_N=np.arange(40), examples_K=np.arange(2),
    )  # fmt: skip
    found = method.picture(method.default_settings, activations)
    assert isinstance(found, Attention)
    assert [stage.student for stage in found.stages] == ["a", "b", "c"]
    for place, stage in enumerate(found.stages):
        shares = (OTHERS[:, place].flatten(1) / 4).softmax(1).reshape(2, 4, 5)
        assert stage.teacher_NHW == pytest.approx((shares / shares.amax((1, 2), keepdim=True)).numpy(), rel=1e-5)
        own = (LOGITS[:, place].flatten(1) / 4).softmax(1)
        cosine = (own * shares.flatten(1)).sum(1) / own.norm(dim=1) / shares.flatten(1).norm(dim=1)
        assert stage.alike_N == pytest.approx(cosine.numpy(), rel=1e-5)


@pytest.mark.parametrize("also", [False, True])
def test_a_task_without_positions_refuses_them_before_anything_runs(also: bool) -> None:
    method = {"method": "kd", "also": [{"method": "skd"}]} if also else {"method": "skd"}
    student = {"name": "a", "architecture": "resnet8", **method}
    teacher = {"kind": "shipped", "name": "fashion_resnet20"}
    with pytest.raises(InvalidSetting) as error:
        resolve_experiment(Experiment.of({"task": "digits", "teacher": teacher, "students": [student]}))
    assert str(error.value) == (
        "the method of 'a', Structured distillation, pairwise: expected a task with a label at each position of an "
        "example, as scenes, got digits, whose examples have one label each; choose another method"
    )
