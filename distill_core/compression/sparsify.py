"""Unstructured pruning: sets the smallest weights of all layers to zero.

Source: Han et al. 2015 (arXiv:1506.02626); over all layers at once, as Frankle and Carbin 2019 (arXiv:1803.03635).
"""

from __future__ import annotations

from collections.abc import Mapping

from distill_core.compression.base import CompressionStep, Settings, StepInput, StepResult
from distill_core.compression.build import with_state
from distill_core.compression.preconditions import unchanged_form
from distill_core.lazy_torch import Tensor, nn, torch
from distill_core.spec.parameters import Parameter

TITLE = "Set small weights to zero"


def weights(network: nn.Module) -> dict[str, Tensor]:
    """Weights of convolutions, linear layers and attention, by name: those that may be set to zero."""
    return {
        name: weight.detach() for name, weight in network.named_parameters() if weight.dim() > 1 and "weight" in name
    }


def _sparse(state: Mapping[str, Tensor], share: float) -> tuple[dict[str, Tensor], float]:
    """The tensors with ``share`` of their numbers set to zero, and the largest of these."""
    sizes = torch.cat([tensor.abs().flatten() for tensor in state.values()])
    smallest = sizes.argsort(stable=True)[: round(share * len(sizes))]
    kept = torch.ones_like(sizes)
    kept[smallest] = 0
    pieces = torch.split(kept, [tensor.numel() for tensor in state.values()])
    named = zip(state.items(), pieces, strict=True)
    # where() and not a product: a negative number times 0 is -0.
    sparse = {name: torch.where(piece.view_as(tensor) > 0, tensor, 0.0) for (name, tensor), piece in named}
    return sparse, float(sizes[smallest].max()) if len(smallest) else 0.0


def _apply(material: StepInput, settings: Settings) -> StepResult:
    sparse, largest = _sparse(weights(material.network), settings.parameters["zeros"])
    network = with_state(material.blueprint, {**material.network.state_dict(), **sparse})
    parameters = list(network.parameters())
    zeros = sum(int((weight == 0).sum()) for weight in parameters) / sum(weight.numel() for weight in parameters)
    return StepResult(network=network, blueprint=material.blueprint, notes={"zeros": zeros, "largest_error": largest})


ZEROS = "Share of the weights that become zero, the smallest of all layers together."
ENTRIES = (
    CompressionStep(
        name="sparsify",
        title=TITLE,
        paper="1506.02626",
        teaches="A network can lose most of its single weights: zipped, its file becomes smaller, but it multiplies by "
        "the zeros as before and gets no faster.",
        family="pruning",
        parameters={"zeros": Parameter(0.8, 0.05, 0.99, ZEROS)},
        check=unchanged_form(TITLE),
        apply=_apply,
        keeps_zeros=True,
        weights_only=True,
    ),
)
