"""Pages against the real lab: a home that is empty, and one in which a small comparison was trained once."""

import functools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import ui
from distill_core.lab import Lab
from distill_core.store import JobRecord, JobState, Store
from distill_core.store.process import this_process
from tests.quick import QUICK_TIMER, experiment
from tests.records import job_record

ROOT = Path(__file__).resolve().parents[2]
FIRST_IMPORT_SECONDS = 60

Open = Callable[..., AppTest]


@pytest.fixture(scope="session")
def trained_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one finished job: two students of one seed, their control and their teacher."""
    home = tmp_path_factory.mktemp("trained")
    lab = Lab.open(home, timer=QUICK_TIMER)
    job = lab.wait(lab.submit(experiment()), timeout_seconds=120)
    lab.close()
    assert (job.state, job.error) == ("finished", None)
    return home


@pytest.fixture
def trained(home: Path, trained_once: Path) -> Path:
    """This test's own copy of that home."""
    shutil.copytree(trained_once, home, dirs_exist_ok=True)
    return home


@pytest.fixture
def lab(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """The lab that the pages of this test ask. Ask for ``trained`` before it where there should be a result."""
    monkeypatch.setattr(Lab, "open", functools.partial(Lab.open, timer=QUICK_TIMER))
    ui.close()
    opened = ui.lab()
    yield opened
    # What a test queued has come to its end before the next lab trains: exports of two threads meet in torch.
    for job in opened.queue():
        if job.position is not None:
            opened.stop(job.id)
            opened.wait(job.id, 60)
    ui.close()


@pytest.fixture
def screen(lab: Lab) -> Open:
    """Opens a page, by the name of its file, with query parameters."""

    def opened(page: str, **parameters: str) -> AppTest:
        found = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=FIRST_IMPORT_SECONDS)
        if page != "home":
            found.run()
            found.switch_page(f"../pages/{page}.py")
        for key, value in parameters.items():
            found.query_params[key] = value
        return found.run()

    return opened


@pytest.fixture
def filed(home: Path) -> Callable[..., JobRecord]:
    """Files a job in a state, as another part of this process would."""

    def file(job_id: str, state: JobState, **changes: object) -> JobRecord:
        specification = changes.pop("specification", experiment().to_json())
        record = job_record(job_id, specification, state=state, process=this_process(), **changes)
        store = Store.open(home)
        store.add_job(record)
        store.close()
        return record

    return file
