"""Pairs of networks as methods see them, small enough to train in a moment."""

import copy
from functools import cache

import torch
from torch import Tensor, nn

from distill_core.methods import FeatureShapes, LossInputs
from distill_core.networks import Blueprint, build, forward_features, profile
from distill_core.tasks import IGNORE

__all__ = ["PAIRS", "blueprint", "look", "pair"]

# Student, teacher.
PAIRS = {
    "CNN, CNN": ("plain_cnn", "resnet8"),
    "MobileNet, ResNet": ("mobilenet_v2", "resnet20"),
    "SqueezeNet, Inception": ("squeezenet", "inception_small"),
    "transformer, ResNet": ("vit_small", "resnet20"),
    "ResNet, transformer": ("resnet8", "vit_small"),
}
WIDTHS = {"plain_cnn": 0.5, "mobilenet_v2": 0.25, "squeezenet": 0.5, "vit_small": 0.5}


def blueprint(architecture: str, size_px: int = 16) -> Blueprint:
    width = WIDTHS.get(architecture, 1.0)
    return Blueprint.for_images(architecture=architecture, classes=4, channels=1, size_px=size_px, width=width)


def pair(student: Blueprint, teacher: Blueprint) -> FeatureShapes:
    taps = [tuple(tap.shape for tap in profile(one).taps) for one in (student, teacher)]
    head = copy.deepcopy(network(teacher, 0).get_submodule("head"))
    return FeatureShapes(student_taps=taps[0], teacher_taps=taps[1], teacher_head=head)


@cache  # every method looks at the same ones
def network(blueprint: Blueprint, seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return build(blueprint)


def look(student: Blueprint, teacher: Blueprint, images_BCHW: Tensor, labels_B: Tensor) -> LossInputs:
    """What two untrained networks say about a batch, half of it labelled; the student's side has gradients."""
    both = network(student, 0).train(), network(teacher, 1).eval()
    torch.manual_seed(0)
    own, taps = forward_features(both[0], images_BCHW)
    with torch.no_grad():
        other, teacher_taps = forward_features(both[1], images_BCHW)
    return LossInputs(
        student_BC=own,
        teacher_BC=other,
        targets_B=torch.where(torch.arange(len(labels_B)) % 2 == 0, labels_B, IGNORE),
        progress=0.5,
        student_taps=tuple(taps.values()),
        teacher_taps=tuple(teacher_taps.values()),
        peers=(other,),
    )
