"""The parts that Tucker and separable factorisation share: choice of ranks, checks, and the factored network.

Shapes: a kernel is O x I x H x W, outputs, inputs, height, width; the height is 1 where it has one axis.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from distill_core.compression.base import Settings, StepInput, StepResult
from distill_core.compression.build import on_meta, with_state
from distill_core.compression.convolutions import Cost, Ranks, best_energy, factorable, fewest_macs, kernel
from distill_core.compression.preconditions import one_network, own_head, refused, same
from distill_core.errors import said
from distill_core.lazy_torch import Tensor, nn, torch
from distill_core.networks import Blueprint, LayerChange, profile
from distill_core.spec.parameters import Choice, Parameter

BY = (
    "By macs: as much of each kernel as the work allows. By energy: as many ranks as a share of each kernel asks for, "
    "whatever they cost."
)
KEEP = "Share of the network's multiply-accumulates that may be left."
ENERGY = "Share of the sum of squares of each kernel that its factors keep."
CHOICES = {"by": Choice(("macs", "energy"), BY)}
PARAMETERS = {
    "keep": Parameter(0.5, 0.05, 0.95, KEEP, only=("by", "macs")),
    "energy": Parameter(0.8, 0.1, 1.0, ENERGY, only=("by", "energy")),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Factoring:
    """A factorisation: the ``kind`` of its LayerChange, the ``cost`` (multiply-accumulates) of a convolution at given
    ranks, and the ``least`` ranks.

    ``spectrum`` maps a kernel to a function from energy to ranks; ``factors`` gives the kernels that replace it, in
    their order.
    """

    title: str
    kind: str
    cost: Cost
    least: Ranks
    spectrum: Callable[[np.ndarray], Callable[[float], Ranks]]
    factors: Callable[[np.ndarray, Ranks], tuple[np.ndarray, ...]]

    def check(self, source: Blueprint, target: Blueprint, settings: Settings) -> None:
        """Raise InvalidSetting where no convolution can be factored, or ``keep`` cannot be reached."""
        one_network(self.title, source)
        own_head(self.title, source)
        same(self.title, source, target)
        if not factorable(on_meta(source)):
            expected = "a convolution with a kernel, in one group, behind the first one"
            raise refused(self.title, expected, "a network without", "choose another network, or another step")
        keep = settings.parameters.get("keep")
        fewest = fewest_macs(source, self.cost, self.least) if keep is not None else 0.0
        if keep is not None and fewest > keep:
            expected = said("at least {fewest:.3f} of the multiply-accumulates, which ranks of 1 would leave", fewest)
            raise refused(
                said("{name}: keep", self.title),
                expected,
                said("{value:g}", keep),
                "choose a larger share, or another step",
            )

    def apply(self, material: StepInput, settings: Settings) -> StepResult:
        spectra = {name: self.spectrum(kernel(part.weight)) for name, part in factorable(material.network).items()}

        def at(energy: float) -> dict[str, Ranks]:
            return {name: ranks(energy) for name, ranks in spectra.items()}

        if settings.choices["by"] == "energy":
            energy = settings.parameters["energy"]
            ranks = at(energy)
        else:
            energy, ranks = best_energy(material.blueprint, self.cost, at, settings.parameters["keep"])
        changed = self.factored(material.network, material.blueprint, ranks)
        share = profile(changed.blueprint).macs / profile(material.blueprint).macs
        notes = {"energy": energy, "convolutions": float(len(ranks)), "macs_share": share}
        return replace(changed, notes={**changed.notes, **notes})

    def factored(self, network: nn.Module, blueprint: Blueprint, ranks: Mapping[str, Ranks]) -> StepResult:
        """The network with convolutions replaced by factors of these ranks; notes the largest error of a kernel as a
        share of its norm."""
        state: dict[str, Tensor] = dict(network.state_dict())
        errors = [0.0]
        for name, each in ranks.items():
            whole = kernel(state[f"{name}.weight"])
            parts = self.factors(whole, each)
            errors.append(_error(whole, parts))
            _replace(state, name, parts)
        change = LayerChange(kind=self.kind, sizes=tuple(ranks.items()))
        reshaped = replace(blueprint, changes=(*blueprint.changes, change))
        return StepResult(network=with_state(reshaped, state), blueprint=reshaped, notes={"largest_error": max(errors)})


def _error(whole: np.ndarray, parts: tuple[np.ndarray, ...]) -> float:
    # The other factors are orthonormal, so the second factor has the norm of the approximated kernel.
    kept, all_of_it = float((parts[1] ** 2).sum()), float((whole**2).sum())
    return float(max(0.0, 1 - kept / all_of_it) ** 0.5) if all_of_it else 0.0


def _replace(state: dict[str, Tensor], name: str, parts: tuple[np.ndarray, ...]) -> None:
    """Replace a convolution's weights by those of its factors; the last factor takes the bias."""
    before = state.pop(f"{name}.weight")
    for place, part in enumerate(parts):
        factor = part[:, :, 0] if before.ndim == 3 else part
        state[f"{name}.{place}.weight"] = torch.from_numpy(factor.copy()).to(before.dtype)
    if f"{name}.bias" in state:
        state[f"{name}.{len(parts) - 1}.bias"] = state.pop(f"{name}.bias")
