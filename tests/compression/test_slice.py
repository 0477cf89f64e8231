"""Slices of a network: which indices, which pairs, and what is refused."""

import re
from dataclasses import replace

import pytest
import torch

from distill_core.compression import STEPS, Settings
from distill_core.compression.slice import evenly
from distill_core.errors import InvalidSetting
from distill_core.networks import ARCHITECTURES, Blueprint, profile
from distill_core.tasks import InputSpec
from tests.architectures import FOR_IMAGES, NAMES
from tests.compression.material import IMAGES, material, ready, run, small, trained

BLOCKS = {"resnet8": 1, "resnet14": 2, "resnet20": 3, "resnet32": 5, "resnet44": 7, "resnet56": 9, "resnet110": 18}
WIDE = {"resnet8x4": 1, "resnet32x4": 5}
WIDTHS = [(entry.name, width) for entry in FOR_IMAGES for width in entry.widths[:-1]]


@pytest.mark.parametrize(
    ("many", "few", "indices"),
    [
        (8, 8, [0, 1, 2, 3, 4, 5, 6, 7]),
        (8, 4, [0, 2, 4, 6]),
        (9, 3, [0, 3, 6]),
        (7, 1, [0]),
        (5, 3, [0, 2, 4]),
        (10, 4, [0, 3, 6, 9]),
        (64, 48, None),
    ],
)
def test_evenly_spaced_by_hand(many: int, few: int, indices: list[int] | None) -> None:
    found = evenly(many, few)
    assert indices is None or found == indices
    assert len(set(found)) == few
    assert sorted(found) == found
    assert found[0] == 0
    assert found[-1] < many


@pytest.mark.parametrize("name", ["resnet8", "mobilenet_v3_small", "shufflenet_v2", "vit_small"])
def test_a_slice_of_full_size_answers_as_the_source(name: str) -> None:
    given = ready(name)
    changed = run("slice", given)
    assert changed.notes == {"parameters_share": 1.0}
    with torch.no_grad():
        assert torch.equal(changed.network(IMAGES), given.network(IMAGES))


def test_every_second_channel_and_the_first_block_statistics_of_norms_too() -> None:
    source, target = small("resnet32x4"), small("resnet8")
    network = trained(source)
    changed = run("slice", material(network, source, target))
    large, little = network.state_dict(), changed.network.state_dict()
    assert torch.equal(little["stem.0.weight"], large["stem.0.weight"][::2])
    assert torch.equal(little["stage3.0.conv1.weight"], large["stage3.0.conv1.weight"][::4, ::4])
    assert torch.equal(little["stage2.0.bn2.running_var"], large["stage2.0.bn2.running_var"][::4])
    assert torch.equal(little["stage2.0.bn2.running_mean"], large["stage2.0.bn2.running_mean"][::4])
    assert torch.equal(little["head.weight"], large["head.weight"][:, ::4])
    assert torch.equal(little["head.bias"], large["head.bias"])
    assert changed.blueprint == target
    assert changed.notes["parameters_share"] == profile(target).parameters / profile(source).parameters


@pytest.mark.parametrize(("name", "width"), WIDTHS)
def test_every_width_is_a_slice_of_the_widest(name: str, width: float) -> None:
    source, target = small(name, ARCHITECTURES.get(name).widths[-1]), small(name, width)
    changed = run("slice", material(trained(source), source, target))
    assert sum(weight.numel() for weight in changed.network.parameters()) == profile(target).parameters
    with torch.no_grad():
        assert changed.network(IMAGES).isfinite().all()


def is_a_part(target: str, source: str) -> bool:
    """ResNets of fewer blocks, and narrow ones of wide ones; every network of itself; nothing else."""
    blocks = {**BLOCKS, **WIDE}
    if target in blocks and source in blocks:
        return blocks[target] <= blocks[source] and not (target in WIDE and source in BLOCKS)
    return target == source


@pytest.mark.parametrize("source", NAMES)
def test_which_network_is_a_part_of_which(source: str) -> None:
    found = []
    for target in NAMES:
        try:
            STEPS.get("slice").check(small(source), small(target), Settings())
        except InvalidSetting:
            continue
        found.append(target)
    assert found == [target for target in NAMES if is_a_part(target, source)]


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        (
            small("resnet8"),
            small("resnet14"),
            "Slice: expected a network that is a part of ResNet-8, got ResNet-14, whose stage1.1.conv1.weight the "
            "source does not have; choose a smaller network of the source's own family",
        ),
        (
            small("plain_cnn"),
            small("plain_cnn", 2.0),
            "got Plain CNN, whose stem.0.weight is 32 × 1 × 3 × 3, not within 16 × 1 × 3 × 3",
        ),
        (small("plain_cnn"), replace(small("plain_cnn"), classes=3), "the source, (1, 8, 8, 4), got (1, 8, 8, 3)"),
        (
            replace(small("plain_cnn"), input=InputSpec(shape=(3, 8, 8))),
            small("plain_cnn"),
            "the source, (3, 8, 8, 4), got (1, 8, 8, 4)",
        ),
        (
            small("plain_cnn"),
            replace(small("plain_cnn"), teacher_head=small("resnet8")),
            "Slice: expected a network with a head of its own",
        ),
    ],
)
def test_what_is_no_part_is_refused(source: Blueprint, target: Blueprint, message: str) -> None:
    with pytest.raises(InvalidSetting, match=re.escape(message)):
        STEPS.get("slice").check(source, target, Settings())


def test_a_pruned_network_can_be_sliced_where_the_target_is_within() -> None:
    source = run("prune", ready("plain_cnn", 4.0), keep=0.5)
    target = small("plain_cnn", 0.5)
    changed = run("slice", material(source.network, source.blueprint, target))
    assert changed.blueprint == target
    with pytest.raises(InvalidSetting, match="not within"):
        STEPS.get("slice").check(source.blueprint, small("plain_cnn", 4.0), Settings())
