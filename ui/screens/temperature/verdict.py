"""What a grid shows: the best cell, how sure it is, and what T and alpha do, as facts and as their sentences."""

from collections.abc import Sequence

from distill_core.evaluation.anova import Effect as Tested
from distill_core.evaluation.statistics import holm, interval
from distill_core.reports.grid_cells import GridCell, Judgement
from ui.findings.facts import Estimate, Fact
from ui.findings.grid import (
    Best,
    Cell,
    Effect,
    Interaction,
    Near,
    NoBasis,
    NoEffect,
    NoInteraction,
    Part,
    Repeated,
    Unknown,
)
from ui.findings.sentences import say
from ui.screens.temperature.grid import View

__all__ = ["both", "compared", "found", "sentences"]

FEWEST_SEEDS = 3
LEVEL = 0.05
Axis = tuple[str, Sequence[float]]


def sentences(view: View) -> tuple[str, ...]:
    """The sentences of ``found``: six at most."""
    return tuple(say(fact) for fact in found(view))


def found(view: View) -> tuple[Fact, ...]:
    """What the whole grid shows; where it is not whole, how far it is, or what is in the way."""
    judgement = view.judgement
    if judgement is None:
        return (_part(view),)
    return (_best(view, judgement), _near(view, judgement), *_effects(view, judgement))


def both(shipped: View, here: View) -> str:
    """The sentences of ``compared``."""
    return say(compared(shipped, here))


def compared(shipped: View, here: View) -> Part | Repeated:
    """What ships beside its repetition here, or how far that is."""
    if shipped.judgement is None or here.judgement is None:
        return _part(here, again=True)
    pairs = [(a.mean.mean, b.mean.mean) for a, b in zip(shipped.found, here.found, strict=True) if a.mean and b.mean]
    return Repeated(
        here=_cell(_best_cell(here.judgement)),
        shipped=_cell(_best_cell(shipped.judgement)),
        share=here.metric.share,
        largest=max(abs(a - b) for a, b in pairs),
    )


def _part(view: View, *, again: bool = False) -> Part:
    message = next((cell.message for cell in view.cells if cell.message), None) or ""
    return Part(finished=view.finished, runs=view.runs, failed=view.failed, message=message, again=again)


def _best_cell(judgement: Judgement) -> GridCell:
    return judgement.cells[judgement.standing.best]


def _cell(cell: GridCell) -> Cell:
    mean = interval(list(cell.by_seed.values()))
    return Cell(temperature=cell.temperature, alpha=cell.alpha, value=Estimate.of(mean.mean, mean.half_width))


def _best(view: View, judgement: Judgement) -> Best:
    return Best(
        metric=view.metric.title,
        of=view.metric.of,
        share=view.metric.share,
        cell=_cell(_best_cell(judgement)),
        cells=len(view.cells),
        control=None if view.control is None else Estimate.of(view.control.mean, view.control.half_width),
        look=view.metric.split != "validation",
    )


def _near(view: View, judgement: Judgement) -> Near | NoBasis:
    standing = judgement.standing
    if standing.margin is None:
        return NoBasis()
    others = len(view.cells) - 1
    return Near(
        near=others - sum(standing.apart_K),
        others=others,
        margin=standing.margin,
        share=view.metric.share,
        seeds=len(view.grid.seeds),
        tukey=standing.basis == "seeds",
    )


def _effects(view: View, judgement: Judgement) -> tuple[Fact, ...]:
    """A fact for T, for alpha and for both together; the three tests are corrected for being three."""
    grid, effects = view.grid, judgement.effects
    tested = [effect.p_value for effect in (effects.temperature, effects.alpha, effects.interaction)]
    seeds = len(grid.seeds) >= FEWEST_SEEDS
    p_T, p_alpha, p_both = holm(tested if seeds else [None] * len(tested))
    on_T, on_alpha = ("T", grid.temperatures), ("alpha", grid.alphas)
    return (
        *_effect(view, effects.temperature, p_T, on_T, on_alpha),
        *_effect(view, effects.alpha, p_alpha, on_alpha, on_T),
        *_interaction(view, judgement, p_both),
    )


def _effect(view: View, effect: Tested, p_value: float | None, axis: Axis, across: Axis) -> tuple[Fact, ...]:
    (name, places), (other, others) = axis, across
    if len(places) < 2:
        return ()
    if p_value is None:
        return (Unknown(axis=name),)
    at, share = (None if len(others) > 1 else others[0]), view.metric.share
    if p_value >= LEVEL:
        return (NoEffect(axis=name, other=other, at=at, spread=effect.spread, share=share, p_value=p_value),)
    order = sorted(range(len(places)), key=lambda place: effect.means[place], reverse=view.metric.higher_is_better)
    best, worst = ((places[place], effect.means[place]) for place in (order[0], order[-1]))
    return (Effect(axis=name, other=other, at=at, best=best, worst=worst, share=share, p_value=p_value),)


def _interaction(view: View, judgement: Judgement, p_value: float | None) -> tuple[Fact, ...]:
    if min(len(view.grid.temperatures), len(view.grid.alphas)) < 2 or p_value is None:
        return ()
    if p_value >= LEVEL:
        return (NoInteraction(p_value=p_value),)
    low, high = (
        (alpha, tuple(_near_best(view, judgement, alpha))) for alpha in (view.grid.alphas[0], view.grid.alphas[-1])
    )
    return (Interaction(p_value=p_value, low=low, high=high),)


def _near_best(view: View, judgement: Judgement, alpha: float) -> list[float]:
    """The temperatures of one row that are within the margin of the row's best."""
    margin = judgement.standing.margin or 0.0
    row = {cell.temperature: interval(list(cell.by_seed.values())).mean for cell in view.found if cell.alpha == alpha}
    best = (max if view.metric.higher_is_better else min)(row.values())
    return [T for T, value in row.items() if abs(value - best) <= margin]
