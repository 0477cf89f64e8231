"""The lab's archives: experiments as one file that another lab, or this one later, takes in."""

import re
from collections.abc import Sequence, Set
from pathlib import Path
from typing import Any, cast

from distill_core.archive import Archive, ArchiveHeader, FileKind, open_archive, refused, write_archive
from distill_core.bounded_json import decode_bounded
from distill_core.deployment.file_checks import check_onnx, check_safetensors
from distill_core.deployment.model_file import known_graph
from distill_core.errors import CorruptFile, DistillError, InvalidSetting, Names, UnknownName, said
from distill_core.evaluation.kept_examples import kept_examples
from distill_core.machine import environment
from distill_core.planning.archived_runs import check_fingerprints
from distill_core.reports.agreement import agreements
from distill_core.reports.predictions import CLASSES, LABELS, LOGITS, arrays_of
from distill_core.reports.readable import experiment_of
from distill_core.store import Archived, Store, archived
from distill_core.store.artifacts import NAMES
from distill_core.tasks import Task, TaskCatalog
from distill_core.tasks.base import IGNORE

# Own data among the tasks of a specification.
OWN_TASK = re.compile(r'"task":\s*"(own_[0-9a-f]{16})"')


class Archives:
    """Packs and unpacks experiments of one store."""

    def __init__(self, store: Store, tasks: TaskCatalog) -> None:
        self._store = store
        self._tasks = tasks

    def pack(
        self, job_ids: Sequence[str], *, files: bool = True, origins: bool = True, title: str = "", **told: str
    ) -> bytes:
        """Ended experiments as an archive; equal contents give equal bytes. ``title`` is by default that of the
        experiments; ``told`` may be ``command``, which makes them again, ``origin`` and ``licence``. Without ``files``
        the scores keep the agreement with the teacher, which is computed from predictions else. ``origins``: an
        experiment that trained what another one starts as comes along, so that this one can be checked and repeated.

        Raises: NotFound; InvalidSetting for an open experiment, for none or for too many.
        """
        if not job_ids:
            raise InvalidSetting("an export", expected="an experiment", got="none", hint="choose one")
        asked = list(dict.fromkeys(job_ids))
        rows, stored = self._store.archive_rows(self._with_origins(asked) if origins else asked)
        if not files:
            stored, rows["artifacts"] = {}, []
            self._keep_agreement([str(row["id"]) for row in rows["jobs"]], rows["runs"])
        titles = [row.get("name") or row["title"] for row in rows["jobs"] if row["id"] in asked]
        return write_archive(
            rows,
            {sha256: (_format(file.kind), file.path) for sha256, file in stored.items()},
            title=(title or "; ".join(titles))[:2_000],
            environment=environment(),
            **told,
        )

    def _with_origins(self, job_ids: Sequence[str]) -> list[str]:
        """The jobs, and the oldest ended one that shows each run that a student of one of them starts from."""
        found = list(job_ids)
        for job_id in found:  # it grows meanwhile
            try:
                students = experiment_of(self._store.job(job_id), self._tasks).students
            except DistillError:  # packed as it is, or told by what packs it
                continue
            for run_id in filter(None, (student.start.run for student in students if student.start)):
                showing = self._store.showing(run_id)
                if not set(showing) & set(found):
                    found += showing[:1]
        return found

    def _keep_agreement(self, job_ids: Sequence[str], runs: list[dict[str, Any]]) -> None:
        agreed = {run_id: share for (_, run_id), share in agreements(self._store, self._store.runs(job_ids)).items()}
        for run in runs:
            if agreed[run["id"]] is not None:
                run["scores"] = {**run["scores"], "agreement": agreed[run["id"]]}

    def look(self, source: bytes | Path) -> ArchiveHeader:
        """What an archive tells of itself. Raises CorruptFile."""
        with open_archive(source) as archive:
            return archive.header

    def unpack(self, source: bytes | Path) -> tuple[str, ...]:
        """Take in all experiments of an archive, or nothing; returns their jobs. What is there already is kept.

        Raises: CorruptFile, with the reason, for an archive that this lab does not take; StorageFailed.
        """
        with open_archive(source) as archive:
            of = archived(archive.rows)
            self._check(archive, of)
            graphs, tasks = _graphs(of), self._predicted(of)

            def read(sha256: str) -> bytes:
                return _checked(archive, sha256, graphs.get(sha256, set()), tasks.get(sha256, []))

            return self._store.file_archive(of, read)

    def check_whole(self, path: Path) -> None:
        """Raise CorruptFile where ``unpack_own`` would not take an archive."""
        with open_archive(path) as archive:
            archived(archive.rows)

    def unpack_own(self, source: bytes | Path) -> tuple[str, ...]:
        """Take in an archive that ships with the lab, or that this lab packed and kept to itself: its contents are not
        checked again. A version that this lab no longer makes, or one that names what is not here, is taken too.

        Raises: CorruptFile; StorageFailed.
        """
        with open_archive(source, own=True) as archive:
            return self._store.file_archive(archived(archive.rows, own=True), archive.read)

    def _check(self, archive: Archive, of: Archived) -> None:
        listed = {sha256: file.kind for sha256, file in archive.files.items()}
        named = {sha256: _format(kind) for run in of.runs.values() for kind, sha256 in run.files.items()}
        if listed != named:
            raise refused("the files of its runs", "others")
        self._check_data(of)
        for job in of.jobs:
            try:
                experiment = experiment_of(job.record, self._tasks)
            except CorruptFile as error:
                raise refused("experiments that this lab knows", error.__cause__ or error, "update this lab") from error
            if job.plan is not None:
                decode_bounded(job.plan.encode(), "a plan")
            check_fingerprints(job, experiment, of.runs, self._store, self._tasks)

    def _check_data(self, of: Archived) -> None:
        """Raise CorruptFile where experiments are on own data that this lab has never had: an archive has none."""
        named = {name for job in of.jobs for name in OWN_TASK.findall(job.record.specification)}
        missing = {name for name in named if name not in self._tasks}
        if missing:
            got = said("some on {names}, which it lacks", Names(sorted(missing)))
            hint = "an archive holds no own data: add the same files here first, with the same settings"
            raise refused("experiments on data that this lab has", got, hint)

    def _predicted(self, of: Archived) -> dict[str, list[Task]]:
        """The tasks of the runs of each file of predictions, by SHA-256."""
        tasks: dict[str, list[Task]] = {}
        for run in of.runs.values():
            if "predictions" in run.files:
                tasks.setdefault(run.files["predictions"], []).append(self._task(run.record.task))
        return tasks

    def _task(self, name: str) -> Task:
        try:
            return self._tasks.get(name)
        except UnknownName as error:
            raise refused("runs of tasks that this lab knows", error, "update this lab") from error


