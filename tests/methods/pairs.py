"""Pairs of networks as methods see them, small enough to train in a moment."""

import copy
from dataclasses import replace
from functools import cache

import torch
from torch import Tensor, nn

from distill_core.methods import METHODS, FeatureShapes, LossInputs, Method
from distill_core.methods.rows import as_rows
from distill_core.networks import ARCHITECTURES, Blueprint, build, forward_features, profile
from distill_core.tasks import IGNORE

__all__ = ["DENSE", "PAIRS", "WHOLE", "blueprint", "defined", "look", "pair", "positions_of"]

# Methods for one label an example.
WHOLE = tuple(method for method in METHODS if not method.needs_positions)

# Student, teacher.
PAIRS = {
    "CNN, CNN": ("plain_cnn", "resnet8"),
    "MobileNet, ResNet": ("mobilenet_v2", "resnet20"),
    "SqueezeNet, Inception": ("squeezenet", "inception_small"),
    "transformer, ResNet": ("vit_small", "resnet20"),
    "ResNet, transformer": ("resnet8", "vit_small"),
}
# The same for a label at each pixel.
DENSE = {"U-Nets": ("unet_small", "unet")}
WIDTHS = {"unet_small": 0.5, "unet": 0.5, "plain_cnn": 0.5, "mobilenet_v2": 0.25, "squeezenet": 0.5, "vit_small": 0.5}


def blueprint(architecture: str, size_px: int = 16) -> Blueprint:
    width = WIDTHS.get(architecture, 1.0)
    plain = Blueprint.for_images(architecture=architecture, classes=4, channels=1, size_px=size_px, width=width)
    dense = ARCHITECTURES.get(architecture).dense_prediction
    return replace(plain, positions=(size_px, size_px)) if dense else plain


def defined(method: Method, name: str) -> bool:
    """Whether a method is for such a pair: of ``PAIRS`` or ``DENSE``."""
    return not method.reads_embedding if name in DENSE else not method.needs_positions


def positions_of(method: Method) -> int:
    """A number of positions of an example with which six rows are a batch that the method takes."""
    return 3 if method.needs_positions else 1


def pair(student: Blueprint, teacher: Blueprint) -> FeatureShapes:
    taps = [tuple(tap.shape for tap in profile(one).taps) for one in (student, teacher)]
    head = copy.deepcopy(network(teacher, 0).get_submodule("head"))
    return FeatureShapes(student_taps=taps[0], teacher_taps=taps[1], teacher_head=head)


@cache  # every method looks at the same ones
def network(blueprint: Blueprint, seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return build(blueprint)


def look(student: Blueprint, teacher: Blueprint, images_BCHW: Tensor, labels_B: Tensor) -> LossInputs:
    """What two untrained networks say about a batch, half of its rows labelled; the student's side has gradients."""
    both = network(student, 0).train(), network(teacher, 1).eval()
    torch.manual_seed(0)
    own, taps = forward_features(both[0], images_BCHW)
    with torch.no_grad():
        other, teacher_taps = forward_features(both[1], images_BCHW)
    rows_R = labels_B.flatten()
    return LossInputs(
        student_BC=as_rows(own),
        teacher_BC=as_rows(other),
        targets_B=torch.where(torch.arange(len(rows_R)) % 2 == 0, rows_R, IGNORE),
        progress=0.5,
        positions=len(rows_R) // len(images_BCHW),
        student_taps=tuple(taps.values()),
        teacher_taps=tuple(teacher_taps.values()),
        peers=(as_rows(other),),
    )
