"""Who teaches each network of a job: the experiment's teacher, or another network of the job once that is finished.

Source: teacher assistants, arXiv:1902.03393; born-again networks, arXiv:1805.04770.
"""

from collections.abc import Mapping, Sequence

from distill_core.machine import ResolvedPrecision
from distill_core.networks.weights import from_bytes
from distill_core.planning.runs import PlannedRun
from distill_core.store import RunRecord, Store
from distill_core.training.teacher_outputs import FrozenTeacher

__all__ = ["TeacherPool"]


class TeacherPool:
    """A network of the job teaches as it is stored: whether this job trained it or another changes no bit of whom it
    teaches. ``runs`` are those of the job that are stored, by key; it grows meanwhile."""

    def __init__(
        self, first: FrozenTeacher, runs: Mapping[str, RunRecord], store: Store, precision: ResolvedPrecision
    ) -> None:
        self.first = first
        self._runs = runs
        self._store = store
        self._arithmetic = precision
        self._kept: dict[str, FrozenTeacher] = {}

    def unavailable_reason(self, one: PlannedRun) -> str | None:
        """The reason why nobody can teach a network, None where somebody can."""
        above = self._runs[one.taught_by] if one.taught_by else None
        if above is None or above.state == "finished":
            return None
        return f"{one.student.taught_by!r} (seed {one.seed}) should have taught it and failed: {above.message}"

    def teacher_of(self, one: PlannedRun) -> FrozenTeacher:
        """Who teaches a network; it is kept until ``evict_except``. Raises NotFound, CorruptFile."""
        if one.taught_by is None:
            return self.first
        if one.taught_by not in self._kept:
            self._kept[one.taught_by] = self._loaded(one)
        return self._kept[one.taught_by]

    def evict_except(self, part: Sequence[PlannedRun]) -> None:
        """Let go of everybody who teaches nobody of these."""
        expected = {one.taught_by for one in part}
        self._kept = {key: teacher for key, teacher in self._kept.items() if key in expected}

    def _loaded(self, one: PlannedRun) -> FrozenTeacher:
        run = self._runs[str(one.taught_by)]
        network = from_bytes(one.teacher_blueprint, self._store.read_artifact(run.id, "weights"))
        return FrozenTeacher(network, self._arithmetic)
