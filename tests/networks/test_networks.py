"""Every network with real numbers in it: logits, gradients, taps, repeatability."""

import copy

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from distill_core.networks import ARCHITECTURES, Blueprint, Profile, build, forward_features, profile
from tests.architectures import NAMES, ONE_OF_EACH

IMAGES = {"fashion": (1, 28), "cifar": (3, 32), "digits": (1, 8)}
# The deepest and widest are made of the same parts; one size of them is enough.
HEAVY = ("resnet110", "resnet32x4")
CASES = [
    pytest.param(name, *IMAGES[images], id=f"{name}-{images}")
    for name in NAMES
    for images in (("digits",) if name in HEAVY else IMAGES)
]


@pytest.fixture(autouse=True)
def _leaves_other_cores_alone(one_thread: None) -> None:
    """Each step is small."""


def _seeded(blueprint: Blueprint) -> nn.Module:
    torch.manual_seed(0)
    return build(blueprint)


def _images(channels: int, size_px: int, batch: int = 4) -> Tensor:
    return torch.randn(batch, channels, size_px, size_px, generator=torch.Generator().manual_seed(1))


def _gradient(network: nn.Module, images_BCHW: Tensor) -> Tensor:
    cross_entropy(network(images_BCHW).float(), torch.arange(len(images_BCHW))).backward()
    return torch.cat([weight.grad.flatten() for weight in network.parameters() if weight.grad is not None])


@pytest.mark.parametrize(("name", "channels", "size_px"), CASES)
def test_logits_taps_and_gradients(name: str, channels: int, size_px: int) -> None:
    blueprint = Blueprint.for_images(architecture=name, classes=7, channels=channels, size_px=size_px)
    network, profiled = _seeded(blueprint), profile(blueprint)
    logits_BC, tapped = forward_features(network, _images(channels, size_px))
    assert logits_BC.shape == (4, 7)
    assert [tuple(out.shape[1:]) for out in tapped.values()] == [tap.shape for tap in profiled.taps]
    assert tuple(tapped) == network.taps == tuple(tap.name for tap in profiled.taps)
    logits_BC.square().mean().backward()
    gradients = [weight.grad for weight in network.parameters()]
    assert all(grad is not None and grad.isfinite().all() for grad in gradients)
    assert sum(weight.numel() for weight in network.parameters()) == profiled.parameters


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_every_offered_width_and_stride_works_on_the_smallest_image(name: str) -> None:
    entry, sizes = ARCHITECTURES.get(name), []
    for width in entry.widths:
        profiles = [profile(_small(name, width, stride)) for stride in entry.stem_strides]
        for stride in entry.stem_strides:
            assert _seeded(_small(name, width, stride))(_images(1, 8)).isfinite().all()
        assert len({profiled.parameters for profiled in profiles}) == 1, "a stride has no weights"
        sizes.append(profiles[0].parameters)
    assert sizes == sorted(set(sizes)), "a wider network has more parameters"


def _small(name: str, width: float, stem_stride: int) -> Blueprint:
    return Blueprint.for_images(architecture=name, classes=10, size_px=8, width=width, stem_stride=stem_stride)


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_the_last_tap_is_what_the_head_takes(name: str) -> None:
    network = _seeded(Blueprint.for_images(architecture=name, classes=10)).eval()
    logits_BC, tapped = forward_features(network, _images(1, 28))
    head = network.get_submodule("head")
    assert torch.allclose(head(tapped["pool"]), logits_BC, atol=1e-6)


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_the_same_seed_gives_the_same_weights_and_a_pass_draws_nothing(name: str) -> None:
    blueprint = Blueprint.for_images(architecture=name, classes=10, size_px=8)
    first, second = _seeded(blueprint), _seeded(blueprint)
    drawn = torch.get_rng_state()
    assert torch.equal(_gradient(first, _images(1, 8)), _gradient(second, _images(1, 8)))
    assert torch.equal(torch.get_rng_state(), drawn)
    for ours, theirs in zip(first.state_dict().values(), second.state_dict().values(), strict=True):
        assert torch.equal(ours, theirs)


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_channels_last_and_bfloat16_change_little(name: str) -> None:
    network, images_BCHW = _seeded(Blueprint.for_images(architecture=name, classes=10)), _images(1, 28, batch=8)
    quick = copy.deepcopy(network).to(memory_format=torch.channels_last)
    quick_images_BCHW = images_BCHW.contiguous(memory_format=torch.channels_last)
    plain = _gradient(network, images_BCHW)
    with torch.autocast("cpu", torch.bfloat16):
        rounded = _gradient(quick, quick_images_BCHW)
    assert torch.cosine_similarity(plain, rounded, dim=0) > 0.85
    with torch.autocast("cpu", torch.bfloat16), torch.no_grad():
        assert quick.eval()(quick_images_BCHW).isfinite().all()


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_an_image_is_answered_alike_in_any_batch(name: str) -> None:
    network, images_BCHW = (
        _seeded(Blueprint.for_images(architecture=name, classes=10, size_px=8)).eval(),
        _images(1, 8, batch=5),
    )
    with torch.no_grad():
        together = network(images_BCHW)
        alone = torch.cat([network(image_CHW[None]) for image_CHW in images_BCHW])
    assert torch.allclose(together, alone, atol=1e-5)


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_no_later_part_writes_into_a_tap(name: str) -> None:
    network, seen = _seeded(Blueprint.for_images(architecture=name, classes=10, size_px=8)), {}
    for tap in network.taps:
        network.get_submodule(tap).register_forward_hook(lambda _, __, out, tap=tap: seen.update({tap: out.clone()}))
    _, tapped = forward_features(network, _images(1, 8))
    assert all(torch.equal(tapped[tap], seen[tap]) for tap in network.taps)


def test_a_profile_draws_nothing_and_is_remembered() -> None:
    blueprint = Blueprint.for_images(architecture="vit_small", classes=9)
    torch.manual_seed(3)
    drawn = torch.get_rng_state()
    profiled = profile(blueprint)
    assert isinstance(profiled, Profile)
    assert torch.equal(torch.get_rng_state(), drawn)
    assert profile(blueprint) is profiled


def test_hooks_are_gone_also_after_a_failure() -> None:
    network = _seeded(Blueprint.for_images(architecture="plain_cnn", classes=10))
    with pytest.raises(RuntimeError, match="channels"):
        forward_features(network, _images(3, 28))
    forward_features(network, _images(1, 28))
    assert not any(part._forward_hooks for part in network.modules())


def test_attention_is_never_fused_so_that_it_can_be_exported() -> None:
    """In eval mode without gradients torch may swap in an operator that ONNX does not have."""
    network = _seeded(Blueprint.for_images(architecture="vit_small", classes=10)).eval().requires_grad_(False)
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profiler, torch.no_grad():
        network(_images(1, 28))
    operators = {event.key for event in profiler.key_averages()}
    assert "aten::scaled_dot_product_attention" in operators
    assert "aten::_native_multi_head_attention" not in operators
