"""Networks that end in another one's head: their own body untouched, and what is added worked out by hand."""

import re
from dataclasses import replace

import pytest
import torch
from torch import nn

from distill_core.deployment.onnx_export import export_onnx
from distill_core.errors import InvalidSetting
from distill_core.networks import ARCHITECTURES, Blueprint, Profile, Tap, build, check, forward_features, profile
from distill_core.networks.fold import fold_batch_norm
from distill_core.networks.teacher_head import with_teacher_head
from tests.architectures import ONE_OF_EACH_WIDTH

IMAGES = torch.randn(4, 1, 8, 8, generator=torch.Generator().manual_seed(1))
CLASSES = 7
# One whose last stage is its embedding, one with a layer between, and one of tokens.
OTHERS = ("plain_cnn", "mobilenet_v2", "vit_small")
PAIRS = [
    *((name, other) for name in ONE_OF_EACH_WIDTH for other in OTHERS),
    *(("plain_cnn", other) for other in ONE_OF_EACH_WIDTH if other not in OTHERS),
]


@pytest.fixture(autouse=True)
def _leaves_other_cores_alone(one_thread: None) -> None:
    """Each step is small."""


def small(name: str, graft: Blueprint | None = None) -> Blueprint:
    return Blueprint.for_images(architecture=name, classes=CLASSES, size_px=8, teacher_head=graft)


def seeded(blueprint: Blueprint) -> nn.Module:
    torch.manual_seed(0)
    return build(blueprint)


@pytest.mark.parametrize(("name", "other"), PAIRS)
def test_any_network_can_end_in_the_head_of_any_other(name: str, other: str) -> None:
    blueprint, own, teacher = small(name, small(other)), profile(small(name)), profile(small(other))
    network, profiled = seeded(blueprint), profile(blueprint)
    logits_BC, tapped = forward_features(network, IMAGES)
    assert logits_BC.shape == (4, CLASSES)
    assert tuple(tapped) == network.taps == (*(tap.name for tap in own.taps[:-1]), "adapter", "pool")
    assert [tuple(out.shape[1:]) for out in tapped.values()] == [tap.shape for tap in profiled.taps]
    assert profiled.taps[-1].shape == teacher.taps[-1].shape
    torch.testing.assert_close(tapped["adapter"].mean((2, 3)), tapped["pool"])
    head = network.get_submodule("head")
    head.load_state_dict(seeded(small(other)).get_submodule("head").state_dict())
    assert not any(weight.requires_grad for weight in head.parameters())
    torch.testing.assert_close(head(tapped["pool"]), network(IMAGES))


@pytest.mark.parametrize(("name", "other"), PAIRS)
def test_what_is_added_is_the_adapter_and_the_others_head_for_ones_own(name: str, other: str) -> None:
    own, both = profile(small(name)), profile(small(name, small(other)))
    before, after, inside = own.taps[-1].shape[0], both.taps[-1].shape[0], both.taps[-1].shape[0] // 2
    kernels = before * inside + 9 * inside * inside + inside * after
    norms = 2 * (inside + inside + after)
    heads = (after - before) * CLASSES
    assert both.parameters - own.parameters == kernels + norms + heads
    _, height, width = both.taps[-2].shape
    assert both.macs - own.macs == height * width * kernels + heads


def test_a_grafted_plain_cnn_by_hand() -> None:
    """48 channels to 32, 32 and 64 at 2 x 2 places, then 64 · 7 + 7 for the head instead of 48 · 7 + 7."""
    own, both = profile(small("plain_cnn")), profile(small("plain_cnn", small("resnet8")))
    added = (48 * 32 + 64) + (9 * 32 * 32 + 64) + (32 * 64 + 128) + 16 * 7
    assert both == Profile(
        parameters=own.parameters + added,
        macs=own.macs + 4 * (48 * 32 + 9 * 32 * 32 + 32 * 64) + 16 * 7,
        taps=(
            *own.taps[:-1],
            Tap(name="adapter", stage=3, shape=(64, 2, 2)),
            Tap(name="pool", stage=4, shape=(64,)),
        ),
    )


