"""One update of a student alone, or of students that teach each other."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from distill_core.errors import Names, TrainingDiverged, explain, said
from distill_core.lazy_torch import Tensor
from distill_core.tasks import IGNORE
from distill_core.training.monitor import CohortMonitor
from distill_core.training.student import ForwardOutput, StudentTrainer

# Students that teach each other, or one student.
PeerGroup = tuple[StudentTrainer, ...]


@dataclass(frozen=True, slots=True)
class TeacherBatch:
    """A batch with the teacher's outputs, on the device of its readers. ``examples_B``: its indices among all training
    examples. ``mixed``: every image is a mixture of two, so none has a label."""

    images_BCHW: Tensor
    teacher_BC: Tensor | None
    teacher_taps: tuple[Tensor, ...]
    labels_B: Tensor
    examples_B: Tensor
    mixed: bool = False

    @property
    def stages_bytes(self) -> int:
        """The bytes that the teacher's stages take."""
        return sum(tap.nbytes for tap in self.teacher_taps)

    def targets(self, trainer: StudentTrainer) -> Tensor:
        """The labels that a student may use, ``IGNORE`` in place of the others; in the shape of ``labels_B``."""
        if self.mixed:
            return self.labels_B.new_full(self.labels_B.shape, IGNORE)
        hidden_B = ~trainer.labelled_N[self.examples_B]
        return self.labels_B.masked_fill(hidden_B.reshape(-1, *[1] * (self.labels_B.ndim - 1)), IGNORE)


def step_alone(trainer: StudentTrainer, update: int, teacher_batch: TeacherBatch, monitor: CohortMonitor) -> None:
    """Make update number ``update``, counted from 0, of one student; report it as failed where it diverges."""
    with _timed(trainer, monitor):
        try:
            trainer.step(
                update,
                teacher_batch.images_BCHW,
                teacher_batch.teacher_BC,
                teacher_batch.targets(trainer),
                teacher_batch.teacher_taps,
            )
        except TrainingDiverged as error:
            monitor.fail(trainer, update, error.text)


def step_peers(peer_group: PeerGroup, update: int, teacher_batch: TeacherBatch, monitor: CohortMonitor) -> None:
    """One update of all peers: forward for all, then each loss sees the others' detached logits, then all optimisers
    step.

    Where one diverges all of them end before this step: with a peer less, the others would not be taught as their
    specification says, and the record of a finished run could not tell.
    """
    answers: list[ForwardOutput] = []
    for trainer in peer_group:
        with _timed(trainer, monitor):
            answers.append(trainer.forward(teacher_batch.images_BCHW))
    logits = [logits_BC.detach() for logits_BC, _ in answers]
    losses, errors = [], dict[int, str]()
    for place, (trainer, answer) in enumerate(zip(peer_group, answers, strict=True)):
        others = (*logits[:place], *logits[place + 1 :])
        batch = teacher_batch.teacher_BC, teacher_batch.targets(trainer), teacher_batch.teacher_taps
        with _timed(trainer, monitor):
            try:
                losses.append(trainer.compute_loss(update, answer, *batch, others))
            except TrainingDiverged as error:
                errors[place] = error.text
    if errors:
        _end(peer_group, update, _first(errors, logits), monitor)
        return
    for trainer, loss in zip(peer_group, losses, strict=True):
        with _timed(trainer, monitor):
            trainer.optimizer_step(update, loss, teacher_batch.images_BCHW, teacher_batch.targets(trainer))


@contextmanager
def _timed(trainer: StudentTrainer, monitor: CohortMonitor) -> Iterator[None]:
    began, worked = time.perf_counter(), time.thread_time()
    with trainer.own_threads():
        yield
    monitor.add_seconds(trainer, time.perf_counter() - began, time.thread_time() - worked)


def _first(errors: Mapping[int, str], logits: Sequence[Tensor]) -> Mapping[int, str]:
    """The errors of the peers whose own logits are not finite: a NaN from one peer makes the loss of every peer NaN."""
    origins = {place: message for place, message in errors.items() if not bool(logits[place].isfinite().all())}
    return origins or errors


def _end(peer_group: PeerGroup, update: int, errors: Mapping[int, str], monitor: CohortMonitor) -> None:
    names = Names(repr(peer_group[place].config.student) for place in errors)
    for place, trainer in enumerate(peer_group):
        config = trainer.config
        alone = explain(
            said("the peers of {student!r} (seed {seed}) at update {update}", config.student, config.seed, update + 1),
            expected="finite answers",
            got=said("a loss of {names: and } that is no finite number", names),
            hint="lower the learning rate, or train without that peer",
        )
        monitor.fail(trainer, update, errors.get(place, alone))
