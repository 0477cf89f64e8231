"""Losses on features, relations and graphs: reference values from elsewhere, and what must always hold."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from distill_core.errors import InvalidSetting
from distill_core.methods import METHODS, Settings
from distill_core.methods.feature_maps import adapter, matched, resized
from distill_core.methods.zoo.fitnet_at import attention_transfer, hierarchical, hint
from distill_core.methods.zoo.irg import instance_graph
from distill_core.methods.zoo.rkd_pkt_sp import probabilistic_transfer, relational, similarity_preserving
from distill_core.methods.zoo.vid import gaussian_nll
from tests.methods.pairs import blueprint, look, pair
from tests.methods.waves import STUDENT, TEACHER, waves

MAPS_S, MAPS_T = waves((8, 16, 8, 8), 0.37, 0.2), waves((8, 32, 8, 8), 0.53, 0.9)
SMALL_S = waves((8, 16, 4, 4), 0.37, 0.2)
POOLED_S, POOLED_T = waves((8, 24), 0.61, 0.3), waves((8, 24), 0.91, 0.7)
NARROW_S = waves((8, 12), 0.61, 0.3)
SHAPES = ((8, 16, 16, 16), (8, 32, 8, 8), (8, 64, 4, 4))
STAGES_S = [waves(shape, *ab) for shape, ab in zip(SHAPES, ((0.11, 0.1), (0.13, 0.2), (0.17, 0.3)), strict=True)]
STAGES_T = [waves(shape, *ab) for shape, ab in zip(SHAPES, ((0.19, 0.4), (0.23, 0.5), (0.29, 0.6)), strict=True)]
GRAPH_S, GRAPH_T = [*STAGES_S[1:], NARROW_S, STUDENT], [*STAGES_T[1:], POOLED_T, TEACHER]


def rkd(student: Tensor, teacher: Tensor) -> Tensor:
    return relational(student, teacher, distance_weight=25, angle_weight=50)


def graph(student: list[Tensor], teacher: list[Tensor]) -> Tensor:
    return instance_graph(student, teacher, vertex=0.1, edge=5, transformation=5)


@pytest.mark.parametrize(
    ("loss", "student", "teacher", "value"),
    [
        (hint, POOLED_S, POOLED_T, 0.9870106687530429),
        (attention_transfer, MAPS_S, MAPS_T, 4.8608992110182615e-05),
        (attention_transfer, SMALL_S, MAPS_T, 0.00028819069661763274),
        (similarity_preserving, MAPS_S, MAPS_T, 0.11524550383612753),
        (rkd, NARROW_S, POOLED_T, 16.67187895774005),
        (probabilistic_transfer, NARROW_S, POOLED_T, 0.10285311703500569),
        (hierarchical, STAGES_S, STAGES_T, 2.073667408162015),
        (graph, GRAPH_S, GRAPH_T, 2.7493591373234096),
    ],
)
def test_a_loss_has_its_reference_value(
    loss: Callable[..., Tensor], student: object, teacher: object, value: float
) -> None:
    assert loss(student, teacher).item() == pytest.approx(value, rel=1e-9)


PAIRS = {
    "hint": (hint, POOLED_S, POOLED_T),
    "attention": (attention_transfer, MAPS_S, MAPS_T),
    "similarity": (similarity_preserving, MAPS_S, MAPS_T),
    "relational": (rkd, NARROW_S, POOLED_T),
    "probabilistic": (probabilistic_transfer, NARROW_S, POOLED_T),
    "hierarchical": (lambda s, t: hierarchical([s], [t]), STAGES_S[1], STAGES_T[1]),
    "graph": (
        lambda s, t: graph(
            [s, s[:, :16, :4, :4], s.mean((2, 3)), STUDENT], [t, t[:, :16, :4, :4], t.mean((2, 3)), STUDENT]
        ),
        MAPS_S,
        MAPS_T[:, :16],
    ),
}
every = pytest.mark.parametrize("name", PAIRS)


@every
def test_it_is_nothing_where_they_agree_and_pulls_nowhere(name: str) -> None:
    loss, _, teacher = PAIRS[name]
    student = teacher.clone().requires_grad_()
    there = loss(student, teacher)
    there.backward()
    assert there.item() == pytest.approx(0, abs=1e-12)
    assert student.grad is not None
    torch.testing.assert_close(student.grad, torch.zeros_like(student), rtol=0, atol=1e-8)


@every
def test_no_gradient_reaches_the_teacher(name: str) -> None:
    loss, student, teacher = PAIRS[name]
    student, teacher = student.clone().requires_grad_(), teacher.clone().requires_grad_()
    loss(student, teacher).backward()
    assert teacher.grad is None
    assert student.grad is not None
    assert bool((student.grad != 0).any())


@every
@pytest.mark.parametrize("size", [0.0, 1000.0])
def test_it_stays_finite_at_the_ends_of_float32_and_for_one_image(name: str, size: float) -> None:
    loss, student, teacher = PAIRS[name]
    for images in (8, 1):
        own = (size * student[:images].float()).requires_grad_()
        other = (size * teacher[:images]).float()
        if name == "graph" and images == 1:
            continue
        there = loss(own, other)
        there.backward()
        assert there.isfinite()
        assert own.grad is not None
        assert own.grad.isfinite().all()


def test_a_figure_that_was_turned_moved_and_scaled_is_alike() -> None:
    angle = torch.tensor(0.7, dtype=torch.float64)
    turn = torch.eye(12, dtype=torch.float64)
    turn[0, 0], turn[0, 1], turn[1, 0], turn[1, 1] = angle.cos(), -angle.sin(), angle.sin(), angle.cos()
    assert rkd(3 * NARROW_S @ turn + 5, NARROW_S).item() == pytest.approx(0, abs=1e-12)


def test_distances_by_hand() -> None:
    # Three points on a line: distances 1, 1, 2 (mean 4/3) against 1, 3, 4 (mean 8/3); all angles are 0 or 180 degrees.
    student, teacher = torch.tensor([[0.0], [1.0], [2.0]]).double(), torch.tensor([[0.0], [1.0], [4.0]]).double()
    differences = [3 / 4 - 3 / 8, 3 / 4 - 9 / 8, 3 / 2 - 12 / 8]
    by_hand = 2 * sum(0.5 * one**2 for one in differences) / 9
    assert rkd(student, teacher).item() == pytest.approx(25 * by_hand, rel=1e-9)


def all_triplets(features: Tensor) -> Tensor:
    """Every cosine at once, as the paper writes it."""
    directions = torch.nn.functional.normalize(features[None] - features[:, None], dim=2)
    return directions @ directions.mT


# 100 images take eight slices, 24 one.
@pytest.mark.parametrize(("images", "own", "other"), [(24, 5, 7), (100, 12, 24), (100, 130, 3)])
def test_angles_in_slices_are_those_of_all_triplets_at_once(images: int, own: int, other: int) -> None:
    teacher = waves((images, other), 0.91, 0.7)
    students = [waves((images, own), 0.61, 0.3).requires_grad_() for _ in range(2)]
    whole = torch.nn.functional.smooth_l1_loss(all_triplets(students[0]), all_triplets(teacher))
    sliced = relational(students[1], teacher, distance_weight=0, angle_weight=1)
    for loss in (whole, sliced):
        loss.backward()
    assert sliced.item() == pytest.approx(whole.item(), rel=1e-12)
    torch.testing.assert_close(students[1].grad, students[0].grad, rtol=1e-12, atol=1e-15)


class Largest(TorchDispatchMode):
    """Notes how many numbers the largest tensor has that torch makes."""

    numbers = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        found = func(*args, **(kwargs or {}))
        if isinstance(found, Tensor):
            self.numbers = max(self.numbers, found.untyped_storage().nbytes() // found.element_size())
        return found


def test_relations_of_many_images_need_no_table_of_all_triplets() -> None:
    student, teacher = torch.randn(300, 16, requires_grad=True), torch.randn(300, 40)
    with Largest() as largest:
        rkd(student, teacher).backward()
    # All triplets would be 27 million, all differences of pairs 3.6 million.
    assert largest.numbers <= 200_000
    assert student.grad is not None


def test_images_that_coincide_have_no_direction() -> None:
    student = torch.tensor([[0.0, 0.0], [0.0, 0.0], [3.0, 0.0]]).double().requires_grad_()
    teacher = torch.tensor([[0.0, 0.0], [4.0, 0.0], [0.0, 3.0]]).double()
    relational(student, teacher, distance_weight=0, angle_weight=1).backward()
    assert student.grad is not None
    assert float(student.grad.abs().max()) < 1


def two_stages(kind: str) -> tuple[nn.Module, Tensor]:
    """An adapter of 3 to 5 channels, and student maps smaller or larger than a teacher's of 4 places."""
    torch.manual_seed(0)
    size = {"smaller": 2, "larger": 8, "equal": 4}[kind]
    return adapter((3, size, size), (5, 4, 4)).double(), waves((6, 3, size, size), 0.37, 0.2)


