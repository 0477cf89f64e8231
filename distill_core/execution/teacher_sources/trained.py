"""Trains teachers on all labels."""

from distill_core.errors import TrainingDiverged
from distill_core.execution.half_trained import Kept
from distill_core.execution.teacher_sources.base import LoadedModel, TeacherContext, TeacherLoader
from distill_core.planning.teacher_sources.base import ResolvedTeacher
from distill_core.spec import TrainedTeacher
from distill_core.training.teacher_training import train_teacher


def _load(known: ResolvedTeacher, context: TeacherContext) -> LoadedModel:
    choice = known.choice
    assert isinstance(choice, TrainedTeacher)
    trained = train_teacher(
        choice,
        context.task,
        train=context.datasets["train"],
        valid=context.datasets["valid"],
        precision=context.precision,
        device=context.device,
        sink=context.sink,
        checkpoint=context.checkpoint,
        name=context.name,
        kept_for=lambda run: Kept(context.store.half_trained, {run: known.fingerprint}, context.job_id),
    )
    if trained.error is not None:
        raise TrainingDiverged(trained.error)
    return LoadedModel(
        model=trained.network,
        updates=trained.updates,
        seconds=trained.seconds,
        seed=choice.seed,
        curves=context.curves.of(trained.config.run),
        device=context.device,
    )


LOADER = TeacherLoader(name="train", load=_load)
