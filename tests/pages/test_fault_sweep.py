"""Every page in every view, over every prefix of a job, every file that is gone or another one, every row that cannot
be read: it is drawn, what is whole is shown, and what is not is named with what to do about it.

Pages, views, files, tables, columns and numbers are found by looking. Pairs of a fault and a view take turns: each
fault is drawn somewhere, and each view over many faults.
"""

import functools
import json
import shutil
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import ui
from distill_core.events import (
    Event,
    GradientPoint,
    Progress,
    RunFailed,
    RunFinished,
    RunStarted,
    TrainPoint,
    ValidPoint,
)
from distill_core.lab import Lab
from tests.pages import faults
from tests.pages.faults import Fault
from tests.pages.sweeping import PAGES, Swept, View, fill, told
from tests.quick import QUICK_TIMER

LIVE = {("train_show", "Watch"), ("part", "Compare methods"), ("view", "Grid search (T × α)")}
STATES = ("failed", "running", "stopped", "queued", "interrupted", "finished", "paused")
REFUSED = ("Something went wrong",)
CANNOT = "cannot be read whole"


@pytest.fixture(scope="module")
def swept(trained_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Swept]:
    folder = tmp_path_factory.mktemp("swept")
    home = folder / "home"
    shutil.copytree(trained_once, home)
    fill(home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DISTILL_HOME", str(home))
        patch.setattr(Lab, "open", functools.partial(Lab.open, timer=QUICK_TIMER))
        ui.close()
        opened = Swept.open(home, folder / "whole")
        yield opened
        ui.close()
        opened.other.close()


class Sweep:
    """Draws, and remembers what was wrong: one failure names all cases."""

    def __init__(self, swept: Swept, unforeseen: list[Exception]) -> None:
        self.swept, self.found = swept, list[str]()
        self._unforeseen = unforeseen

    def draw(self, view: View, case: str) -> AppTest:
        page = self.swept.draw(view)
        wrong = [str(one.value) for one in page.exception]
        wrong += [f"{one!r} at {_place(one)}" for one in self._unforeseen]
        notes = (*page.error, *page.warning)
        wrong += [f"{one.proto.title}: {one.value}" for one in notes if one.proto.title in REFUSED]
        self._unforeseen.clear()
        self.found += [f"{view[0]} {dict(view[1])}, {case}: {one}" for one in wrong]
        return page

    def over(self, fault: Fault, views: list[View]) -> list[AppTest]:
        self.swept.restore()
        fault.make(self.swept)
        self.swept.forget()
        return [self.draw(view, fault.what) for view in views]


@pytest.fixture
def sweep(swept: Swept, unforeseen: list[Exception]) -> Iterator[Sweep]:
    made = Sweep(swept, unforeseen)
    swept.restore()
    yield made
    assert made.found == []


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)[:-6:-1]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)


def views(swept: Swept) -> list[View]:
    return [view for page in PAGES for view in swept.views(page)]


def shows_experiment(page: AppTest, swept: Swept) -> bool:
    chosen = [str(box.value) for box in page.selectbox] + [str(one) for box in page.multiselect for one in box.value]
    return any(name.endswith(job) for name in chosen for job in swept.jobs)


def test_over_a_whole_home_nothing_is_missing(sweep):
    for name in PAGES:
        assert CANNOT not in told(sweep.draw(sweep.swept.views(name)[0], "whole"))


@pytest.mark.parametrize("name", PAGES)
def test_every_prefix_of_a_job_is_drawn(sweep, name):
    for place, view in enumerate(sweep.swept.views(name), start=len(name)):
        for runs, state in ((1, "running"), ((place % 4 + 2) % 5, STATES[place % len(STATES)])):
            sweep.swept.restore()
            sweep.swept.cut(state, runs, measured=bool(place % 2))
            sweep.draw(view, f"{state} with {runs} networks")


def test_every_prefix_of_what_a_job_tells_is_drawn(sweep, monkeypatch):
    swept, queue = sweep.swept, sweep.swept.lab._queue
    live = [view for view in views(swept) if view[0] in ("compress", "home") or LIVE & set(view[1])]
    assert {part for view in live for part in view[1]} >= LIVE
    monkeypatch.setattr(queue, "position", lambda job_id: 0)
    for said in range(8):
        swept.restore()
        swept.cut("running", 1, measured=False)
        monkeypatch.setattr(queue, "events", lambda job_id, start=0, said=said: _events(swept.lab, job_id)[:said])
        for view in live[said % 2 :: 2]:
            sweep.draw(view, f"{said} events")