@pytest.mark.parametrize("kind", ["smaller", "larger", "equal"])
def test_an_adapter_before_the_enlargement_says_what_it_says_behind_it(kind: str) -> None:
    first, maps = two_stages(kind)
    seen: list[tuple[int, ...]] = []
    first[0].register_forward_pre_hook(lambda _, given: seen.append(tuple(given[0].shape[2:])))
    found = matched(first, maps, 4, 4)
    torch.testing.assert_close(found, two_stages(kind)[0](resized(maps, 4, 4)), rtol=1e-12, atol=1e-12)
    assert seen == [(2, 2) if kind == "smaller" else (4, 4)]


@pytest.mark.parametrize("loss", ["vid", "review"])
def test_a_loss_of_maps_hands_back_gradients_as_networks_keep_their_maps(loss: str) -> None:
    student, teacher = (torch.randn(2, 8, 8, 8).contiguous(memory_format=torch.channels_last) for _ in range(2))
    handed: list[Tensor] = []
    hooked = student.requires_grad_() * 1.0
    hooked.register_hook(handed.append)
    if loss == "vid":
        gaussian_nll(hooked, teacher, torch.zeros(8)).backward()
    else:
        hierarchical([hooked], [teacher]).backward()
    assert handed[0].is_contiguous(memory_format=torch.channels_last)


