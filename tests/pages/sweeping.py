"""A home with one of everything, drawn by every page in every view of it, and put right again after each fault."""

import functools
import shutil
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

import ui
from distill_core.lab import Lab
from distill_core.planning.initialization import step_of
from distill_core.planning.job_plan import resolve
from distill_core.planning.runs import PlannedRun
from distill_core.planning.stored_runs import find_stored_runs
from distill_core.reports.description import title
from distill_core.robustness.evaluate import conditions, version_of
from distill_core.spec import Experiment, fingerprint
from distill_core.store import Device, JobState, RobustnessScore, RunRecord, Store
from distill_core.tasks import TASKS
from distill_core.templates.compression_chain import CompressionChain, CompressionStage, TrainingStage, chain_experiment
from distill_core.templates.grid import GridSpec, grid_experiment
from distill_core.templates.method_comparison import MethodComparison, comparison_experiment
from tests.pages.conftest import FIRST_IMPORT_SECONDS, ROOT
from tests.quick import experiment
from tests.records import job_record
from tests.store.records import NOON, a_measurement
from ui import kept
from ui.screens.temperature import grid_form

__all__ = ["DATABASE", "PAGES", "Swept", "View", "fill", "told"]

PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
DATABASE = "lab.sqlite"
# Kept by what never changes in a lab: the runs that were looked at.
BY_RUN = ("portrait", "gallery answers")

View = tuple[str, tuple[tuple[str, str], ...]]  # a page, and what its address says


def fill(home: Path) -> None:
    """Beside the comparison that was trained in this home: a grid, a comparison of methods and a pipeline whose runs
    have its networks' files and numbers; its runs on spoiled images; and what a browser measured."""
    store = Store.open(home)
    (trained,) = store.jobs()
    donors = {linked.student: linked.run for linked in store.runs([trained.id])}
    small = experiment()
    shared: dict[str, Any] = {"task": small.task, "teacher": small.teacher, "budget": small.budget}
    network: dict[str, Any] = {"architecture": "plain_cnn", "width": 0.5, "labels": 100}
    sweep = GridSpec(**shared, **network, temperatures=(1.0, 4.0), alphas=(0.5, 0.9), seeds=3)
    comparison = MethodComparison(**shared, **network, stem_stride=1, methods=("dkd",), seeds=3)
    links = (
        CompressionStage(step="slice", width=0.5),
        TrainingStage(),
        CompressionStage(step="int8", parameters={"images": 32.0}),
    )
    teacher = resolve(small, store, TASKS).teacher.blueprint
    for number, asked in enumerate(
        (
            grid_experiment(sweep),
            comparison_experiment(comparison),
            chain_experiment(CompressionChain(**shared, links=links), teacher),
        )
    ):
        _file(store, f"{number:x}" * 16, asked, donors)
    images = int(donors["KD"].scores["test_images"])
    for linked in store.runs([trained.id]):
        store.keep_robustness_scores(
            [
                _trial(linked.run, cell)
                for cell in conditions(TASKS.get(small.task), images, None, ("fgsm", "pgd"), (1, 2, 4, 8))
            ]
        )
    graph = donors["KD"].scores["graph"]
    phone = a_measurement(
        run_id=donors["KD"].id, graph=graph, provider="wasm-1", place="browser", device_id="d" * 32, uid="e" * 32
    )
    store.keep_measurement(phone, Device(id="d" * 32, label="A phone", described="a phone", seen_at=NOON))
    store.close()
    with sqlite3.connect(home / DATABASE) as connection:  # the newest is what pages show first
        connection.execute("UPDATE jobs SET filed = 99 WHERE id = ?", (trained.id,))
    connection.close()


def _file(store: Store, job_id: str, asked: Experiment, donors: dict[str, RunRecord]) -> None:
    plan = resolve(asked, store, TASKS)
    found, full = find_stored_runs(plan, store), plan.experiment
    store.add_job(
        job_record(
            job_id,
            full.to_json(),
            fingerprint=plan.fingerprint,
            title=title(full),
            state=JobState.FINISHED,
            owner=store.lab_id,
        )
    )
    links = list(found.links())
    for one in plan.runs:
        if found.students[one.key] is None:
            donor = donors["control" if one.role == "control" else "KD"]
            run = _run(one, donor)
            files = {kind: store.read_artifact(donor.id, kind) for kind in ("weights", "onnx", "predictions")}
            store.save_run(run, curves=store.curves(donor.id), files=files)
            links.append(plan.link(one, run))
    for link in links:
        store.link_run(
            job_id, link.run_id, position=link.position, student=link.student, role=link.role, taught_by=link.taught_by
        )


def _run(one: PlannedRun, donor: RunRecord) -> RunRecord:
    student, scores = one.student, dict(donor.scores)
    if student.start is not None:
        step = step_of(student)
        scores |= {"step": step.name if step else "train", "step_notes": {}, "trainings": 1}
        scores |= {"form": fingerprint(one.blueprint.to_dict())[:16]}
        scores |= {"file": step.file} if step and step.file else {}
    shared = ("architecture", "width", "stem_stride", "method", "temperature", "alpha", "labels", "transfer")
    given = {name: getattr(student, name) for name in shared}
    return replace(
        donor,
        **given,
        id=one.fingerprint[:16],
        fingerprint=one.fingerprint,
        role=one.role,
        student=student.name,
        seed=one.seed,
        scores=scores,
    )


def _trial(run: RunRecord, cell: Any) -> RobustnessScore:
    accuracy = float(run.scores["test_accuracy"]) * (1 - cell.strength / 20)
    return RobustnessScore(
        run_id=run.id,
        disturbance=cell.perturbation,
        strength=cell.strength,
        images=cell.images,
        version=version_of(cell.perturbation),
        accuracy=accuracy,
        ece=0.1,
        nll_nats=1.0,
        confidence=0.5,
        created_at=NOON,
    )


