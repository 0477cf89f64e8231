"""Decimal rounding: a toy that shows the cost of coarse numbers, before 8-bit quantization."""

from __future__ import annotations

from distill_core.compression.base import CompressionStep, Settings, StepInput, StepResult
from distill_core.compression.build import with_state
from distill_core.compression.preconditions import unchanged_form
from distill_core.lazy_torch import Tensor
from distill_core.spec.parameters import Parameter

TITLE = "Round to decimals"


def rounded(tensor: Tensor, decimals: int) -> Tensor:
    """Each number rounded to the nearest multiple of 1/10^decimals; the error is at most half of that."""
    scale = 10**decimals
    nearest: Tensor = (tensor.double() * scale).round() / scale
    return nearest.to(tensor.dtype)


def _apply(material: StepInput, settings: Settings) -> StepResult:
    decimals = int(settings.parameters["decimals"])
    before = {name: weight.detach() for name, weight in material.network.named_parameters()}
    after = {name: rounded(weight, decimals) for name, weight in before.items()}
    errors = [float((after[name].double() - weight.double()).abs().max()) for name, weight in before.items()]
    # Running statistics of batch norms are not rounded: a variance of 0.04 would become 0.
    network = with_state(material.blueprint, {**material.network.state_dict(), **after})
    return StepResult(network=network, blueprint=material.blueprint, notes={"largest_error": max(errors)})


DECIMALS = "Digits behind the point of every weight: 1 rounds to tenths, 3 to thousandths."
ENTRIES = (
    CompressionStep(
        name="round",
        title=TITLE,
        paper="1712.05877",
        teaches="Weights need few digits: rounded to hundredths a network answers much as before, to tenths it often "
        "does not.",
        family="weights",
        parameters={"decimals": Parameter(2.0, 1.0, 3.0, DECIMALS, whole=True)},
        check=unchanged_form(TITLE),
        apply=_apply,
        weights_only=True,
    ),
)
