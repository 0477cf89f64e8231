"""The cohort loop: members that read the same stream see the same batches and share one teacher pass."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from distill_core.errors import InvalidSetting, explain
from distill_core.events import RunStarted, Sink
from distill_core.experiment import Budget, Optimiser
from distill_core.training.images import ImageBank, mixed
from distill_core.training.member import Member, Recipe
from distill_core.training.outcome import Outcome, Trained
from distill_core.training.pieces import SideBySide, one_by_one
from distill_core.training.precision import Arithmetic
from distill_core.training.steps import Circle, Seen, step_alone, step_together
from distill_core.training.streams import Stream
from distill_core.training.teacher import FrozenTeacher, Speaker

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["LOOP_REVISION", "Plan", "train_cohort"]

# Kept by hand: one more wherever the loop makes another network of the same specification (streams, views, optimiser,
# schedule, what a member draws), so that no run from before is taken for the same. What changes one method, one
# architecture or one step alone has a revision there.
LOOP_REVISION = 1

# Updates that members may take between two looks at the checkpoint: with one alone, three students would leave two
# threads waiting for each other at every update.
LONGEST_ROUND = 8
# Stages of an Inception are 50 MB a batch: a round of three seeds would hold 1.2 GB of them. Logits weigh nothing.
MOST_HELD_BYTES = 2**28
NOBODY: Mapping[str, FrozenTeacher] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What all members share."""

    budget: Budget
    optimiser: Optimiser
    mode: Literal["cached", "consistent"]
    views: int
    data_seed: int
    arithmetic: Arithmetic


@dataclass(frozen=True, slots=True)
class _Lane:
    """One stream, its readers of one teacher (those who teach each other together), and that teacher where one of them
    needs it."""

    stream: Stream
    circles: tuple[Circle, ...]
    teacher: Speaker | None


# What the readers of a lane see at an update, counted from 0.
_Look = tuple[_Lane, int, Seen]


def train_cohort(
    recipes: Sequence[Recipe],
    plan: Plan,
    *,
    train: ImageBank,
    valid: ImageBank,
    teacher: FrozenTeacher | None,
    sink: Sink,
    checkpoint: Callable[[], None],
    side_by_side: SideBySide = one_by_one,
    own_teachers: Mapping[str, FrozenTeacher] = NOBODY,
) -> tuple[Trained, ...]:
    """Train all recipes for the budget, side by side; answers come in the order of the recipes.

    ``own_teachers``: who teaches a run instead of ``teacher``, by its key.
    ``checkpoint`` is called before every round of updates: it waits while the job is paused and raises Stopped when it
    should end. ``side_by_side`` does what small members have to do; who does it changes no result.
    A member whose loss or weights are not finite ends alone, with a message; the others go on, but for those whom it
    teaches.
    Raises: InvalidSetting if a member needs a teacher or peers that are not there; what ``checkpoint`` raises.
    """
    budget = plan.budget
    members = [
        Member(recipe, plan.optimiser, updates=budget.updates, batch_size=budget.batch_size, arithmetic=plan.arithmetic)
        for recipe in recipes
    ]
    lanes = _lanes(members, plan, train, lambda recipe: own_teachers.get(recipe.run, teacher))
    for recipe in recipes:
        sink(RunStarted(recipe.run, recipe.student, recipe.seed))
    outcome = Outcome(members, budget.updates, valid, sink, side_by_side)
    for updates in _rounds(outcome.due(), LONGEST_ROUND if all(member.beside for member in members) else 1):
        checkpoint()
        _round(lanes, updates, train, outcome, side_by_side)
        outcome.report(updates.stop)
        if not any(map(outcome.alive, members)):
            break
    return outcome.finish()


@contextmanager
def _nobody_draws() -> Iterator[None]:
    """Who steps side by side shares torch's generator. Raises RuntimeError, since only a bug takes numbers there."""
    import torch

    before = torch.get_rng_state()
    yield
    if not torch.equal(torch.get_rng_state(), before):
        raise RuntimeError("a loss or a network took random numbers without saying so; set Method.draws for the loss")


def _rounds(due: Sequence[int], longest: int) -> Iterator[range]:
    """All updates, counted from 0, in ranges that end where something is due."""
    first = 0
    for end in due:
        while first < end:
            last = min(end, first + longest)
            yield range(first, last)
            first = last


