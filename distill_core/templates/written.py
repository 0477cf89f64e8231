"""Whether a template writes an experiment that is there: then its form can make another one like it."""

import json
from typing import Any

from distill_core.errors import DistillError
from distill_core.planning.resolve import resolve_experiment
from distill_core.spec import Experiment
from distill_core.tasks import Tasks


def is_alike(experiment: Experiment, other: Experiment, tasks: Tasks) -> bool:
    """Whether both train the same students in the same way, whatever these are called, and on whatever device."""
    try:
        return _said(resolve_experiment(experiment, tasks)) == _said(resolve_experiment(other, tasks))
    except DistillError:
        return False


def _said(experiment: Experiment) -> tuple[dict[str, Any], list[str]]:
    taught = [one.model_dump(mode="json", exclude={"name"}) for one in experiment.students if one.role == "student"]
    shared = experiment.model_dump(mode="json", exclude={"students", "precision", "device"})
    return shared, sorted(json.dumps(student, sort_keys=True) for student in taught)
