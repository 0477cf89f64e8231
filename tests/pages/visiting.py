"""Pages and a task of any kind: its own comparison made short, and what each page shows of it."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from distill_core.lab import JobView, Lab
from distill_core.spec import Budget, TrainedTeacher
from distill_core.tasks import TASKS
from tests.pages.conftest import Open
from tests.quick import QUICK_TIMER

Places = Mapping[tuple[str, str], Mapping[str, str]]  # a page and one of its parts, and what opens it


def compared(lab: Lab, task: str, *, teacher: str, width: float) -> JobView:
    """The comparison that a task begins with, finished after a few updates, with a small teacher of its own."""
    short = {"budget": Budget(updates=16, batch_size=16), "views": 2}
    taught = TrainedTeacher(architecture=teacher, width=width, budget=short["budget"])
    experiment = TASKS.get(task).default.model_copy(update={**short, "teacher": taught})
    job = lab.wait(lab.submit(experiment), 120)
    assert (job.state, job.error) == ("finished", None)
    rows = lab.reports.results([job.id])
    assert set(rows["state"]) == {"finished"}
    assert rows["p50_ms"].notna().all()
    return job


@dataclass(frozen=True)
class Compared:
    """The home of a finished comparison, which no test changes, and its job."""

    home: Path
    job_id: str


def compared_in(
    home: Path,
    task: str,
    *,
    teacher: str,
    width: float,
    before: Callable[[Lab, pytest.MonkeyPatch], None] = lambda lab, patched: None,
) -> Compared:
    """``compared`` once for all tests of a file: their fixture ``compared_once``."""
    with pytest.MonkeyPatch.context() as patched, closing(Lab.open(home, timer=QUICK_TIMER)) as lab:
        before(lab, patched)
        return Compared(home, compared(lab, task, teacher=teacher, width=width).id)


def visit(screen: Open, job: JobView, *, shown: Places, refused: Places, told: str) -> None:
    """Each place opens without an error, and those that are refused say ``told``."""
    for (name, part), where in {**shown, **refused}.items():
        page = screen(name, **({"job": job.id} if name != "home" else {}), **where)
        assert ((name, part), [*page.exception], [*page.error], [*page.warning]) == ((name, part), [], [], [])
        assert not [one.value for one in page.info if "expected" in one.value], (name, part)
        said = [one.value for one in page.info if one.value.startswith(told)]
        assert (name, part, len(said)) == (name, part, int((name, part) in refused))
