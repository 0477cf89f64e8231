"""Builds a StudentConfig from a PlannedRun: its loss for this pair of networks, and the images that it may see."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from distill_core.errors import InvalidSetting, said
from distill_core.lazy_torch import nn, torch
from distill_core.methods import DistillLoss, FeatureShapes, sum_of_losses
from distill_core.methods.feature_shapes import pair_of
from distill_core.planning.machine import adapters_apart
from distill_core.planning.peer_groups import INITIAL
from distill_core.planning.runs import PlannedRun
from distill_core.tasks import stratified
from distill_core.training.student import StudentConfig

NO_PAIR = FeatureShapes()


def student_config(
    planned: PlannedRun,
    data_seed: int,
    strata_N: np.ndarray,
    pair: FeatureShapes = NO_PAIR,
    start: nn.Module | None = None,
    *,
    labels_N: np.ndarray | None = None,
) -> StudentConfig:
    """The config of a student for the cohort loop; ``pair`` where its method uses features, ``start`` where it starts
    from the weights of a network. ``labels_N`` tell which examples are of a missing class, ``strata_N`` where they are
    the labels.

    Raises: InvalidSetting where no labelled example is left, or the method does not work for this pair.
    """
    count = len(strata_N)
    marks = np.zeros(count, dtype=bool)
    labels = planned.student.labels
    if labels != 0:
        marks[stratified(strata_N, labels or count, seed=data_seed)] = True
    seen = np.ones(count, dtype=bool)
    if planned.missing_index is not None:
        seen = (strata_N if labels_N is None else labels_N) != planned.missing_index
        marks &= seen
    if not marks.any() and labels != 0:
        raise InvalidSetting(
            said("labels of {student!r}", planned.student.name),
            expected=said("an example of another class than {missing_class}", planned.student.missing_class),
            got="none",
            hint="give it more labels",
        )
    return StudentConfig(
        run=planned.key,
        student=planned.student.name,
        blueprint=planned.blueprint,
        loss=_loss(planned, pair),
        uses_teacher=planned.uses_teacher,
        seed=planned.seed,
        visible_M=np.flatnonzero(marks if planned.student.transfer == "labelled" else seen),
        labelled_N=marks,
        uses_rng=any(method.uses_rng for method in planned.methods),
        features=planned.features,
        teacher_head=pair.teacher_head if planned.reuses_teacher_head else None,
        peers=planned.peers,
        initial=int(planned.student.parameters[INITIAL]) if planned.peers else 0,
        uses_mixup=planned.uses_mixup,
        start=start,
        keeps_zeros=planned.initial is not None and planned.initial.keeps_zeros,
        int8_aware=planned.student.int8_aware,
    )


def needs_pairs(planned: Sequence[PlannedRun]) -> bool:
    """Whether a method uses features, so that ``check_pairs`` builds networks, which needs torch."""
    return any(run.features for run in planned)


def check_pairs(planned: Sequence[PlannedRun]) -> None:
    """Raise InvalidSetting, with the reason, where a feature method does not work for its student and teacher."""
    for run in planned:
        for method in run.methods:
            if method.features:
                try:
                    method.check(pair_of(run.blueprint, run.teacher_blueprint or run.teacher_stages))
                except InvalidSetting as error:
                    raise InvalidSetting(
                        said("{student!r} with {method}: {error}", run.student.name, method.title, error)
                    ) from error


def _loss(planned: PlannedRun, pair: FeatureShapes) -> DistillLoss:
    """The loss of the student's methods for this pair. Adapters are initialised from the student's seed, in a separate
    stream where the network's own stream would repeat (``adapters_apart``)."""
    for method in planned.methods:
        if method.features:
            method.fits(pair)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_adapter_seed(planned.seed) if adapters_apart(planned.blueprint) else planned.seed)
        first, *added = [
            (method.title, added_settings.weight, method.build(added_settings.settings, pair))
            for method, added_settings in zip(planned.methods, planned.method_settings, strict=True)
        ]
    return sum_of_losses(first[2], {title: (weight, loss) for title, weight, loss in added})


def _adapter_seed(seed: int) -> int:
    (child,) = np.random.SeedSequence(seed).spawn(1)
    return int(child.generate_state(1)[0])
