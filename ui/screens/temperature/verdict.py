"""What a grid shows, in sentences computed from its runs: the best cell, how sure it is, and what T and alpha do."""

from collections.abc import Sequence

from distill_core.decimals import fixed
from distill_core.evaluation.anova import Effect
from distill_core.evaluation.statistics import holm, interval
from distill_core.reports.grid_cells import GridCell, Judgement
from ui.screens.temperature.grid import View
from ui.text import words

__all__ = ["both", "progress", "sentences"]

FEWEST_SEEDS = 3
LEVEL = 0.05


def sentences(view: View) -> tuple[str, ...]:
    """Six at most; where the grid is not whole, how far it is, or what is in the way."""
    judgement = view.judgement
    if judgement is None:
        return (progress(view),)
    lines = (_best(view, judgement), _apart(view, judgement), *_effects(view, judgement))
    return tuple(sentence for sentence in lines if sentence)


def progress(view: View) -> str:
    """How many of the runs are finished; nothing more is said of a part of a grid."""
    done = f"{view.finished} of {words.plural(view.runs, 'run')} are finished"
    why = "The best cell and the effects can only be told of a whole grid."
    if view.failed:
        message = next(cell.message for cell in view.cells if cell.message)
        return f"{done}; in {words.plural(view.failed, 'cell')} a run failed: {words.sentence(message)} {why}"
    return f"{done}. {why}"


def both(shipped: View, here: View) -> str:
    """One sentence that compares what ships with its repetition here."""
    if shipped.judgement is None or here.judgement is None:
        text = progress(here)
        return f"Trained here: {text[0].lower()}{text[1:]}"
    best, other = (_best_cell(judgement) for judgement in (shipped.judgement, here.judgement))
    pairs = [(a.mean.mean, b.mean.mean) for a, b in zip(shipped.found, here.found, strict=True) if a.mean and b.mean]
    largest = max(abs(a - b) for a, b in pairs)
    equal = "to the last digit" if largest == 0 else f"within {_width(here, largest)} in every cell"
    return (
        f"Repeated here, the best cell is {_name(other)} with {_mean(here, other)}; shipped it is {_name(best)} with "
        f"{_mean(shipped, best)}. Both grids agree {equal}."
    )


def _best_cell(judgement: Judgement) -> GridCell:
    return judgement.cells[judgement.standing.best]


def _name(cell: GridCell) -> str:
    return f"T {cell.temperature:g}, alpha {cell.alpha:g}"


def _mean(view: View, cell: GridCell) -> str:
    return view.write(cell.mean.mean, cell.mean.half_width) if cell.mean else words.NOTHING


def _width(view: View, difference: float) -> str:
    return f"{fixed(100 * difference, 1)} {words.POINTS}" if view.metric.share else f"{fixed(difference, 3)} nats"


def _best(view: View, judgement: Judgement) -> str:
    cell = _best_cell(judgement)
    text = f"Best {view.metric.title}: **{_name(cell)}** with **{_mean(view, cell)}**"
    good = f"Being the best of {len(view.cells)}, its number is a little too good"
    look = "" if view.metric.split == "validation" else "; seen on the test images it is a look, not a choice"
    if view.control is None:
        return f"{text}. {good}{look}."
    control = view.write(view.control.mean, view.control.half_width)
    return f"{text}; the control, labels alone, has {control}. {good}{look}."


def _apart(view: View, judgement: Judgement) -> str:
    standing = judgement.standing
    others = len(view.cells) - 1
    if standing.margin is None:
        return "Fewer than three seeds do not show how much is chance: all other cells carry a ≈."
    near = others - sum(standing.apart_K)
    seeds = words.plural(len(view.grid.seeds), "seed")
    basis = (
        f"Tukey's test over {seeds}"
        if standing.basis == "seeds"
        else f"{seeds}: only the number of images tells of chance"
    )
    margin = _width(view, standing.margin)
    if near == 0:
        return f"No other cell is within {margin} of it: all are significantly worse ({basis})."
    cells = f"All {others} other cells" if near == others else f"{near} of {others} other cells"
    verb, they = ("is", "it carries") if near == 1 else ("are", "they carry")
    return f"{cells} {verb} within {margin} of it, and not significantly different ({basis}): {they} a ≈."


def _effects(view: View, judgement: Judgement) -> tuple[str, ...]:
    """A sentence for T, for alpha and for both together; the three tests are corrected for being three."""
    grid, effects = view.grid, judgement.effects
    tested = [effect.p_value for effect in (effects.temperature, effects.alpha, effects.interaction)]
    seeds = len(grid.seeds) >= FEWEST_SEEDS
    p_T, p_alpha, p_both = holm(tested if seeds else [None] * len(tested))
    on_T, on_alpha = ("T", grid.temperatures), ("alpha", grid.alphas)
    return (
        _effect(view, effects.temperature, p_T, on_T, on_alpha),
        _effect(view, effects.alpha, p_alpha, on_alpha, on_T),
        _interaction(view, judgement, p_both),
    )


def _effect(
    view: View,
    effect: Effect,
    p_value: float | None,
    axis: tuple[str, Sequence[float]],
    across: tuple[str, Sequence[float]],
) -> str:
    (name, places), (other, others) = axis, across
    if len(places) < 2:
        return ""
    where = f"averaged over {other}" if len(others) > 1 else f"at {other} {others[0]:g}"
    if p_value is None:
        return f"How much {name} matters cannot be told from chance with fewer than three seeds."
    if p_value >= LEVEL:
        spread = _width(view, effect.spread)
        return f"**No effect of {name} shown**: {where}, the largest difference is {spread} ({_p(p_value)})."
    order = sorted(range(len(places)), key=lambda place: effect.means[place], reverse=view.metric.higher_is_better)
    first, last = order[0], order[-1]
    best, worst = (view.write(effect.means[place]) for place in (first, last))
    return (
        f"**{name} matters**: {where}, {name} {places[first]:g} has the best mean ({best}) and {name} {places[last]:g} "
        f"the worst ({worst}; {_p(p_value)})."
    )


def _interaction(view: View, judgement: Judgement, p_value: float | None) -> str:
    if min(len(view.grid.temperatures), len(view.grid.alphas)) < 2 or p_value is None:
        return ""
    if p_value >= LEVEL:
        return f"**Not shown that what T does depends on alpha** ({_p(p_value)})."
    alphas = view.grid.alphas[0], view.grid.alphas[-1]
    low, high = (words.join([f"{T:g}" for T in _near_best(view, judgement, alpha)]) for alpha in alphas)
    return (
        f"**What T does depends on alpha** ({_p(p_value)}): at alpha {alphas[0]:g} the best T, or one that is "
        f"not significantly different, is {low}; at alpha {alphas[1]:g} it is {high}."
    )


def _p(value: float) -> str:
    return f"{'p < 0.001' if value < 0.001 else f'p = {value:.3f}'}, F test with Holm's correction"


def _near_best(view: View, judgement: Judgement, alpha: float) -> list[float]:
    """The temperatures of one row that are within the margin of the row's best."""
    margin = judgement.standing.margin or 0.0
    row = {cell.temperature: interval(list(cell.by_seed.values())).mean for cell in view.found if cell.alpha == alpha}
    best = (max if view.metric.higher_is_better else min)(row.values())
    return [T for T, value in row.items() if abs(value - best) <= margin]
