"""The cohort loop: members that read the same stream see the same batches and share one teacher pass."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from distill_core.errors import InvalidSetting, TrainingDiverged, explain
from distill_core.events import RunStarted, Sink
from distill_core.experiment import Budget, Optimiser
from distill_core.training.images import ImageBank
from distill_core.training.member import Member, Recipe
from distill_core.training.outcome import Outcome, Trained
from distill_core.training.pieces import Chain, SideBySide, one_by_one
from distill_core.training.precision import Arithmetic
from distill_core.training.streams import Stream
from distill_core.training.teacher import FrozenTeacher, Speaker

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Plan", "train_cohort"]

# Updates that members may take between two looks at the gate: with one alone, three students would leave two threads
# waiting for each other at every update.
LONGEST_ROUND = 8
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
    """One stream, its readers of one teacher, and that teacher where one of them needs it."""

    stream: Stream
    members: list[Member]
    teacher: Speaker | None


@dataclass(frozen=True, slots=True)
class _Seen:
    """One batch as its readers see it; ``chosen_B`` are its places among all training images."""

    images_BCHW: "Tensor"
    teacher_BC: "Tensor | None"
    teacher_taps: "tuple[Tensor, ...]"
    labels_B: "Tensor"
    chosen_B: "Tensor"


def train_cohort(
    recipes: Sequence[Recipe],
    plan: Plan,
    *,
    train: ImageBank,
    valid: ImageBank,
    teacher: FrozenTeacher | None,
    sink: Sink,
    gate: Callable[[], None],
    side_by_side: SideBySide = one_by_one,
    own_teachers: Mapping[str, FrozenTeacher] = NOBODY,
) -> tuple[Trained, ...]:
    """Train all recipes for the budget, side by side; answers come in the order of the recipes.

    ``own_teachers``: who teaches a run instead of ``teacher``, by its key.
    ``gate`` is called before every round of updates: it waits while the job is paused and raises Stopped when it
    should end. ``side_by_side`` does what small members have to do; who does it changes no result.
    A member whose loss or weights are not finite ends alone, with a message; the others go on.
    Raises: InvalidSetting if a member needs a teacher and there is none; what ``gate`` raises.
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
        gate()
        chains = [pair for lane in lanes for pair in _chains(lane, updates, train, outcome)]
        one_by_one([chain for member, chain in chains if not member.beside])
        with _nobody_draws():
            side_by_side([chain for member, chain in chains if member.beside])
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
    readers: dict[tuple[int, bytes, int], list[Member]] = defaultdict(list)
    for member in members:
        recipe = member.recipe
        readers[recipe.seed, recipe.visible_M.tobytes(), id(teacher_of(recipe))].append(member)
    lanes = []
    for (seed, _, _), group in readers.items():
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
        )
        lanes.append(_Lane(stream, group, speaker))
    return tuple(lanes)


def _chains(lane: _Lane, updates: range, train: ImageBank, outcome: Outcome) -> list[tuple[Member, Chain]]:
    """The steps of every reader of a lane, for these updates: all of them see the same batches."""
    readers = [member for member in lane.members if outcome.alive(member)]
    if not readers:
        return []
    batches = [_look(lane, train, readers) for _ in updates]
    return [
        (member, [partial(_step, member, update, seen, outcome) for update, seen in zip(updates, batches, strict=True)])
        for member in readers
    ]


def _look(lane: _Lane, train: ImageBank, readers: Sequence[Member]) -> _Seen:
    import torch

    batch = lane.stream.next()
    images_BCHW = train.views(batch.images_B, batch.views_B)
    chosen_B = torch.from_numpy(batch.images_B)
    teacher_BC: Tensor | None = None
    taps: tuple[Tensor, ...] = ()
    if lane.teacher and any(member.recipe.features for member in readers):
        teacher_BC, taps = lane.teacher.looks(batch, images_BCHW)
    elif lane.teacher and any(member.recipe.uses_teacher for member in readers):
        teacher_BC = lane.teacher.logits(batch, images_BCHW)
    return _Seen(images_BCHW, teacher_BC, taps, train.labels_N[chosen_B], chosen_B)


def _step(member: Member, update: int, seen: _Seen, outcome: Outcome) -> None:
    if not outcome.alive(member):
        return
    began = time.perf_counter()
    try:
        labelled_B = member.labelled_N[seen.chosen_B]
        member.step(update, seen.images_BCHW, seen.teacher_BC, seen.labels_B, labelled_B, seen.teacher_taps)
    except TrainingDiverged as error:
        outcome.fail(member, update, str(error))
    outcome.spent(member, time.perf_counter() - began)