@pytest.mark.parametrize("name", ONE_OF_EACH_WIDTH)
def test_the_body_starts_as_that_of_the_same_network_without_a_graft(name: str) -> None:
    network, plain = seeded(small(name, small("resnet8"))), seeded(small(name))
    there = network.state_dict()
    body = {key: value for key, value in plain.state_dict().items() if not key.startswith("head.")}
    assert all(torch.equal(value, there[key]) for key, value in body.items())
    assert {key.split(".")[0] for key in there.keys() - body.keys()} == {"adapter", "head"}


@pytest.mark.parametrize("name", ONE_OF_EACH_WIDTH)
def test_an_entry_tells_whether_its_embedding_may_be_negative(name: str) -> None:
    lowest = forward_features(seeded(small(name)).eval(), IMAGES)[1]["pool"].min()
    assert ARCHITECTURES.get(name).signed == bool(lowest < 0)
    behind = forward_features(seeded(small("plain_cnn", small(name))).eval(), IMAGES)[1]["pool"].min()
    assert ARCHITECTURES.get(name).signed == bool(behind < 0), "the adapter can say what it stands for"


@pytest.mark.parametrize("name", ONE_OF_EACH_WIDTH)
def test_every_head_is_one_layer_on_the_embedding_so_that_it_can_be_moved(name: str) -> None:
    head = build(small(name)).get_submodule("head")
    assert type(head) is nn.Linear
    assert (head.in_features, head.out_features) == (*profile(small(name)).taps[-1].shape, CLASSES)


@pytest.mark.parametrize("name", ["resnet8", "mobilenet_v2", "vit_small"])
def test_it_folds_and_its_file_answers_as_it_does(name: str) -> None:
    blueprint = small(name, small("vit_small"))
    network = seeded(blueprint).eval()
    with torch.no_grad():
        torch.testing.assert_close(fold_batch_norm(network)(IMAGES), network(IMAGES), rtol=1e-4, atol=1e-5)
    assert export_onnx(network, blueprint).largest_difference < 1e-4


def test_a_grafted_network_can_be_grafted_upon() -> None:
    blueprint = small("plain_cnn", small("resnet8", small("vit_small")))
    assert forward_features(seeded(blueprint).eval(), IMAGES)[1]["pool"].min() < 0
    assert profile(blueprint).taps[-1].shape == (72,)


def test_a_blueprint_is_plain_values_and_back() -> None:
    blueprint = small("plain_cnn", replace(small("resnet8", small("vit_small")), options=(("stem_stride", 2),)))
    assert Blueprint.of(blueprint.to_dict()) == blueprint
    assert Blueprint.of(small("plain_cnn").to_dict()) == small("plain_cnn")
    old = {"architecture": "resnet8", "classes": 10, "channels": 1, "size_px": 28, "width": 1.0, "stem_stride": 2}
    assert Blueprint.of(old) == Blueprint.for_images(architecture="resnet8", classes=10, stem_stride=2)


def test_what_cannot_be_grafted_is_refused() -> None:
    message = "Plain CNN: classes and input of the network whose head it takes: expected (7, 1, 8, 8), got (9, 1, 8, 8)"
    with pytest.raises(InvalidSetting, match=re.escape(message)):
        check(small("plain_cnn", replace(small("resnet8"), classes=9)))
    with pytest.raises(InvalidSetting, match=r"ResNet-8: width: expected 0\.25 to 1, got 2"):
        check(small("plain_cnn", replace(small("resnet8"), options=(("width", 2.0),))))


def test_tokens_that_make_no_square_and_embeddings_of_rows_are_refused() -> None:
    own, other = profile(small("vit_small")), profile(small("resnet8"))
    rows = replace(own, taps=(Tap(name="a", stage=0, shape=(5, 72)), own.taps[-1]))
    with pytest.raises(InvalidSetting, match=re.escape("a map, or tokens that make a square, got the shape (5, 72)")):
        with_teacher_head(build(small("vit_small")), rows, other, classes=CLASSES, signed=False)
    with pytest.raises(InvalidSetting, match="teacher's embedding: expected an embedding of one row"):
        with_teacher_head(
            build(small("vit_small")), own, replace(rows, taps=rows.taps[:1]), classes=CLASSES, signed=False
        )
