"""A small transformer over tokens: torchvision's encoder on embeddings; padding is a token like others."""

from __future__ import annotations

from distill_core.lazy_torch import LazyModule, nn
from distill_core.networks.base import Architecture, accepts_tokens, scaled
from distill_core.networks.blueprint import Blueprint
from distill_core.networks.network import sequential, token_mean
from distill_core.networks.zoo.vit import FEATURES_STEP, HEADS

vision_transformer = LazyModule("torchvision.models.vision_transformer")
BLOCKS = 3
FEATURES = 96
TAPS = (*(f"encoder.layers.encoder_layer_{i}" for i in range(BLOCKS)), "pool")


def _build(blueprint: Blueprint) -> nn.Module:
    wide = scaled(FEATURES, blueprint.width, FEATURES_STEP)
    (tokens,) = blueprint.input.shape
    encoder = vision_transformer.Encoder(tokens, BLOCKS, HEADS, wide, wide * 5 // 2, dropout=0.0, attention_dropout=0.0)
    parts: dict[str, nn.Module] = {
        "stem": nn.Embedding(blueprint.input.vocabulary or 2, wide),
        "encoder": encoder,
        "pool": token_mean(),
        "head": nn.Linear(wide, blueprint.classes),
    }
    return sequential(parts, TAPS)


ENTRIES = (
    Architecture(
        name="byte_transformer",
        title="Byte transformer",
        family="Text",
        paper="1706.03762",
        teaches="Every byte looks at every other: it can learn what no run of letters shows, and costs the most.",
        build=_build,
        widths=(0.5, 1.0, 2.0),
        accepts=accepts_tokens,
        stages="tokens",
        signed=True,
        thread_dependent=True,
    ),
)
