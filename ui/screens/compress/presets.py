"""Chains that teach something, ready to run."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from distill_core.templates.compression_chain import (
    CompressionChain,
    CompressionStage,
    Network,
    TrainingStage,
    default_chain,
)
from ui.text.language import N_

__all__ = ["Preset", "presets"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    name: str
    title: str
    teaches: str
    chain: CompressionChain


@cache
def presets() -> tuple[Preset, ...]:
    """In the order in which they are offered."""
    first = default_chain()
    cut = first.links[0]
    return (
        _preset(
            "default",
            N_("Default pipeline"),
            N_("Slice, distil, prune half the MACs, distil, round to 8 bits."),
            *first.links,
        ),
        _preset(
            "own",
            N_("A network of its own"),
            N_(
                "A small network from random weights is distilled, loses half of its MACs, is distilled again and "
                "rounded to 8 bits."
            ),
            KD,
            _cut("prune", keep=0.5),
            KD,
            _cut("int8"),
            start=Network(architecture="resnet8", stem_stride=2),
        ),
        _preset(
            "slice",
            N_("Slice only"),
            N_("How much a slice of the teacher knows before any training, after labels, and after distilling."),
            cut,
            TrainingStage(method="labels"),
            TrainingStage(after=1),
        ),
        _preset(
            "tucker",
            N_("Tucker"),
            N_("Each convolution as three smaller ones, then distilled."),
            _cut("tucker"),
            KD,
        ),
        _preset(
            "separable",
            N_("Depthwise"),
            N_("Each convolution as a depthwise and a pointwise one, then distilled."),
            _cut("separable"),
            KD,
        ),
        _preset(
            "pruned",
            N_("Prune in three steps"),
            N_("A fifth of the MACs less at a time, distilled after each: half is left."),
            *(link for _ in range(3) for link in (_cut("prune", keep=0.8), KD)),
        ),
        _preset(
            "rounded",
            N_("Round the weights"),
            N_("The teacher's weights with 3, 2 and 1 decimals: how many does a network need?"),
            *(_cut("round", after=0, decimals=decimals) for decimals in (3.0, 2.0, 1.0)),
        ),
        _preset(
            "sparse",
            N_("Sparse is not fast"),
            N_("Most weights become 0: the file zips better, and runs as long as before."),
            *(_cut("sparsify", after=0, zeros=share) for share in (0.5, 0.8, 0.9)),
            KD,
        ),
        _preset(
            "int8",
            N_("Quantize the teacher"),
            N_("The teacher itself in 8 bits, in three ways, and in half precision: no training at all."),
            _cut("int8", after=0),
            _cut("int8", {"scales": "per tensor"}, after=0),
            _cut("int8", {"way": "dynamic"}, after=0),
            _cut("float16", after=0),
        ),
        _preset(
            "aware",
            N_("Quantization-aware training"),
            N_(
                "The same slice distilled plainly and with quantization-aware training (QAT); then both are rounded "
                "to 8 bits."
            ),
            cut,
            KD,
            _cut("int8"),
            TrainingStage(int8_aware=True, after=1),
            _cut("int8"),
        ),
    )


KD = TrainingStage()


def _cut(
    step: str, choices: dict[str, str] | None = None, *, after: int | None = None, **parameters: float
) -> CompressionStage:
    return CompressionStage(step=step, parameters=parameters, choices=choices or {}, after=after)


def _preset(name: str, title: str, teaches: str, *links: Any, start: Network | None = None) -> Preset:
    chain = default_chain().model_copy(update={"links": links, "start": start})
    return Preset(name=name, title=title, teaches=teaches, chain=chain)
