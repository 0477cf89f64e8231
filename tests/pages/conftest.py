"""Pages against the real lab: a home that is empty, and one in which a small comparison was trained once."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from distill_core.lab import Lab
from distill_core.store import JobRecord, JobState, Store
from tests.quick import experiment
from tests.records import job_record
from ui.shell import address

ROOT = Path(__file__).resolve().parents[2]
# AppTest waits by the wall clock, which a simulated machine sets a day ahead.
SET_BY_SECONDS = 86_400 if "clock" in os.environ.get("SIMULATED", "") else 0
FIRST_IMPORT_SECONDS = 60 + SET_BY_SECONDS

Open = Callable[..., AppTest]


@pytest.fixture
def home(home: Path, request: pytest.FixtureRequest) -> Path:
    """Before a lab opens it, what a file trained once for all tests that ask for it."""
    if "compared_once" in request.fixturenames:
        shutil.copytree(request.getfixturevalue("compared_once").home, home, dirs_exist_ok=True)
    return home


@pytest.fixture
def screen(lab: Lab) -> Open:
    """Opens a page, by the name of its file, with query parameters."""

    def opened(page: str, **parameters: str) -> AppTest:
        found = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=FIRST_IMPORT_SECONDS)
        if page != "home":
            found.switch_page(f"../pages/{page}.py")
        for key, value in parameters.items():
            found.query_params[key] = value
        return found.run()

    return opened


@pytest.fixture
def example(home: Path, example_once: Path) -> None:
    """The home has the example."""
    shutil.copytree(example_once, home, dirs_exist_ok=True)


@pytest.fixture
def bar(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What the lab itself put into the address bar last."""
    said: dict[str, list[str]] = {}

    def component(**arguments: Any) -> None:
        said.clear()
        said.update(parse_qs(arguments["data"]["query"]))

    monkeypatch.setattr(address, "_component", component)
    return said


@pytest.fixture
def filed(home: Path) -> Iterator[Callable[..., JobRecord]]:
    """Files a job in a state, as another lab would that is open until the test has ended."""
    store = Store.open(home)

    def file(job_id: str, state: JobState, **changes: object) -> JobRecord:
        specification = changes.pop("specification", experiment().to_json())
        record = job_record(job_id, specification, state=state, owner=store.lab_id, **changes)
        store.add_job(record)
        return record

    yield file
    store.close()