def _checked(archive: Archive, sha256: str, graphs: Set[str], tasks: Sequence[Task]) -> bytes:
    data = archive.read(sha256)
    for task in tasks:
        _check_predictions(data, task)
    if archive.files[sha256].kind == "onnx":
        check_onnx(data, graphs)
    else:
        check_safetensors(data)
    return data


def _check_predictions(data: bytes, task: Task) -> None:
    """Raises CorruptFile unless these are the logits that are kept of the task's validation and test examples, or of
    fewer where these have positions or are ranked, and then the classes of all test examples."""
    arrays, positions = arrays_of(data), task.target.positions
    some = positions or (CLASSES in arrays and task.metric != "accuracy")
    kept = [kept_examples(count, positions) for count in (task.counts.valid, task.counts.test)]
    got = [arrays[name].shape for name in LOGITS]
    fewer = [min(count, len(arrays[name])) for count, name in zip(kept, LOGITS, strict=True)] if some else kept
    if got != [(count, len(task.classes), *positions) for count in fewer]:
        expected = [(count, len(task.classes), *positions) for count in kept]
        raise refused(said("logits {expected} of validation and test examples of {task}", expected, task.title), got)
    answers_N = arrays.get(CLASSES)
    if answers_N is not None and (len(answers_N) != task.counts.test or answers_N.max() >= len(task.classes)):
        raise refused(said("a class for each test example of {task}", task.title), answers_N.shape)
    targets_N = arrays[LABELS][arrays[LABELS] != IGNORE]
    if targets_N.size and not 0 <= targets_N.min() <= targets_N.max() < len(task.classes):
        raise refused(said("labels that are classes of {task}", task.title), f"{targets_N.min()} – {targets_N.max()}")


def _graphs(of: Archived) -> dict[str, set[str]]:
    """The hashes of its graph that runs tell of each of their own ONNX files, by SHA-256."""
    graphs: dict[str, set[str]] = {}
    for run in of.runs.values():
        if "onnx" in run.files:
            graphs.setdefault(run.files["onnx"], set()).add(known_graph(run.record))
    return graphs


def _format(kind: str) -> FileKind:
    return cast(FileKind, NAMES[kind].rpartition(".")[2])
