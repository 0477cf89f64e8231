"""Published parameter counts, and a profile worked out by hand."""

import pytest
import torch
from torch import Tensor, nn

from distill_core.networks import Blueprint, Profile, Tap, profile
from distill_core.networks.profiling import measure


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("resnet8", 83_892),
        ("resnet14", 181_108),
        ("resnet20", 278_324),
        ("resnet32", 472_756),
        ("resnet44", 667_188),
        ("resnet56", 861_620),
        ("resnet110", 1_736_564),
        ("resnet8x4", 1_233_540),
        ("resnet32x4", 7_433_860),
    ],
)
def test_resnets_have_as_many_parameters_as_repdistiller_counts_for_cifar_100(name: str, parameters: int) -> None:
    assert (
        profile(Blueprint.for_images(architecture=name, classes=100, channels=3, size_px=32)).parameters == parameters
    )


@pytest.mark.parametrize(
    ("name", "parameters", "macs"),
    [
        ("resnet8", 77_754, 9_345_920),
        ("resnet20", 272_186, 31_021_952),
        ("inception_small", 531_970, 44_391_424),
        ("mobilenet_v2", 142_826, 10_340_208),
        ("mobilenet_v3_small", 207_522, 8_289_416),
        ("squeezenet", 125_370, 11_668_480),
        ("shufflenet_v2", 86_542, 6_605_408),
        ("depthwise_cnn", 13_098, 1_806_672),
        ("plain_cnn", 21_594, 3_500_256),
        ("vit_small", 181_702, 9_956_736),
    ],
)
def test_sizes_on_fashion_images(name: str, parameters: int, macs: int) -> None:
    """Literal, because stored runs and shipped weights depend on them."""
    profiled = profile(Blueprint.for_images(architecture=name, classes=10))
    assert (profiled.parameters, profiled.macs) == (parameters, macs)


def test_the_default_student() -> None:
    """A stem with stride 2 moves no parameter and saves almost three quarters of the work."""
    profiled = profile(Blueprint.for_images(architecture="resnet8", classes=10, stem_stride=2))
    assert (profiled.parameters, profiled.macs) == (77_754, 2_552_000)


def test_a_plain_cnn_by_hand() -> None:
    """At half width the channels are 8, 16 and 24; on 8 x 8 images with one channel and two classes:

    stem 8·8·(9·1·8) + stage1 8·8·(9·8·8) + stage2 4·4·(9·8·16) + stage3 2·2·(9·16·24) + head 24·2.
    """
    profiled = profile(Blueprint.for_images(architecture="plain_cnn", classes=2, size_px=8, width=0.5))
    assert profiled == Profile(
        parameters=(72 + 16) + (576 + 16) + (1152 + 32) + (3456 + 48) + (48 + 2),
        macs=4_608 + 36_864 + 18_432 + 13_824 + 48,
        taps=(
            Tap(name="stage1", stage=0, shape=(8, 8, 8)),
            Tap(name="stage2", stage=1, shape=(16, 4, 4)),
            Tap(name="stage3", stage=2, shape=(24, 2, 2)),
            Tap(name="pool", stage=3, shape=(24,)),
        ),
    )


def test_attention_by_hand() -> None:
    """8 x 8 images give 16 tokens of 36 features at half width; four blocks, two classes:

    patches 16·(9·1·18) + 16·(9·18·36) + 16·36²; a block: 4·16·36² for its projections, 2·16²·36 for scores and
    sums, 2·16·36·54 for its two layers; head 36·2.
    """
    profiled = profile(Blueprint.for_images(architecture="vit_small", classes=2, size_px=8, width=0.5))
    assert profiled.macs == 2_592 + 93_312 + 20_736 + 4 * (82_944 + 18_432 + 62_208) + 72


def test_a_teacher_of_the_inception_family_fits_its_file_and_its_training_time() -> None:
    profiled = profile(Blueprint.for_images(architecture="inception_small", classes=10))
    assert 2 * profiled.parameters < 5_500_000
    assert profiled.macs <= 45_000_000


def test_what_a_constructor_computes_is_no_part_of_a_forward_pass() -> None:
    class Whitened(nn.Module):
        taps = ("head",)

        def __init__(self) -> None:
            super().__init__()
            half = torch.ones(64, 64)
            self.register_buffer("whole", half @ half)
            self.head = nn.Linear(64, 10, bias=False)

        def forward(self, images_BCHW: Tensor) -> Tensor:
            return self.head(images_BCHW.flatten(1))

    blueprint = Blueprint.for_images(architecture="plain_cnn", classes=10, size_px=8)
    assert measure(blueprint, lambda _: Whitened()).macs == 64 * 10