def _events(lab: Lab, job_id: str) -> tuple[Event, ...]:
    """What a job tells at first; its first network fails."""
    names = json.loads(lab.reports.specification(job_id))["students"]
    first, second = (f"{one['name']}/0" for one in (names[0], names[-1]))
    return (
        Progress("Training", 0, 10),
        RunStarted(first, names[0]["name"], 0),
        TrainPoint(first, 1, 2.0, {"hard": 2.0}),
        GradientPoint(first, 1, {"pull of hard": 1.0}),
        RunFailed(first, "it diverged"),
        ValidPoint(second, 1, 0.5),
        RunFinished(second, 0.5),
        Progress("Measuring latency", 9, 10, 1.0),
    )


@pytest.mark.parametrize("name", PAGES)
def test_every_file_that_is_not_what_was_stored_is_named(sweep, name):
    known, named = faults.files(sweep.swept), 0
    for place, view in enumerate(sweep.swept.views(name), start=4 * PAGES.index(name)):
        fault = known[place % len(known)]
        (page,) = sweep.over(fault, [view])
        offers = any(button.label.startswith("Make it again") for button in page.button)
        if name == "home" or shows_experiment(page, sweep.swept):
            named += 1
            if not (CANNOT in told(page) and offers):
                sweep.found.append(f"{view}, {fault.what}: not named")
    if not named:  # a page that shows no experiment
        sweep.swept.restore()
        assert not any(shows_experiment(sweep.draw(view, "whole"), sweep.swept) for view in sweep.swept.views(name))


def test_what_is_damaged_is_made_again_and_no_finished_job_answers_for_it(sweep, monkeypatch):
    swept, lab = sweep.swept, sweep.swept.lab
    monkeypatch.setattr(lab, "_enqueue", lambda job_id, plan: None)
    (job,) = [job for job in lab.jobs() if job.id == swept.jobs[0]]
    assert lab.plan(job.experiment).job_id == job.id
    for fault in faults.files(swept):
        swept.restore()
        fault.make(swept)
        lost = [one.student for one in lab.reports.unreadable([job.id])]
        assert (fault.what, lost) == (fault.what, ["KD, all"])
        plan = lab.plan(job.experiment)
        assert (plan.job_id, [run.student for run in plan.runs if not run.stored]) == (None, ["KD, all"])
        assert lab.restart(job.id) != job.id


def test_one_specification_that_cannot_be_read_takes_no_other_experiment(sweep):
    every, job_id = views(sweep.swept), sweep.swept.jobs[0]
    for place, fault in enumerate(faults.names(sweep.swept)):
        home, _ = sweep.over(fault, [("home", ()), every[(5 * place) % len(every)]])
        assert any(f"#{job_id} · cannot be read" in one.value for one in home.markdown)
        assert home.button(key=f"delete_{job_id}").label == "Delete"
        assert {job.id for job in sweep.swept.lab.jobs()} == set(sweep.swept.jobs[1:])
    home.button(key=f"delete_{job_id}").click().run()
    assert not any(job_id in one.value for one in home.markdown)
    assert sweep.swept.sql("SELECT id FROM jobs WHERE id = ?", job_id) == []


@pytest.mark.parametrize("kind", [faults.tables, faults.columns, faults.scores])
def test_half_full_tables_and_rows_that_cannot_be_read_are_drawn(sweep, kind: Callable[[Swept], list[Fault]]):
    every = views(sweep.swept)
    for place, fault in enumerate(kind(sweep.swept)):
        sweep.over(fault, [every[(7 * place) % len(every)]])


def test_a_run_that_cannot_be_read_is_left_out_alone_and_named(sweep):
    swept, lab = sweep.swept, sweep.swept.lab
    before = set(lab.reports.results(agreement=False)["run_id"])
    for fault in faults.columns(swept, of_runs=True):
        swept.restore()
        fault.make(swept)
        lost = before - set(lab.reports.results(agreement=False)["run_id"])
        assert (fault.what, len(lost) <= 1) == (fault.what, True)
        assert (fault.what, lost - {one.run_id for one in lab.reports.unreadable(None)}) == (fault.what, set())