def _lanes(
    members: Sequence[Member], plan: Plan, train: ImageBank, teacher_of: Callable[[Recipe], FrozenTeacher | None]
) -> tuple[_Lane, ...]:
    eager = [one.recipe.student for one in members if one.recipe.uses_teacher and teacher_of(one.recipe) is None]
    if eager:
        raise InvalidSetting(
            explain(f"the method of {eager[0]!r}", wanted="a teacher", came="none", do="choose one, or another method")
        )
    readers: dict[tuple[int, bytes, int, bool], list[Member]] = defaultdict(list)
    for member in members:
        recipe = member.recipe
        _check_mixing(recipe, plan)
        readers[recipe.seed, recipe.visible_M.tobytes(), id(teacher_of(recipe)), recipe.mixes].append(member)
    lanes = []
    for (seed, _, _, mixes), group in readers.items():
        teacher = teacher_of(group[0].recipe)
        images = group[0].recipe.visible_M
        taught = any(member.recipe.uses_teacher for member in group)
        speaker = teacher.speaker(train, images, mode=plan.mode, views=plan.views) if teacher and taught else None
        stream = Stream(
            images,
            batch_size=plan.budget.batch_size,
            views=plan.views,
            mode=plan.mode,
            data_seed=plan.data_seed,
            seed=seed,
            mixes=mixes,
        )
        lanes.append(_Lane(stream, _circles(group), speaker))
    return tuple(lanes)


def _check_mixing(recipe: Recipe, plan: Plan) -> None:
    if recipe.mixes and plan.mode == "cached":
        wanted, do = "a teacher that looks at every batch", "choose the consistent mode"
        raise InvalidSetting(explain(f"the method of {recipe.student!r}", wanted=wanted, came="cached answers", do=do))


def _circles(readers: Sequence[Member]) -> tuple[Circle, ...]:
    """Peers in their own order, at the place of their first; everybody else alone."""
    there = {member.recipe.run: member for member in readers}
    circles = dict.fromkeys(member.recipe.circle or (member.recipe.run,) for member in readers)
    missing = [run for circle in circles for run in circle if run not in there]
    if missing:
        came, do = f"none for {missing[0]!r}", "train all who teach each other together"
        raise InvalidSetting(explain("peers", wanted="all of them on one stream", came=came, do=do))
    return tuple(tuple(there[run] for run in circle) for circle in circles)


def _beside(circle: Circle) -> bool:
    return all(member.beside for member in circle)


def _round(
    lanes: Sequence[_Lane], updates: range, train: ImageBank, outcome: Outcome, side_by_side: SideBySide
) -> None:
    """These updates of everybody, in portions: what the teachers showed of their stages is held for one at a time."""
    looks: list[_Look] = []
    held_bytes = 0
    for update in updates:
        for lane in lanes:
            readers = [member for circle in lane.circles if any(map(outcome.alive, circle)) for member in circle]
            if not readers:
                continue
            seen = _look(lane, train, readers)
            held_bytes += seen.stages_bytes
            if looks and held_bytes > MOST_HELD_BYTES:
                _work(looks, outcome, side_by_side)
                looks.clear()
                held_bytes = seen.stages_bytes
            looks.append((lane, update, seen))
    _work(looks, outcome, side_by_side)


def _work(looks: Sequence[_Look], outcome: Outcome, side_by_side: SideBySide) -> None:
    """The steps of every reader: all readers of a lane see the same batches."""
    chains: dict[Circle, list[Callable[[], None]]] = defaultdict(list)
    for lane, update, seen in looks:
        for circle in lane.circles:
            chains[circle].append(partial(_step, circle, update, seen, outcome))
    one_by_one([chain for circle, chain in chains.items() if not _beside(circle)])
    with _nobody_draws():
        side_by_side([chain for circle, chain in chains.items() if _beside(circle)])


def _step(circle: Circle, update: int, seen: Seen, outcome: Outcome) -> None:
    if not all(map(outcome.alive, circle)):
        return
    if len(circle) == 1:
        step_alone(circle[0], update, seen, outcome)
    else:
        step_together(circle, update, seen, outcome)


def _look(lane: _Lane, train: ImageBank, readers: Sequence[Member]) -> Seen:
    import torch

    batch = lane.stream.next()
    images_BCHW = mixed(train.views(batch.images_B, batch.views_B), batch.mixture)
    chosen_B = torch.from_numpy(batch.images_B)
    teacher_BC: Tensor | None = None
    taps: tuple[Tensor, ...] = ()
    if lane.teacher and any(member.recipe.features for member in readers):
        teacher_BC, taps = lane.teacher.looks(batch, images_BCHW)
    elif lane.teacher and any(member.recipe.uses_teacher for member in readers):
        teacher_BC = lane.teacher.logits(batch, images_BCHW)
    return Seen(images_BCHW, teacher_BC, taps, train.labels_N[chosen_B], chosen_B, batch.mixture is not None)
