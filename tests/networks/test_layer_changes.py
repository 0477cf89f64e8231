"""Networks whose layers compression has changed: counts worked out by hand, JSON and back, and what is refused."""

import json
import re
from dataclasses import replace

import pytest
import torch
from torch import nn

from distill_core.errors import InvalidSetting
from distill_core.networks import Blueprint, LayerChange, build, check, forward_features, profile
from distill_core.networks.fold import fold_batch_norm
from distill_core.spec import fingerprint

PLAIN = Blueprint.for_images(architecture="plain_cnn", classes=3, size_px=8)
RESNET = Blueprint.for_images(architecture="resnet8", classes=3, size_px=8)
DEPTHWISE = Blueprint.for_images(architecture="depthwise_cnn", classes=3, size_px=8)
# 16, 16, 32 and 48 channels of the plain network; its second stage keeps 20.
NARROW = LayerChange(kind="widths", sizes=(("stage2.0", (16, 20)), ("stage2.1", (20, 20)), ("stage3.0", (20, 48))))
TUCKER = LayerChange(kind="tucker", sizes=(("stage2.0", (5, 7)),))
SEPARABLE = LayerChange(kind="separable", sizes=(("stage2.0", (2,)),))
IMAGES = torch.randn(4, 1, 8, 8, generator=torch.Generator().manual_seed(1))


def with_changes(blueprint: Blueprint, *changes: LayerChange) -> Blueprint:
    return replace(blueprint, changes=changes)


def seeded(blueprint: Blueprint) -> nn.Module:
    torch.manual_seed(0)
    return build(blueprint)


@pytest.mark.parametrize(
    ("change", "parameters", "macs"),
    [
        # 12 outputs fewer: their kernels, norms, and the inputs of the next layer; 4 x 4 and 2 x 2 places.
        (NARROW, -12 * (9 * 16 + 2) - 12 * 9 * 48, -16 * 12 * 9 * 16 - 4 * 12 * 9 * 48),
        # The first part still reads 8 x 8 places, the others write 4 x 4.
        (
            TUCKER,
            16 * 5 + 9 * 5 * 7 + 7 * 32 - 9 * 16 * 32,
            64 * 16 * 5 + 16 * (9 * 5 * 7 + 7 * 32) - 16 * 9 * 16 * 32,
        ),
        (SEPARABLE, 32 * 9 + 32 * 32 - 9 * 16 * 32, 16 * (32 * 9 + 32 * 32) - 16 * 9 * 16 * 32),
    ],
    ids=lambda value: value.kind if isinstance(value, LayerChange) else "",
)
def test_sizes_by_hand(change: LayerChange, parameters: int, macs: int) -> None:
    whole, changed = profile(PLAIN), profile(with_changes(PLAIN, change))
    assert (changed.parameters - whole.parameters, changed.macs - whole.macs) == (parameters, macs)


@pytest.mark.parametrize("changes", [(NARROW,), (TUCKER,), (SEPARABLE,), (NARROW, TUCKER)])
def test_a_changed_network_has_stages_gradients_and_folds(changes: tuple[LayerChange, ...]) -> None:
    blueprint = with_changes(PLAIN, *changes)
    network, profiled = seeded(blueprint), profile(blueprint)
    logits_BC, tapped = forward_features(network, IMAGES)
    assert [tuple(out.shape[1:]) for out in tapped.values()] == [tap.shape for tap in profiled.taps]
    logits_BC.square().mean().backward()
    assert all(weight.grad is not None and weight.grad.isfinite().all() for weight in network.parameters())
    assert sum(weight.numel() for weight in network.parameters()) == profiled.parameters
    with torch.no_grad():
        torch.testing.assert_close(fold_batch_norm(network)(IMAGES), network.eval()(IMAGES), rtol=1e-4, atol=1e-6)


def test_no_norm_is_left_behind_factors() -> None:
    blueprint = with_changes(RESNET, LayerChange(kind="tucker", sizes=(("stage1.0.conv1", (4, 4)),)))
    blueprint = with_changes(
        blueprint, *blueprint.changes, LayerChange(kind="separable", sizes=(("stage2.0.conv2", (1,)),))
    )
    assert not any(isinstance(part, nn.BatchNorm2d) for part in fold_batch_norm(seeded(blueprint)).modules())


def test_changes_come_one_after_another() -> None:
    """The rank of 20 is as much as the narrowed layer has; before it was narrowed, 32 would have been possible."""
    full = LayerChange(kind="tucker", sizes=(("stage2.0", (16, 20)),))
    assert profile(with_changes(PLAIN, NARROW, full)).taps[1].shape == (20, 4, 4)
    inside = LayerChange(kind="widths", sizes=(("stage2.0.0", (16, 3)), ("stage2.0.1", (3, 7))))
    changed = seeded(with_changes(PLAIN, TUCKER, inside))
    assert [tuple(part.weight.shape[:2]) for part in changed.get_submodule("stage2.0")] == [(3, 16), (7, 3), (32, 7)]


