"""Methods on maps for networks over one axis, whose stages are (channels, length): maps of height 1."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from distill_core.errors import InvalidSetting
from distill_core.methods import METHODS, FeatureShapes, LossInputs, Method
from distill_core.methods.feature_maps import resized
from distill_core.methods.zoo.fitnet_at import attention_transfer, hierarchical
from distill_core.methods.zoo.vid import gaussian_nll
from distill_core.networks import forward_features
from distill_core.networks.network import sequential

# SimKD's student ends in its teacher's head: a whole job on sound has one.
FEATURED = [method for method in METHODS if method.features and not method.reuses_teacher_head]
LENGTH = 12


def network(wide: int, *, channels_first: bool = True) -> nn.Sequential:
    parts = {
        "stage1": nn.Sequential(nn.Conv1d(2, wide, 3, padding=1), nn.ReLU()),
        "stage2": nn.Sequential(nn.Conv1d(wide, 2 * wide, 3, stride=2, padding=1), nn.ReLU()),
        "pool": nn.Sequential(nn.AdaptiveAvgPool1d(1), nn.Flatten(1)),
        "head": nn.Linear(2 * wide, 3),
    }
    return sequential(parts, ("stage1", "stage2", "pool"), channels_first=channels_first)


def looked(**changes: bool) -> tuple[FeatureShapes, LossInputs]:
    torch.manual_seed(0)
    waves = torch.randn(6, 2, LENGTH)
    student, teacher = network(4, **changes), network(6, **changes)
    (own_BC, own), (other_BC, other) = (forward_features(one, waves) for one in (student, teacher))
    taps = [tuple(one.values()) for one in (own, other)]
    shapes = [tuple(tuple(tap.shape[1:]) for tap in one) for one in taps]
    pair = FeatureShapes(
        student_taps=shapes[0], teacher_taps=shapes[1], teacher_head=teacher.get_submodule("head"), images=False
    )
    inputs = LossInputs(
        student_BC=own_BC,
        teacher_BC=other_BC.detach(),
        targets_B=torch.arange(6) % 3,
        progress=0.5,
        student_taps=taps[0],
        teacher_taps=tuple(tap.detach() for tap in taps[1]),
    )
    return pair, inputs


@pytest.mark.parametrize("method", FEATURED, ids=lambda method: method.name)
def test_every_method_works_for_stages_of_one_axis(method: Method) -> None:
    pair, inputs = looked()
    assert pair.student_taps == ((4, 1, LENGTH), (8, 1, LENGTH // 2), (8,))
    method.check(pair)
    step = method.build(method.default_settings, pair)(inputs)
    pulled = torch.autograd.grad(step.total, list(inputs.student_taps), allow_unused=True)
    assert any(pull is not None and pull.isfinite().all() and bool((pull != 0).any()) for pull in pulled)


@pytest.mark.parametrize("method", FEATURED, ids=lambda method: method.name)
def test_without_the_mark_stages_of_two_dimensions_are_refused_where_maps_are_compared(method: Method) -> None:
    pair, _ = looked(channels_first=False)
    if len(method.stages(pair)) == 1 and method.stages(pair)[0] == (2, 2):
        method.check(pair)  # it compares embeddings
        return
    with pytest.raises(InvalidSetting, match="a stage: expected a map; of height 1 for a sequence"):
        method.check(pair)


def maps(channels: int, length: int, seed: int) -> torch.Tensor:
    return torch.randn(3, channels, 1, length, generator=torch.Generator().manual_seed(seed))


def test_a_longer_stage_is_averaged_and_a_shorter_one_interpolated() -> None:
    long = maps(2, LENGTH, 0)
    torch.testing.assert_close(resized(long, 1, 4)[:, :, 0], F.adaptive_avg_pool1d(long[:, :, 0], 4))
    wanted = F.interpolate(long[:, :, 0], 24, mode="linear", align_corners=False)
    torch.testing.assert_close(resized(long, 1, 24)[:, :, 0], wanted)


def test_attention_is_that_along_the_axis() -> None:
    student, teacher = maps(4, LENGTH, 0), maps(6, LENGTH // 2, 1)
    shorter = F.adaptive_avg_pool1d(student[:, :, 0], LENGTH // 2)
    own_BL, other_BL = (F.normalize(one.square().mean(1), dim=1) for one in (shorter, teacher[:, :, 0]))
    torch.testing.assert_close(attention_transfer(student, teacher), (own_BL - other_BL).square().mean())


def test_a_channel_has_one_variance_along_the_axis() -> None:
    mean, teacher, raw_C = maps(4, LENGTH, 0), maps(4, LENGTH, 1), torch.arange(4.0)
    variance_C1 = (F.softplus(raw_C) + 1e-5)[:, None]
    wanted = 0.5 * ((mean - teacher)[:, :, 0].square() / variance_C1 + variance_C1.log()).mean()
    torch.testing.assert_close(gaussian_nll(mean, teacher, raw_C), wanted)


def test_a_review_is_pooled_along_the_axis_too() -> None:
    student, teacher = maps(4, LENGTH, 0), maps(4, LENGTH, 1)
    levels = [(1.0, student[:, :, 0], teacher[:, :, 0])]
    levels += [
        (0.5**step, *(F.adaptive_avg_pool1d(one[:, :, 0], size) for one in (student, teacher)))
        for step, size in enumerate((4, 2, 1), 1)
    ]
    wanted = sum(weight * F.mse_loss(*pair) for weight, *pair in levels) / 1.875
    torch.testing.assert_close(hierarchical([student], [teacher]), wanted)