def test_the_least_surprise_of_a_channel_by_hand() -> None:
    # Two channels: differences of 1 and 3 at every place; softplus(0) = ln 2.
    mean, teacher = torch.zeros(2, 2, 1, 3).double(), torch.tensor([1.0, 3.0]).double()[None, :, None, None]
    variance = math.log(2) + 1e-5
    by_hand = 0.25 * ((1 + 9) / variance + 2 * math.log(variance))
    found = gaussian_nll(mean, teacher.expand(2, 2, 1, 3), torch.zeros(2).double())
    assert found.item() == pytest.approx(by_hand, rel=1e-12)


def test_the_review_warms_up_by_its_weight_and_the_insight_sees_the_loss_itself() -> None:
    method = METHODS.get("reviewkd")
    torch.manual_seed(0)
    loss = method.build(Settings(parameters=method.defaults), pair(blueprint("resnet8"), blueprint("resnet20")))
    inputs = look(blueprint("resnet8"), blueprint("resnet20"), torch.randn(4, 1, 16, 16), torch.arange(4))
    first, half, late = (loss(replace(inputs, progress=progress)) for progress in (0.0, 1 / 24 - 1e-3, 0.5))
    assert first.parts["review"].item() == pytest.approx(late.parts["review"].item(), rel=1e-5)
    # One thousandth of the training ahead, twelve times as fast, times 5.
    assert [one.weights["review"] for one in (first, half, late)] == pytest.approx([0.06, 2.5, 5.0])


def test_attention_ignores_how_many_channels_and_how_strong() -> None:
    assert attention_transfer(3 * MAPS_T.repeat(1, 2, 1, 1), MAPS_T).item() == pytest.approx(0, abs=1e-20)


def test_one_pair_of_images_makes_no_graph() -> None:
    assert math.isfinite(graph([one[:2] for one in GRAPH_S], [one[:2] for one in GRAPH_T]).item())


@pytest.mark.parametrize("name", ["attention", "similarity", "relational", "probabilistic"])
def test_other_images_are_refused(name: str) -> None:
    loss, student, teacher = PAIRS[name]
    with pytest.raises(InvalidSetting, match="features: expected a row an image, of the same images"):
        loss(student[:7], teacher)


def test_what_needs_an_adapter_says_so() -> None:
    with pytest.raises(InvalidSetting, match=r"expected one shape, got \(8, 12\) and \(8, 24\); put an adapter"):
        hint(NARROW_S, POOLED_T)
    with pytest.raises(InvalidSetting, match="as many of both"):
        hierarchical(STAGES_S, STAGES_T[1:])
    with pytest.raises(InvalidSetting, match="two maps, pooled features and logits"):
        graph(GRAPH_S[:3], GRAPH_T)
