"""The control of every chain: a network of the same size that has learnt nothing."""

from __future__ import annotations

from distill_core.architectures import Blueprint, build
from distill_core.compression.entry import Changed, Material, Settings, Step
from distill_core.compression.refusals import one_network, own_head, same

__all__ = ["ENTRIES"]

TITLE = "Random weights"


def _apply(material: Material, settings: Settings) -> Changed:
    """The same weights as a student of this seed that starts from none."""
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(material.seed)
        return Changed(network=build(material.blueprint).eval(), blueprint=material.blueprint)


def _check(source: Blueprint, target: Blueprint, settings: Settings) -> None:
    one_network(TITLE, source)
    own_head(TITLE, source)
    same(TITLE, source, target)


ENTRIES = (
    Step(
        name="fresh",
        title=TITLE,
        paper="1810.05270",
        teaches="Pruning gives a shape and weights: the same shape with random weights, trained as long, shows what "
        "the weights were worth.",
        family="weights",
        check=_check,
        apply=_apply,
        forgets=True,
    ),
)
