"""Batch norms that measure anew: what a network gets used to without labels, gradients or a teacher."""

from __future__ import annotations

from distill_core.compression.base import CompressionStep, Settings, StepInput, StepResult
from distill_core.compression.build import on_meta, with_state
from distill_core.compression.preconditions import refused, unchanged_form
from distill_core.lazy_torch import nn, torch
from distill_core.networks import Blueprint

TITLE = "Measure batch norms anew"


def batch_norms(network: nn.Module) -> list[nn.Module]:
    """The batch norms of a network."""
    return [part for part in network.modules() if isinstance(part, nn.BatchNorm1d | nn.BatchNorm2d)]


def _apply(material: StepInput, _settings: Settings) -> StepResult:
    """Means and variances of these examples in the place of the old ones; each norm sees what norms before it made."""
    network = with_state(material.blueprint, material.network.state_dict())
    norms = batch_norms(network)
    kept = [norm.momentum for norm in norms]
    for norm in norms:
        norm.train().momentum = 1.0  # type: ignore[assignment]
    with torch.no_grad():
        network(material.images_BCHW)
    for norm, momentum in zip(norms, kept, strict=True):
        norm.eval().momentum = momentum
    return StepResult(network=network, blueprint=material.blueprint)


def _check(source: Blueprint, target: Blueprint, settings: Settings) -> None:
    unchanged_form(TITLE)(source, target, settings)
    if not batch_norms(on_meta(source)):
        raise refused(TITLE, "a network with batch norms", "one without", "choose another network, or leave it out")


ENTRIES = (
    CompressionStep(
        name="norms",
        title=TITLE,
        paper="1603.04779",
        teaches="Means and variances of other examples, without a label or a gradient, are often most of what adapts a "
        "network.",
        family="weights",
        check=_check,
        apply=_apply,
        labelled=False,
        revision=2,
    ),
)