def test_a_depthwise_convolution_stays_one() -> None:
    sizes = (("stage2.0.0.0", (20, 20)), ("stage2.0.0.1", (20, 20)), ("stage2.0.1.0", (20, 48)))
    before = (("stage1.1.0", (16, 20)), ("stage1.1.1", (20, 20)))
    network = seeded(with_changes(DEPTHWISE, LayerChange(kind="widths", sizes=before + sizes)))
    assert network.get_submodule("stage2.0.0.0").groups == 20
    assert network(IMAGES).shape == (4, 3)


def test_a_changed_body_can_end_in_the_head_of_another_network() -> None:
    blueprint = replace(with_changes(PLAIN, NARROW), teacher_head=RESNET)
    network = seeded(blueprint)
    assert network.get_submodule("head").in_features == 64
    assert network.get_submodule("stage2.0").out_channels == 20
    assert sum(weight.numel() for weight in network.parameters()) == profile(blueprint).parameters


def test_a_blueprint_with_changes_is_json_and_back() -> None:
    blueprint = replace(with_changes(PLAIN, NARROW, TUCKER), teacher_head=with_changes(RESNET, SEPARABLE))
    assert Blueprint.of(json.loads(json.dumps(blueprint.to_dict()))) == blueprint
    old = {"architecture": "plain_cnn", "classes": 3, "size_px": 8, "graft": None, "members": []}
    assert Blueprint.of(old) == PLAIN


def refused(change: LayerChange, message: str, blueprint: Blueprint = PLAIN) -> None:
    with pytest.raises(InvalidSetting, match=re.escape(message)):
        build(with_changes(blueprint, change))


def test_what_no_layer_can_be_is_refused_before_anything_is_built() -> None:
    for kind, sizes, message in [
        (
            "tensor train",
            (("stage2.0", (2,)),),
            "a change: expected one of widths, tucker, separable, got tensor train",
        ),
        ("tucker", (("stage2.0", (0, 4)),), "tucker of stage2.0: expected 2 whole numbers from 1, got [0, 4]"),
        ("separable", (("stage2.0", (2, 2)),), "separable of stage2.0: expected 1 whole numbers from 1, got [2, 2]"),
    ]:
        with pytest.raises(InvalidSetting, match=re.escape(message)):
            check(with_changes(PLAIN, LayerChange(kind=kind, sizes=sizes)))


def test_what_this_network_does_not_have_is_refused() -> None:
    refused(LayerChange(kind="tucker", sizes=(("stage9.0", (2, 2)),)), "a layer of the network, got 'stage9.0'")
    refused(LayerChange(kind="tucker", sizes=(("stage2.0", (17, 2)),)), "at most 16 and 32, its inputs and outputs")
    refused(LayerChange(kind="separable", sizes=(("stage2.0", (10,)),)), "at most 9, the places of its kernel, got 10")
    refused(LayerChange(kind="separable", sizes=(("head", (1,)),)), "a convolution in one group, got Linear")
    refused(LayerChange(kind="widths", sizes=(("pool", (1, 1)),)), "a convolution, a batch norm or a linear layer")
    refused(LayerChange(kind="widths", sizes=(("stage2.1", (20, 21)),)), "a batch norm: expected twice the same")
    deep = LayerChange(kind="widths", sizes=(("stage2.0.0.0", (20, 30)),))
    refused(deep, "a depthwise convolution: expected a multiple of its inputs, got [20, 30]", DEPTHWISE)


def test_an_ensemble_has_none() -> None:
    ensemble = Blueprint.for_images(
        architecture="ensemble", classes=3, size_px=8, members=(PLAIN, RESNET), changes=(NARROW,)
    )
    with pytest.raises(InvalidSetting, match="Ensemble: expected an ensemble of networks as they are"):
        check(ensemble)
    assert check(replace(ensemble, members=(with_changes(PLAIN, NARROW), RESNET), changes=())).name == "ensemble"


def test_the_stored_form_of_a_network_for_images_never_changes() -> None:
    """Homes hold these keys, and runs are filed under the hash, which speaks for all of them."""
    head = Blueprint.for_images(architecture="resnet20", classes=10, width=1.5)
    narrow = LayerChange(kind="widths", sizes=(("stage2.0", (16, 20)),))
    blueprint = Blueprint.for_images(
        architecture="plain_cnn", classes=10, width=0.5, changes=(narrow,), teacher_head=head
    )
    assert fingerprint(blueprint.to_dict())[:16] == "fb94c394155c5272"
