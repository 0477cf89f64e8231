"""What an entry says, and what is refused; none of it needs torch."""

import re
import subprocess
import sys

import pytest

from distill_core.errors import DistillError, InvalidSetting, UnknownName
from distill_core.networks import ARCHITECTURES, Architecture, Blueprint, check
from distill_core.networks.base import scaled
from tests.architectures import NAMES

SHIPPED = (
    "resnet8 resnet14 resnet20 resnet32 resnet44 resnet56 resnet110 resnet8x4 resnet32x4 inception_small mobilenet_v2 "
    "mobilenet_v3_small squeezenet shufflenet_v2 depthwise_cnn plain_cnn vit_small"
)


def test_what_ships_is_there_in_the_order_of_forms() -> None:
    shipped = SHIPPED.split()
    assert [name for name in ARCHITECTURES.names() if name in shipped] == shipped


def test_listing_and_checking_cost_no_torch() -> None:
    code = (
        "import sys; from distill_core.networks import ARCHITECTURES, Blueprint, check; ARCHITECTURES.names();"
        f"[check(Blueprint.for_images(architecture=name, classes=10)) for name in {NAMES}];"
        "print('torch' in sys.modules or 'torchvision' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"


@pytest.mark.parametrize("entry", ARCHITECTURES, ids=lambda entry: entry.name)
def test_an_entry_describes_itself(entry: Architecture) -> None:
    assert entry.title
    assert entry.family
    assert re.fullmatch(r"\d{4}\.\d{4,5}", entry.paper)
    assert entry.teaches.endswith(".")
    assert entry.teaches.count(".") == 1, "one sentence"
    assert 1.0 in entry.widths
    assert list(entry.widths) == sorted(set(entry.widths))
    assert 1 in entry.stem_strides


def test_titles_differ() -> None:
    assert len({entry.title for entry in ARCHITECTURES}) == len(ARCHITECTURES)


@pytest.mark.parametrize(
    ("blueprint", "message"),
    [
        (
            Blueprint.for_images(architecture="plain_cnn", classes=10, width=5.0),
            "Plain CNN: width: expected 0.5 to 4, got 5.0; choose one that Plain CNN offers, or another architecture",
        ),
        (
            Blueprint.for_images(architecture="plain_cnn", classes=10, width=float("nan")),
            "width: expected 0.5 to 4, got nan",
        ),
        (Blueprint.for_images(architecture="inception_small", classes=10, width=0.5), "width: expected 1, got 0.5"),
        (
            Blueprint.for_images(architecture="resnet20", classes=10, stem_stride=3),
            "stem stride: expected 1 or 2, got 3",
        ),
        (Blueprint.for_images(architecture="vit_small", classes=10, stem_stride=2), "stem stride: expected 1, got 2"),
        (
            Blueprint.for_images(architecture="vit_small", classes=10, size_px=30),
            "image side: expected a multiple of 4 px, got 30",
        ),
        (Blueprint.for_images(architecture="resnet8", classes=10, size_px=7), "image side: expected 8 to 64 px, got 7"),
        (
            Blueprint.for_images(architecture="resnet8", classes=10, size_px=65),
            "image side: expected 8 to 64 px, got 65",
        ),
        (Blueprint.for_images(architecture="resnet8", classes=1), "classes: expected 2 to 1000, got 1"),
        (Blueprint.for_images(architecture="resnet8", classes=1001), "classes: expected 2 to 1000, got 1001"),
        (
            Blueprint.for_images(architecture="resnet8", classes=10, channels=2),
            "image channels: expected 1 or 3, got 2",
        ),
    ],
)
def test_what_cannot_work_is_refused_with_what_was_wanted(blueprint: Blueprint, message: str) -> None:
    with pytest.raises(InvalidSetting, match=re.escape(message)):
        check(blueprint)


def test_an_unknown_name_hints_at_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'resnet20'") as caught:
        check(Blueprint.for_images(architecture="restnet20", classes=10))
    assert isinstance(caught.value, DistillError)


def test_any_width_between_the_offered_ones_is_accepted() -> None:
    assert check(Blueprint.for_images(architecture="mobilenet_v2", classes=10, width=0.6)).name == "mobilenet_v2"


@pytest.mark.parametrize(
    ("channels", "width", "divisor", "expected"),
    [(16, 1.0, 8, 16), (16, 0.1, 8, 8), (24, 0.5, 8, 16), (40, 0.25, 8, 16), (64, 0.5, 16, 32), (8, 0.5, 4, 4)],
)
def test_scaled_channels_never_fall_more_than_a_tenth_below(
    channels: int, width: float, divisor: int, expected: int
) -> None:
    assert scaled(channels, width, divisor) == expected
