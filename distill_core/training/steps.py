"""What members do with one batch: one alone, or those who teach each other together."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from distill_core.errors import TrainingDiverged, explain
from distill_core.training.member import Answer, Member
from distill_core.training.outcome import Outcome

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Circle", "Seen", "step_alone", "step_together"]

# Those who teach each other, or one member alone.
Circle = tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """One batch as its readers see it; ``chosen_B`` are its places among all training images. ``mixed``: every image is
    one of two, so none has a label."""

    images_BCHW: "Tensor"
    teacher_BC: "Tensor | None"
    teacher_taps: "tuple[Tensor, ...]"
    labels_B: "Tensor"
    chosen_B: "Tensor"
    mixed: bool = False

    @property
    def stages_bytes(self) -> int:
        """What the teacher's stages take in memory."""
        return sum(tap.nbytes for tap in self.teacher_taps)

    def labelled(self, member: Member) -> "Tensor":
        """(B,) whether the member may use the label of an image."""
        labelled_B = member.labelled_N[self.chosen_B]
        return labelled_B & False if self.mixed else labelled_B


def step_alone(member: Member, update: int, seen: Seen, outcome: Outcome) -> None:
    """One update, counted from 0; a member that diverges ends."""
    with _at_work(member, outcome):
        try:
            member.step(
                update, seen.images_BCHW, seen.teacher_BC, seen.labels_B, seen.labelled(member), seen.teacher_taps
            )
        except TrainingDiverged as error:
            outcome.fail(member, update, str(error))


def step_together(circle: Circle, update: int, seen: Seen, outcome: Outcome) -> None:
    """One update of all peers: they look, each hears what the others said before it judges its own answer, they learn.

    Where one diverges all of them end, and nobody takes this step: with a peer less, what the others are taught is
    not what their specification says, and nothing in the record of a finished run could tell.
    """
    answers: list[Answer] = []
    for member in circle:
        with _at_work(member, outcome):
            answers.append(member.look(seen.images_BCHW))
    said = [logits_BC.detach() for logits_BC, _ in answers]
    losses, errors = [], dict[int, str]()
    for place, (member, answer) in enumerate(zip(circle, answers, strict=True)):
        others = (*said[:place], *said[place + 1 :])
        batch = seen.teacher_BC, seen.labels_B, seen.labelled(member), seen.teacher_taps
        with _at_work(member, outcome):
            try:
                losses.append(member.judge(update, answer, *batch, others))
            except TrainingDiverged as error:
                errors[place] = str(error)
    if errors:
        _end(circle, update, _first(errors, said), outcome)
        return
    for member, loss in zip(circle, losses, strict=True):
        with _at_work(member, outcome):
            member.learn(update, loss)


@contextmanager
def _at_work(member: Member, outcome: Outcome) -> Iterator[None]:
    began, worked = time.perf_counter(), time.thread_time()
    with member.own_threads():
        yield
    outcome.spent(member, time.perf_counter() - began, time.thread_time() - worked)


def _first(errors: Mapping[int, str], said: "Sequence[Tensor]") -> Mapping[int, str]:
    """The errors of those who began it: who heard no numbers from a peer has a loss that is none either."""
    own = {place: message for place, message in errors.items() if not bool(said[place].isfinite().all())}
    return own or errors


def _end(circle: Circle, update: int, errors: Mapping[int, str], outcome: Outcome) -> None:
    names = " and ".join(f"{circle[place].recipe.student!r}" for place in errors)
    for place, member in enumerate(circle):
        recipe = member.recipe
        alone = explain(
            f"the peers of {recipe.student!r} (seed {recipe.seed}) at update {update + 1}",
            wanted="finite answers",
            came=f"a loss of {names} that is no finite number",
            do="lower the learning rate, or train without that peer",
        )
        outcome.fail(member, update, errors.get(place, alone))