@dataclass
class Swept:
    """The lab over that home. ``other``: the store of a lab that is open beside it, which owns what runs elsewhere."""

    home: Path
    lab: Lab
    other: Store
    whole: Path
    jobs: tuple[str, ...] = ()
    _views: dict[str, list[View]] = field(default_factory=dict)

    @classmethod
    def open(cls, home: Path, whole: Path) -> "Swept":
        """The lab in ``home``, which ``whole`` keeps as it is now."""
        other, lab = Store.open(home), ui.lab()
        whole.mkdir()
        shutil.copytree(home / "runs", whole / "runs")
        with closing(sqlite3.connect(home / DATABASE)) as source, closing(sqlite3.connect(whole / DATABASE)) as there:
            source.backup(there)
        return cls(home, lab, other, whole, tuple(job.id for job in lab.jobs()))

    def restore(self) -> None:
        """Put everything right, and forget what was read."""
        with closing(sqlite3.connect(self.whole / DATABASE)) as source, self._database() as live:
            source.backup(live)
        for path in self.files():
            there = self.home / path
            if not there.exists() or there.read_bytes() != (self.whole / path).read_bytes():
                there.parent.mkdir(exist_ok=True)
                shutil.copy(self.whole / path, there)
        self.forget()

    def forget(self) -> None:
        """What was computed from runs is computed anew."""
        self.moment = getattr(self, "moment", 0) + 1
        self.sql("UPDATE runs SET created_at = ?", f"2026-01-01 00:00:00.{self.moment:06d}")
        for kind in BY_RUN:
            kept.forget(kind)
        for name, module in list(sys.modules.items()):
            if name.startswith(("distill_core.reports", "distill_core.store", "distill_core.lab")):
                for one in vars(module).values():
                    if isinstance(one, functools._lru_cache_wrapper) and one.__name__ in (
                        "_read",
                        "_answers_N",
                        "_kept",
                        "_shape",
                        "_specification",
                    ):
                        one.cache_clear()

    def files(self) -> list[Path]:
        """All files of runs, found by looking."""
        return sorted(path.relative_to(self.whole) for path in self.whole.rglob("runs/*/*") if path.is_file())

    def cut(self, state: str, runs: int, *, measured: bool) -> None:
        """Leave all experiments as they are while, or after, so many of their networks are stored."""
        self.sql("UPDATE jobs SET state = ?, owner = ?", state, self.other.lab_id)
        self.sql("DELETE FROM job_runs WHERE position >= ?", runs)
        if not measured:
            self.sql("DELETE FROM measurements")

    def tables(self) -> list[str]:
        return [name for (name,) in self.sql("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]

    def columns(self, table: str) -> dict[str, str]:
        """The columns of a table that are no part of its key, and their types."""
        return {row[1]: row[2].partition("(")[0] for row in self.sql(f"PRAGMA table_info({table})") if not row[5]}

    def runs(self, role: str) -> list[str]:
        """The runs of the newest experiment with this role."""
        asked = "SELECT run_id FROM job_runs WHERE job_id = ? AND role = ? ORDER BY position"
        return [run_id for (run_id,) in self.sql(asked, self.jobs[0], role)]

    def one_student_each(self) -> list[str]:
        """The last student of every experiment."""
        asked = "SELECT run_id FROM job_runs WHERE job_id = ? AND role = 'student' ORDER BY position DESC LIMIT 1"
        return sorted({self.sql(asked, job)[0][0] for job in self.jobs})

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._database() as connection:
            return connection.execute(statement, values).fetchall()

    def sql_many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        with self._database() as connection:
            connection.executemany(statement, rows)

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.home / DATABASE)
        connection.execute("PRAGMA synchronous = OFF")  # the disk need not outlive a fault
        with connection:
            yield connection
        connection.close()

    def draw(self, view: View, **more: str) -> AppTest:
        page, query = view
        found = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=FIRST_IMPORT_SECONDS)
        if page != "home":
            found.switch_page(f"../pages/{page}.py")
        for key, value in {**dict(query), **more}.items():
            found.query_params[key] = value
        return found.run()

    def views(self, page: str) -> list[View]:
        """The page with each of its tabs open, as it draws them over the whole home."""
        if page not in self._views:
            more = {"temperature": (("task_seen", "digits"), ("grid", self._grid()))}.get(page, ())
            tabs = dict(_tabs(self.draw((page, more))._tree))
            opened = [((key, label), *more) for key, labels in tabs.items() for label in labels]
            self._views[page] = [(page, query) for query in opened or [more]]
        return self._views[page]

    def _grid(self) -> str:
        """How the page Temperature calls the grid that is stored here."""
        return next(grid_form.label(study) for study in self.lab.reports.sweeps() if study.grid and not study.shipped)


def _tabs(node: Any) -> Iterator[tuple[str, list[str]]]:
    """The key and the labels of everything with tabs that the address opens."""
    proto = getattr(node, "proto", None)
    children = list(getattr(node, "children", {}).values())
    if type(proto).__name__ == "Block" and proto.HasField("tab_container") and proto.tab_container.query_param_key:
        yield proto.tab_container.query_param_key, [child.label for child in children]
    for child in children:
        yield from _tabs(child)


def told(page: AppTest) -> str:
    """All that a page says."""
    parts = (*page.markdown, *page.caption, *page.info, *page.warning, *page.error)
    return "\n".join(f"{getattr(part.proto, 'title', '')} {part.value}" for part in parts)
