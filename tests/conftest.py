"""What every test may ask for: a home of its own, empty or trained, its lab, and the browser of this machine."""

import functools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.isolation import isolate

isolate()  # before what reads the environment when it is loaded

from streamlit.components.v2 import manifest_scanner  # noqa: E402
from streamlit.runtime.scriptrunner.script_cache import ScriptCache  # noqa: E402
from streamlit.testing.v1 import app_test, local_script_runner  # noqa: E402
from xdist.scheduler import LoadFileScheduling  # noqa: E402

import ui  # noqa: E402
from distill_core.lab import Lab  # noqa: E402
from distill_core.store import Store  # noqa: E402
from tests.quick import QUICK_TIMER, experiment  # noqa: E402
from ui.shell import trouble  # noqa: E402

# What ``make test-quick`` leaves out: long trainings, every network through every exporter, a browser.
SLOW = (
    *("browser", "planning", "execution", "templates", "reports"),
    *("test_wheel.py", "test_notebook.py", "test_shell_networks.py"),
    *("test_killed.py", "test_lab.py", "test_robustness.py", "test_ends_at_any_moment.py", "test_ends.py"),
    *("compression/test_every_step.py", "compression/test_factorize.py", "compression/test_prune.py"),
    *("deployment/test_int8.py", "deployment/test_float16.py", "deployment/test_model_file.py"),
    *("deployment/test_remeasuring.py", "deployment/test_server_measurement.py", "robustness/test_evaluate.py"),
    *("training/test_cohort.py", "training/test_every_method.py", "training/test_mutual.py"),
    *("training/test_threads.py", "pages/test_benchmark.py", "pages/test_robustness.py", "pages/test_fault_sweep.py"),
    *(
        "archive/test_round_trip.py",
        "test_again.py",
        "pages/test_visitors.py",
        "tools/test_simulated_machines.py",
        "compression/test_slice.py",
    ),
    # Kits and reports of whole experiments, and their files in other processes.
    *("deployment/kit", "test_kits.py", "test_shell_kits.py", "test_documents.py", "pages/test_compare_kit.py"),
    # One test a kind of task goes through all of them.
    *("test_voices.py", "training/test_every_kind.py", "compression/test_kinds.py", "robustness/test_sound_attacks.py"),
    *("pages/test_robustness_kinds.py", "pages/test_kind_states.py", "pages/test_scenes.py", "pages/test_sound.py"),
    *("pages/test_text.py", "pages/test_new_voice.py", "pages/test_own_kinds.py"),
)
# Each opened page asks again which installed packages bring components of Streamlit: a third of its time.
manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)
# Each run compiles the page's script again.
local_script_runner.ScriptCache = app_test.ScriptCache = functools.cache(ScriptCache)  # type: ignore[assignment, misc]
BROWSER = Path(__file__).parent / "browser"
CHROMIUM_ARGUMENTS = ("--no-sandbox", "--disable-quic", "--disable-background-networking")


class OneBrowser(LoadFileScheduling):
    """A file's tests stay together, and all tests of one process that visit the lab in a browser: one Chromium, one
    server of each kind, and what either has loaded."""

    def _split_scope(self, nodeid: str) -> str:
        folder = "tests/browser/"
        return folder if nodeid.startswith(folder) else str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneBrowser:
    return OneBrowser(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process a core and one more: who visits waits for servers and for browsers."""
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) + 1


@pytest.hookimpl(tryfirst=True)  # before the marks choose
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: BROWSER not in item.path.parents)  # the longest first
    slow = [Path(__file__).parent / place for place in SLOW]
    left_out = {path for path in {item.path for item in items} if any(path.is_relative_to(place) for place in slow)}
    for item in items:
        if item.path in left_out:
            item.add_marker("slow")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that the lab of this test takes for its data."""
    monkeypatch.setenv("DISTILL_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(autouse=True)
def unforeseen(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Exception]]:
    """What pages caught that nobody foresaw. It fails the test, which takes out of the list what it made fail."""
    caught: list[Exception] = []
    known = trouble.unexpected

    def unexpected(error: Exception) -> str:
        caught.append(error)
        return known(error)

    monkeypatch.setattr(trouble, "unexpected", unexpected)
    yield caught
    if caught:
        raise caught[0]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Playwright's own settings, with the Chromium that ``tools/find_chromium.sh`` found."""
    found = os.environ.get("CHROMIUM")
    executable = {"executable_path": found} if found else {}
    return {**browser_type_launch_args, **executable, "args": [*CHROMIUM_ARGUMENTS]}


@pytest.fixture(scope="session")
def trained_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one finished job: two students of one seed, their control and their teacher."""
    home = tmp_path_factory.mktemp("trained")
    lab = Lab.open(home, timer=QUICK_TIMER)
    job = lab.wait(lab.submit(experiment()), timeout_seconds=400)
    lab.close()
    assert (job.state, job.error) == ("finished", None)
    return home


@pytest.fixture(scope="session")
def migrated_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of an empty home: a copy of it costs a fourth of making it anew."""
    home = tmp_path_factory.mktemp("migrated")
    Store.open(home).close()
    return home / "lab.sqlite"


@pytest.fixture(scope="session")
def example_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that shows the example."""
    home = tmp_path_factory.mktemp("example")
    Lab.open(home, example=True).close()
    return home


@pytest.fixture
def trained(home: Path, trained_once: Path) -> Path:
    """This test's own copy of that home."""
    shutil.copytree(trained_once, home, dirs_exist_ok=True)
    return home


@pytest.fixture
def one_thread() -> Iterator[None]:
    """torch's work of this test is done by one thread."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def store(tmp_path: Path, migrated_once: Path) -> Iterator[Store]:
    """An empty store in a folder of its own."""
    shutil.copy(migrated_once, tmp_path)
    opened = Store.open(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def lab(home: Path, migrated_once: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """The lab that the pages of this test ask. Ask for ``trained`` before it where there should be a result."""
    if not (home / migrated_once.name).exists():
        shutil.copy(migrated_once, home)
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
