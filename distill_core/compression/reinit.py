"""Re-initialisation: the control of compression chains, a network of the same size with random weights."""

from __future__ import annotations

from distill_core.compression.base import CompressionStep, Settings, StepInput, StepResult
from distill_core.compression.preconditions import one_network, own_head, same
from distill_core.compression.sparsify import weights
from distill_core.lazy_torch import torch
from distill_core.networks import Blueprint, build

TITLE = "Random weights"


def _apply(material: StepInput, settings: Settings) -> StepResult:
    """The initial weights of a student of this seed, with the source's zeros."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(material.seed)
        network = build(material.blueprint).eval()
    zeros = {name: weight == 0 for name, weight in weights(material.network).items()}
    with torch.no_grad():
        for name, weight in weights(network).items():
            weight[zeros[name]] = 0.0
    return StepResult(network=network, blueprint=material.blueprint)


def _check(source: Blueprint, target: Blueprint, settings: Settings) -> None:
    one_network(TITLE, source)
    own_head(TITLE, source)
    same(TITLE, source, target)


ENTRIES = (
    CompressionStep(
        name="fresh",
        title=TITLE,
        paper="1810.05270",
        teaches="Pruning gives a shape and weights: the same shape with random weights, trained as long, shows what "
        "the weights were worth.",
        family="weights",
        check=_check,
        apply=_apply,
        resets_weights=True,
    ),
)
