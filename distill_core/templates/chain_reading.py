"""Reads the chain back that writes an experiment."""

from collections.abc import Mapping
from typing import Any

from distill_core.compression import STEPS
from distill_core.planning.initialization import is_reinitialized
from distill_core.spec import TEACHER_NAME, Experiment, Student
from distill_core.templates.compression_chain import CompressionChain, chain_stages, is_chain, suited_optimiser

__all__ = ["chain_of"]

NETWORK = ("architecture", "width", "stem_stride")


def chain_of(experiment: Experiment) -> CompressionChain | None:
    """The chain with the stages of a resolved experiment; None for one that is no chain.

    An experiment may say more than a chain can: whether ``chain_experiment`` writes it again is for the caller to ask.
    Raises: InvalidSpecification for more stages or seeds than a chain has.
    """
    if not is_chain(experiment):
        return None
    by_name = {student.name: student for student in experiment.students}
    stages = [by_name[name] for name in chain_stages(experiment)]
    run = stages[0].start.run if stages[0].start else None
    begun = stages[0] if run else None
    stages = stages[1:] if run else stages
    places = {stage.name: place for place, stage in enumerate(stages, start=1)}
    places[begun.name if begun else TEACHER_NAME] = 0
    own = next((stage for stage in stages if stage.start is None), None)
    labels, optimiser = stages[0].labels, experiment.optimiser
    return CompressionChain.of(
        {
            "task": experiment.task,
            "teacher": experiment.teacher.model_dump(),
            "start": {"kind": "run", "run": run} if run else own and own.model_dump(include=set(NETWORK)),
            "links": [_link(place, stage, places) for place, stage in enumerate(stages, start=1)],
            "labels": labels,
            # Of all labels the transfer set says nothing.
            **({} if labels is None else {"transfer": stages[0].transfer}),
            "budget": experiment.budget.model_dump(),
            "optimiser": None if optimiser == suited_optimiser(labels) else optimiser.model_dump(),
            "seeds": len(stages[0].seeds),
            "controls": any(is_reinitialized(student, experiment.students) for student in experiment.students),
        }
    )


def _link(place: int, stage: Student, places: Mapping[str, int]) -> dict[str, Any]:
    source = places.get(stage.start.source, 0) if stage.start else 0
    after = {} if source == place - 1 else {"after": source}
    change = stage.start.change if stage.start else None
    if change is None:
        return {**stage.model_dump(include={"method", "temperature", "alpha", "int8_aware"}), **after}
    target = stage.model_dump(include={"architecture", "width"}) if STEPS.get(change.step).resizes else {}
    return {**change.model_dump(), **target, **after}
