"""What a grid shows, in sentences computed from its runs: the best cell, how sure it is, and what T and alpha do."""

from collections.abc import Sequence

from distill_core.evaluation import Effect, interval
from distill_core.reports import Cell
from ui import words
from ui.temperature.grid import View
from ui.temperature.heat import write

__all__ = ["both", "progress", "sentences"]

FEWEST_SEEDS = 3
LEVEL = 0.05
NAMES = {
    "valid_accuracy": "validation accuracy",
    "agreement": "agreement with the teacher",
    "ece": "calibration error",
    "nll_nats": "negative log-likelihood",
}


def sentences(view: View) -> tuple[str, ...]:
    """Five at most; before the grid is whole, how far it is."""
    if view.judgement is None:
        return (progress(view),)
    told = (_best(view), _apart(view), _temperature(view), _alpha(view), _interaction(view))
    return tuple(sentence for sentence in told if sentence)


def progress(view: View) -> str:
    """How many of the runs are finished; nothing more is said of a part of a grid."""
    done = f"{view.finished} of {words.plural(view.runs, 'run')} are finished"
    return f"{done}. The best cell and the effects are told once all are there: a part of a grid is no comparison."


def both(shipped: View, here: View) -> str:
    """One sentence that compares what ships with its repetition here."""
    if shipped.judgement is None or here.judgement is None:
        return progress(here)
    one, other = (_best_cell(view) for view in (shipped, here))
    pairs = [(a.mean.mean, b.mean.mean) for a, b in zip(shipped.found, here.found, strict=True) if a.mean and b.mean]
    largest = max(abs(a - b) for a, b in pairs)
    equal = "to the last digit" if largest == 0 else f"within {_width(here, largest)} in every cell"
    return (
        f"Repeated here, the best cell is {_name(other)} with {_mean(here, other)}; shipped it is {_name(one)} with "
        f"{_mean(shipped, one)}. Both grids agree {equal}."
    )


def _best_cell(view: View) -> Cell:
    assert view.judgement is not None
    return view.judgement.cells[view.judgement.standing.best]


def _name(cell: Cell) -> str:
    return f"T {cell.temperature:g}, alpha {cell.alpha:g}"


def _mean(view: View, cell: Cell) -> str:
    return write(view, cell.mean.mean, cell.mean.half_width) if cell.mean else words.NOTHING


def _width(view: View, difference: float) -> str:
    return f"{100 * difference:.1f} points" if view.metric.share else f"{difference:.3f} nats"


def _best(view: View) -> str:
    cell = _best_cell(view)
    said = f"Best {NAMES[view.metric.column]}: **{_name(cell)}** with **{_mean(view, cell)}**"
    flattered = f"As the best of {len(view.cells)} it is flattered a little."
    if view.control is None:
        return f"{said}. {flattered}"
    control = write(view, view.control.mean, view.control.half_width)
    return f"{said}; the control, labels alone, has {control}. {flattered}"


def _apart(view: View) -> str:
    assert view.judgement is not None
    standing = view.judgement.standing
    others = len(view.cells) - 1
    if standing.margin is None:
        return "With fewer than three seeds nobody knows how much is chance: all other cells carry a ≈."
    near = others - sum(standing.apart_K)
    seeds = words.plural(len(view.grid.seeds), "seed")
    basis = (
        f"Tukey's test over {seeds}"
        if standing.basis == "seeds"
        else f"{seeds}: only the number of images tells of chance"
    )
    margin = _width(view, standing.margin)
    if near == 0:
        return f"No other cell is within {margin} of it: all are behind ({basis})."
    who = f"All {others} other cells" if near == others else f"{near} of {others} other cells"
    verb, they = ("is", "it carries") if near == 1 else ("are", "they carry")
    return f"{who} {verb} within {margin} of it, and cannot be told from it ({basis}): {they} a ≈."


def _temperature(view: View) -> str:
    assert view.judgement is not None
    grid = view.grid
    return _effect(view, view.judgement.effects.temperature, ("T", grid.temperatures), ("alpha", grid.alphas))


def _alpha(view: View) -> str:
    assert view.judgement is not None
    grid = view.grid
    return _effect(view, view.judgement.effects.alpha, ("alpha", grid.alphas), ("T", grid.temperatures))


def _effect(view: View, effect: Effect, axis: tuple[str, Sequence[float]], across: tuple[str, Sequence[float]]) -> str:
    (name, places), (other, others) = axis, across
    if len(places) < 2:
        return ""
    order = sorted(range(len(places)), key=lambda place: effect.means[place], reverse=view.metric.higher_is_better)
    first, last = order[0], order[-1]
    where = f"averaged over {other}" if len(others) > 1 else f"at {other} {others[0]:g}"
    span = (
        f"{where}, {name} {places[first]:g} is best ({write(view, effect.means[first])}) and "
        f"{name} {places[last]:g} worst ({write(view, effect.means[last])})"
    )
    return _told(view, effect, f"**{name} matters**", f"**No effect of {name} shown**", span)


def _interaction(view: View) -> str:
    assert view.judgement is not None
    effect = view.judgement.effects.interaction
    if min(len(view.grid.temperatures), len(view.grid.alphas)) < 2:
        return ""
    low, high = (_best_temperature(view, alpha) for alpha in (view.grid.alphas[0], view.grid.alphas[-1]))
    span = f"the best T is {low:g} at alpha {view.grid.alphas[0]:g} and {high:g} at alpha {view.grid.alphas[-1]:g}"
    shown, not_shown = "**T and alpha work together**", "**No interaction of T and alpha shown**"
    return _told(view, effect, shown, not_shown, span)


def _told(view: View, effect: Effect, shown: str, not_shown: str, span: str) -> str:
    if effect.p_value is None or len(view.grid.seeds) < FEWEST_SEEDS:
        return f"{span[0].upper()}{span[1:]}; with fewer than three seeds this may be chance."
    p = "p < 0.001" if effect.p_value < 0.001 else f"p = {effect.p_value:.3f}"
    return f"{shown if effect.p_value < LEVEL else not_shown}: {span} ({p}, F test)."


def _best_temperature(view: View, alpha: float) -> float:
    row = [cell for cell in view.found if cell.alpha == alpha]
    choose = max if view.metric.higher_is_better else min
    return choose(row, key=lambda cell: interval(list(cell.by_seed.values())).mean).temperature
