"""The lab's reports: tables, predictions and pictures of stored runs and of those that ship."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from distill_core.errors import CorruptFile
from distill_core.jobs.pool import WorkerPool
from distill_core.jobs.torch_import import import_torch
from distill_core.lab.views import UnreadableJob
from distill_core.lazy_torch import pd
from distill_core.methods import METHODS
from distill_core.networks import Blueprint
from distill_core.networks.stored import blueprint_of
from distill_core.reports.agreement import Unreadable, unreadable
from distill_core.reports.experiment_report import ExperimentReport, read_experiment_report
from distill_core.reports.images import Disagreement, disagreements, right_answers
from distill_core.reports.masks import DisputedScene, disputed_scenes
from distill_core.reports.prediction_sources import (
    Predictions,
    PredictionSource,
    list_prediction_sources,
    prediction_source,
    read_predictions,
)
from distill_core.reports.readable import experiment_of, is_readable
from distill_core.reports.results import confusion, curves_table, result_row, results_table
from distill_core.reports.summary import against, summarise
from distill_core.reports.sweeps import Sweep, list_sweeps
from distill_core.reports.teaching.activations import pair_activations
from distill_core.reports.teaching.method_view import MethodView, explain_method
from distill_core.reports.voices import Way, newest_adaptations, over_voices
from distill_core.spec import fingerprint
from distill_core.store import Artifact, JobRecord, Store, read
from distill_core.tasks import TaskCatalog

ROW = "its row in the database cannot be read; delete it"


class Reports:
    """Binds the functions of ``reports/`` to one store; import from there what needs no store."""

    def __init__(self, store: Store, tasks: TaskCatalog, pool: WorkerPool) -> None:
        self._store = store
        self._tasks = tasks
        self._pool = pool

    def results(
        self, job_ids: Sequence[str] | None = None, device_key: str | None = None, *, agreement: bool = True
    ) -> pd.DataFrame:
        """A row a run. Latency is this server's on one thread, or the best of the device with a key of ``timings``.

        Without ``agreement`` that column is empty, and no predictions are read.
        """
        return results_table(self._store, job_ids, device_key, agreement=agreement)

    def result(self, run_id: str) -> pd.Series:
        """The row of one run, of any job, without agreement and latency. Raises NotFound."""
        return result_row(self._store, run_id)

    def unreadable(self, job_ids: Sequence[str] | None = None) -> tuple[Unreadable, ...]:
        """The finished runs of these jobs, or of all, that lack a file: what ``results`` and ``summary`` leave out
        (agreement, the verdict of one seed), and how to make it again."""
        return unreadable(self._store, job_ids)

    def left_out(self, job_ids: Sequence[str], kind: str) -> frozenset[str]:
        """The runs of these jobs that came with an archive without this kind of file."""
        return frozenset(link.run.id for link in self._store.runs(job_ids) if kind in link.run.left_out)

    def goes_on(self, job_id: str) -> bool:
        """Whether half-trained networks of a job are kept, from which it goes on where it is started again."""
        return job_id in self._store.half_trained.jobs()

    def results_version(self, job_ids: Sequence[str], *, everywhere: bool = True) -> str:
        """A cache key that changes whenever a number shown for these jobs may have changed: a run that is new, gone or
        trained again, a measurement that is new or gone, a device that was renamed.

        ``everywhere=False`` leaves out the browsers' measurements, which results without a ``device_key`` do not hold.
        """
        return fingerprint(str(self._tasks.home), *self._store.results_version(job_ids, everywhere=everywhere))

    def runs_version(self) -> str:
        """A cache key that changes whenever any job shows another run, or one that was trained again."""
        return fingerprint(str(self._tasks.home), *self._store.runs_version())

    def summary(self, job_id: str, device_key: str | None = None) -> pd.DataFrame:
        """A row a student of one job: teacher, controls, students; accuracy with interval, delta and verdict."""
        return summarise(self.results([job_id], device_key), lambda run_id: right_answers(self._store, run_id))

    def against(self, job_id: str, reference: str) -> pd.DataFrame:
        """The students of one job against one of them: difference and verdict, as in ``summary``."""
        return against(self.results([job_id]), reference, lambda run_id: right_answers(self._store, run_id))

    def curves(self, runs: Mapping[str, str]) -> pd.DataFrame:
        """Curves in long form; ``runs`` maps run ids to the names that the students should have."""
        return curves_table(self._store, runs)

    def insights(self, runs: Mapping[str, str]) -> pd.DataFrame:
        """Readings of these networks while they trained, as ``curves``: ``pull of <part>``, the gradient norm of a
        weighted part of the loss; ``cosine`` between the gradients of labels and teacher; ``ratio``, the norm of the
        teacher's over the labels'; and readings of the method, as a temperature that it learns."""
        return curves_table(self._store, runs, insights=True)

    def blueprint(self, run_id: str) -> Blueprint:
        """The form of a run's network. Raises NotFound, also for a teacher that is no network; CorruptFile."""
        return blueprint_of(self._store.run(run_id), self._tasks)

    def confusion(self, run_id: str) -> np.ndarray:
        """(C, C) counts of test images, a row a true class. Raises NotFound, CorruptFile."""
        return confusion(self._store, run_id)

    def disagreements(self, run_id: str, teacher_run_id: str, limit: int = 24) -> tuple[Disagreement, ...]:
        """Test images that the run and its teacher classify differently.

        Raises: NotFound; CorruptFile; InvalidSetting for two tasks.
        """
        return disagreements(self._store, self._tasks, run_id, teacher_run_id, limit)

    def disputed_scenes(self, run_id: str, teacher_run_id: str) -> tuple[DisputedScene, ...]:
        """Test scenes with the masks of the run and its teacher, those first on which they differ most.

        Raises: NotFound; CorruptFile; InvalidSetting for two tasks.
        """
        return disputed_scenes(self._store, run_id, teacher_run_id)

    def prediction_sources(self, task: str) -> tuple[PredictionSource, ...]:
        """The networks with stored predictions of a task's validation and test images: those that ship, and the
        newest runs. Raises UnknownName."""
        return list_prediction_sources(self._store, self._tasks, task)

    def prediction_source(self, run_id: str) -> PredictionSource:
        """A finished run as one of ``prediction_sources``, however old. Raises NotFound."""
        return prediction_source(self._store, run_id)

    def predictions(self, key: str) -> Predictions:
        """The predictions of the ``PredictionSource`` with this key. Raises NotFound, CorruptFile."""
        return read_predictions(self._store, key)

    def method_view(self, method: str, task: str, teacher: str, student: str) -> MethodView:
        """A method applied to two trained networks: ``shipped:NAME`` of a teacher, or ``run:ID``. Loads torch.

        Raises: UnknownName, NotFound, CorruptFile; InvalidSetting where the method does not work for this pair.
        """
        asked = METHODS.get(method)
        import_torch()
        views: list[MethodView] = []

        def explain() -> None:
            views.append(explain_method(asked, pair_activations(self._store, self._tasks, task, teacher, student)))

        self._pool([[explain]])  # on a thread of low priority, so that neither training nor pages wait for it
        return views[0]

    def sweeps(self, limit: int = 50) -> tuple[Sweep, ...]:
        """Grids, curves and lessons: those that ship, then those among the newest jobs."""
        return list_sweeps(self._store, self._tasks, limit)

    def experiment_report(self, key: str) -> ExperimentReport:
        """The report of the sweep with this key. Raises NotFound, CorruptFile."""
        return read_experiment_report(self._store, self._tasks, key)

    def adaptations(self) -> list[str]:
        """The newest finished job that got a network used to each voice."""
        return [*newest_adaptations(self._store, self._tasks).values()]

    def over_voices(self, job_ids: Sequence[str]) -> tuple[Way, ...]:
        """What getting used to a new voice brought, over the voices of these ``adaptations``."""
        return over_voices(self.results(job_ids, agreement=False)) if job_ids else ()

    def artifact(self, run_id: str, kind: str) -> Path:
        """The file of a run: "weights", "onnx" or "predictions". Raises NotFound, CorruptFile."""
        artifact = self._store.artifact(run_id, kind)  # type: ignore[arg-type]
        if not artifact.is_whole:
            read(artifact)  # raises with the reason
        return artifact.path

    def artifacts(self, run_ids: Sequence[str], kind: str) -> dict[str, Artifact]:
        """The whole files of one kind of these runs, by run id."""
        found = self._store.artifacts(run_ids, kind)  # type: ignore[arg-type]
        return {run_id: artifact for run_id, artifact in found.items() if artifact.is_whole}

    def unreadable_jobs(self, limit: int = 20) -> tuple[UnreadableJob, ...]:
        """The unreadable jobs among the newest, with the reasons; they can be deleted."""
        rows = [UnreadableJob(id=job_id, title=name, why=ROW) for job_id, name in self._store.unreadable_jobs(limit)]
        records = [record for record in self._store.jobs(limit=limit) if not is_readable(record, self._tasks)]
        return *rows, *(
            UnreadableJob(id=record.id, title=record.title, why=self._why_unreadable(record)) for record in records
        )

    def specification(self, job_id: str) -> str:
        """The complete specification of a job, as JSON. Raises NotFound."""
        return self._store.job(job_id).specification

    def with_finished(self, job_ids: Sequence[str], *, students: bool = False) -> set[str]:
        """Those of these jobs that have a finished network, or a finished student."""
        return self._store.with_finished(job_ids, students=students)

    def count_runs(self, job_ids: Sequence[str]) -> int:
        """The number of runs that these jobs show."""
        return self._store.count_runs(job_ids)

    def _why_unreadable(self, record: JobRecord) -> str:
        try:
            experiment_of(record, self._tasks)
        except CorruptFile as error:
            return str(error)
        return ""  # it can be read
