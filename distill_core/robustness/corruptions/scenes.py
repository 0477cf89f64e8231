"""Scenes: what is done to images and moves nothing in them, in steps of its own.

The steps of images leave a U-Net, which answers for each pixel, next to nothing under noise and blur, and nearly all
under fog. These were set on 200 validation scenes, so that the shipped U-Net keeps about 94, 86, 74, 58 and 44 % of its
mean IoU, as the ResNet-20 keeps of its accuracy.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from distill_core.robustness.corruptions import blur, digital, noise, weather

PREFIX = "scene_"
LEVELS: Mapping[str, tuple[Any, Any, Any, Any, Any]] = {
    "gaussian_noise": (0.022, 0.026, 0.031, 0.037, 0.046),
    "shot_noise": (860.0, 600.0, 430.0, 290.0, 190.0),
    "impulse_noise": (0.0041, 0.0076, 0.015, 0.027, 0.039),
    "defocus_blur": (0.42, 0.51, 0.61, 0.78, 0.98),
    "glass_blur": ((0.16, 0.24, 1), (0.19, 0.38, 1), (0.23, 0.51, 1), (0.29, 0.77, 1), (0.33, 0.9, 1)),
    "motion_blur": (0.56, 0.91, 1.3, 1.7, 2.3),
    "snow": (
        (0.0016, 3.0, 0.0058),
        (0.0037, 3.0, 0.014),
        (0.0072, 3.0, 0.027),
        (0.014, 3.0, 0.054),
        (0.026, 3.0, 0.096),
    ),
    "spatter": (0.019, 0.053, 0.11, 0.2, 0.3),
    "fog": ((0.56, 1.8), (0.98, 1.8), (1.4, 1.8), (2.0, 1.8), (2.6, 1.8)),
    "brightness": (0.21, 0.28, 0.35, 0.43, 0.51),
    "contrast": (0.55, 0.41, 0.32, 0.25, 0.21),
    "pixelate": (25, 20, 15, 10, 7.5),
    "jpeg": (78, 54, 19, 6, 3),
}
ENTRIES = tuple(
    replace(entry, name=f"{PREFIX}{entry.name}", kind="scene", levels=LEVELS[entry.name])
    for family in (noise, blur, weather, digital)
    for entry in family.ENTRIES
    if not entry.moves
)
