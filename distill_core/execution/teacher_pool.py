"""The teachers of a job's students: the experiment's teacher, or finished students of the job.

Source: teacher assistants, arXiv:1902.03393; born-again networks, arXiv:1805.04770.
"""

from collections.abc import Mapping, Sequence

from distill_core.accelerator import ResolvedDevice
from distill_core.errors import said
from distill_core.machine import ResolvedPrecision
from distill_core.networks.weights import from_bytes
from distill_core.planning.runs import PlannedRun
from distill_core.store import RunRecord, Store
from distill_core.training.teacher_outputs import FrozenTeacher, Teacher


class TeacherPool:
    """Teachers are always loaded from the store, so a student is bit-identical whichever job trained its teacher.
    ``runs``: the job's stored runs by key, which the job adds to. The constructor raises nothing."""

    def __init__(
        self,
        first: Teacher,
        runs: Mapping[str, RunRecord],
        store: Store,
        precision: ResolvedPrecision,
        device: ResolvedDevice = "cpu",
    ) -> None:
        self.first = first
        self._runs = runs
        self._store = store
        self._precision = precision
        self._device = device
        self._kept: dict[str, Teacher] = {}

    def unavailable_reason(self, planned: PlannedRun) -> str | None:
        """The reason why a student's teacher does not exist; None where it does."""
        teacher_run = self._runs[planned.taught_by] if planned.taught_by else None
        if teacher_run is None or teacher_run.state == "finished":
            return None
        name = planned.student.taught_by
        return said(
            "{name!r} (seed {seed}) should have taught it and failed: {why}", name, planned.seed, teacher_run.message
        )

    def teacher_of(self, planned: PlannedRun) -> Teacher:
        """The teacher of a student, cached until ``evict_except``. Raises NotFound, CorruptFile."""
        if planned.taught_by is None:
            return self.first
        if planned.taught_by not in self._kept:
            self._kept[planned.taught_by] = self._loaded(planned)
            self._kept[planned.taught_by].caches = self.first.caches
        return self._kept[planned.taught_by]

    def evict_except(self, part: Sequence[PlannedRun]) -> None:
        """Evict cached teachers that no run in ``part`` needs."""
        for key in self._kept.keys() - {planned.taught_by for planned in part}:
            self.first.caches.drop(self._kept.pop(key))

    def _loaded(self, planned: PlannedRun) -> FrozenTeacher:
        run = self._runs[str(planned.taught_by)]
        assert planned.teacher_blueprint is not None  # it is a student
        network = from_bytes(planned.teacher_blueprint, self._store.read_artifact(run.id, "weights"))
        return FrozenTeacher(network, self._precision, device=self._device)
