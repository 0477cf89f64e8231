"""The cohort loop: members that read the same stream see the same batches and share one teacher pass."""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from distill_core.errors import InvalidSetting, TrainingDiverged, explain
from distill_core.events import Progress, RunFailed, RunStarted, Sink, TrainPoint, ValidPoint
from distill_core.experiment import Budget, Optimiser
from distill_core.training.images import ImageBank
from distill_core.training.member import Member, Recipe
from distill_core.training.precision import Arithmetic
from distill_core.training.predict import accuracy
from distill_core.training.streams import Stream
from distill_core.training.teacher import CachedTeacher, FrozenTeacher, LiveTeacher

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Plan", "Trained", "train_cohort"]

LOSS_POINTS = 60
VALID_POINTS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What all members share."""

    budget: Budget
    optimiser: Optimiser
    mode: Literal["cached", "consistent"]
    views: int
    data_seed: int
    arithmetic: Arithmetic


@dataclass(frozen=True, kw_only=True, slots=True)
class Trained:
    """A member at the last update. ``error`` is None, or tells why it stopped early; then the network is not used."""

    recipe: Recipe
    network: "nn.Module"
    updates: int
    seconds: float
    error: str | None


@dataclass(frozen=True, slots=True)
class _Lane:
    """One stream, its readers, and the teacher where one of them needs it."""

    stream: Stream
    members: list[Member]
    teacher: CachedTeacher | LiveTeacher | None


def train_cohort(
    recipes: Sequence[Recipe],
    plan: Plan,
    *,
    train: ImageBank,
    valid: ImageBank,
    teacher: FrozenTeacher | None,
    sink: Sink,
    gate: Callable[[], None],
) -> tuple[Trained, ...]:
    """Train all recipes for the budget, side by side; answers come in the order of the recipes.

    ``gate`` is called before every update: it waits while the job is paused and raises Stopped when it should end.
    A member whose loss or weights are not finite ends alone, with a message; the others go on.
    Raises: InvalidSetting if a member needs a teacher and there is none; what ``gate`` raises.
    """
    members = [
        Member(recipe, plan.optimiser, updates=plan.budget.updates, arithmetic=plan.arithmetic) for recipe in recipes
    ]
    lanes = _lanes(members, plan, train, teacher)
    for recipe in recipes:
        sink(RunStarted(recipe.run, recipe.student, recipe.seed))
    outcome = _Outcome(members, plan.budget.updates, valid, sink)
    for update in range(plan.budget.updates):
        gate()
        for lane in lanes:
            _advance(lane, update, train, outcome)
        outcome.report(update + 1)
        if not any(map(outcome.alive, members)):
            break
    return outcome.finish()


def _lanes(members: Sequence[Member], plan: Plan, train: ImageBank, teacher: FrozenTeacher | None) -> tuple[_Lane, ...]:
    eager = [member.recipe.student for member in members if member.recipe.uses_teacher]
    if eager and teacher is None:
        raise InvalidSetting(
            explain(f"the method of {eager[0]!r}", wanted="a teacher", came="none", do="choose one, or another method")
        )
    readers: dict[tuple[int, bytes], list[Member]] = defaultdict(list)
    for member in members:
        readers[member.recipe.seed, member.recipe.visible_M.tobytes()].append(member)
    caches: dict[bytes, CachedTeacher | LiveTeacher] = {}
    lanes = []
    for (seed, visible), group in readers.items():
        images = group[0].recipe.visible_M
        if visible not in caches and teacher is not None and any(member.recipe.uses_teacher for member in group):
            caches[visible] = (
                CachedTeacher(teacher, train, images, views=plan.views)
                if plan.mode == "cached"
                else LiveTeacher(teacher)
            )
        stream = Stream(
            images,
            batch_size=plan.budget.batch_size,
            views=plan.views,
            mode=plan.mode,
            data_seed=plan.data_seed,
            seed=seed,
        )
        lanes.append(_Lane(stream, group, caches.get(visible)))
    return tuple(lanes)


def _advance(lane: _Lane, update: int, train: ImageBank, outcome: "_Outcome") -> None:
    import torch

    batch = lane.stream.next()
    readers = [member for member in lane.members if outcome.alive(member)]
    if not readers:
        return
    images = train.views(batch.images_B, batch.views_B)
    needed = any(member.recipe.uses_teacher for member in readers)
    teacher = lane.teacher.logits(batch, images) if needed and lane.teacher else None
    chosen = torch.from_numpy(batch.images_B)
    labels = train.labels_N[chosen]
    for member in readers:
        began = time.perf_counter()
        try:
            member.step(update, images, teacher, labels, member.labelled_N[chosen])
        except TrainingDiverged as error:
            outcome.fail(member, update, str(error))
        outcome.spent(member, time.perf_counter() - began)


class _Outcome:
    """Who is still training, what each has cost, and what the sink should hear."""

    def __init__(self, members: Sequence[Member], updates: int, valid: ImageBank, sink: Sink) -> None:
        self._members = members
        self._updates = updates
        self._valid = valid
        self._sink = sink
        self._errors: dict[str, tuple[int, str]] = {}
        self._seconds: dict[str, float] = defaultdict(float)
        self._began = time.perf_counter()

    def alive(self, member: Member) -> bool:
        return member.recipe.run not in self._errors

    def fail(self, member: Member, update: int, message: str) -> None:
        self._errors[member.recipe.run] = (update, message)
        self._sink(RunFailed(member.recipe.run, message))

    def spent(self, member: Member, seconds: float) -> None:
        self._seconds[member.recipe.run] += seconds

    def report(self, update: int) -> None:
        """Send what is due after ``update`` updates."""
        last = update == self._updates
        if last:
            self._check()
        if last or update % max(1, self._updates // LOSS_POINTS) == 0:
            for member in filter(self.alive, self._members):
                means = member.take_means()
                self._sink(TrainPoint(member.recipe.run, update, means.pop("total"), means))
            elapsed = time.perf_counter() - self._began
            left = elapsed / update * (self._updates - update)
            self._sink(Progress("Training", update, self._updates, left))
        if last or update % max(1, self._updates // VALID_POINTS) == 0:
            for member in filter(self.alive, self._members):
                self._sink(ValidPoint(member.recipe.run, update, accuracy(member.network, self._valid)))

    def _check(self) -> None:
        # A loss tells of the weights before its update; only this look tells of the last one.
        for member in filter(self.alive, self._members):
            try:
                member.check(self._updates)
            except TrainingDiverged as error:
                self.fail(member, self._updates, str(error))

    def finish(self) -> tuple[Trained, ...]:
        return tuple(self._trained(member) for member in self._members)

    def _trained(self, member: Member) -> Trained:
        updates, error = self._errors.get(member.recipe.run, (self._updates, None))
        return Trained(
            recipe=member.recipe,
            network=member.network.eval(),
            updates=updates,
            seconds=self._seconds[member.recipe.run],
            error=error,
        )
