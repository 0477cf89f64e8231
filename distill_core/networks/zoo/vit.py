"""A small Vision Transformer: torchvision's encoder on patches, mean of the tokens before the head."""

from __future__ import annotations

from distill_core.lazy_torch import LazyModule, nn, ops
from distill_core.networks.base import Architecture, scaled
from distill_core.networks.blueprint import Blueprint
from distill_core.networks.network import sequential, token_mean

vision_transformer = LazyModule("torchvision.models.vision_transformer")
BLOCKS = 4
FEATURES = 72
# An odd number of heads: torch then never swaps in its fused attention, which cannot be exported to ONNX.
HEADS = 3
FEATURES_STEP = 4 * HEADS
PATCH_PX = 4
SMALL_PATCH_PX = 2
SMALL_IMAGE_PX = 12
TAPS = (*(f"encoder.layers.encoder_layer_{i}" for i in range(BLOCKS)), "pool")


def _build(blueprint: Blueprint) -> nn.Module:
    wide = scaled(FEATURES, blueprint.width, FEATURES_STEP)
    patch_px = PATCH_PX if blueprint.size_px > SMALL_IMAGE_PX else SMALL_PATCH_PX
    tokens = (blueprint.size_px // patch_px) ** 2
    parts: dict[str, nn.Module] = {
        "stem": _patches(blueprint.channels, wide, patch_px),
        "encoder": vision_transformer.Encoder(
            tokens, BLOCKS, HEADS, wide, wide * 3 // 2, dropout=0.0, attention_dropout=0.0
        ),
        "pool": token_mean(),
        "head": nn.Linear(wide, blueprint.classes),
    }
    return sequential(parts, TAPS)


def _patches(channels: int, wide: int, patch_px: int) -> nn.Sequential:
    """Images to tokens (batch, tokens, features), by small convolutions: one large one learns badly with plain SGD.

    Source: Xiao et al. 2021 (arXiv:2106.14881).
    """
    return nn.Sequential(
        ops.Conv2dNormActivation(channels, wide // 2, 3, stride=2),
        ops.Conv2dNormActivation(wide // 2, wide, 3, stride=patch_px // 2),
        nn.Conv2d(wide, wide, 1),
        nn.Flatten(2),
        ops.Permute([0, 2, 1]),
    )


ENTRIES = (
    Architecture(
        name="vit_small",
        title="Vision Transformer, small",
        family="Transformer",
        paper="2010.11929",
        teaches="Attention between patches instead of convolutions: with few images it leans on its teacher the most.",
        build=_build,
        widths=(0.5, 1.0, 2.0),
        size_multiple_px=PATCH_PX,
        stages="tokens",
        signed=True,
        thread_dependent=True,
    ),
)
