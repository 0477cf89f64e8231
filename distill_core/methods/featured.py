"""What the methods on features share: cross-entropy, and a term that looks at the taps of both networks."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from distill_core.methods.entry import DistillLoss, LossInputs, Pair, Settings, StepLoss
from distill_core.methods.weighted import hard_plus

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["on_embeddings", "on_features", "trained_along"]

# A term that keeps its settings: it is made for a pair.
Made = Callable[[LossInputs], "Tensor"]


def _all(_progress: float) -> float:
    """No warm-up."""
    return 1.0


def on_features(term: Callable[[Pair, Settings], Made], name: str) -> Callable[[Settings, Pair], DistillLoss]:
    """Builds ``hard_weight`` times cross-entropy plus ``weight`` times a term without weights of its own."""

    def build(settings: Settings, pair: Pair) -> DistillLoss:
        own = term(pair, settings)
        return lambda inputs: hard_plus(settings, inputs, own(inputs), name)

    return build


def on_embeddings(
    term: "Callable[[Tensor, Tensor, Settings], Tensor]", name: str
) -> Callable[[Settings, Pair], DistillLoss]:
    """The same for a term that compares the two pooled embeddings."""
    return on_features(
        lambda _pair, settings: lambda inputs: term(inputs.student_taps[-1], inputs.teacher_taps[-1], settings), name
    )


def trained_along(
    make: "Callable[[Pair], nn.Module]", name: str, *, share: Callable[[float], float] = _all
) -> Callable[[Settings, Pair], DistillLoss]:
    """Builds the same with a term that is a module, called with the inputs: its weights train along.

    ``share``: how much of the term's weight counts, from 0 to 1, by the progress.
    """

    def build(settings: Settings, pair: Pair) -> DistillLoss:
        from torch import nn

        class Along(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.term = make(pair)

            def forward(self, inputs: LossInputs) -> StepLoss:
                return hard_plus(settings, inputs, self.term(inputs), name, share(inputs.progress))

        return Along()

    return build
