"""The import rules of the design, and a proof for each that it can fail."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests import house
from tests.house import House

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("distill_core", "ui", "pages")
BESIDE = ("tools", "benchmarks", "tests")
PROBE = """
import importlib, sys
slow, modules = sys.argv[1].split(","), sys.argv[2].split(",")
for module in modules:
    importlib.import_module(module)
    seen = [name for name in slow if name in sys.modules]
    if seen:
        sys.exit(f"importing {module} imports {', '.join(seen)}")
"""


def sources(*folders: str) -> dict[str, str]:
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def load(modules: list[str], slow: tuple[str, ...]) -> str:
    """What is wrong with importing ``modules`` in a fresh interpreter; empty where nothing is."""
    command = [sys.executable, "-c", PROBE, ",".join(slow), ",".join(modules)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    return answer.stderr if answer.returncode else ""


@pytest.fixture(scope="module")
def ours() -> dict[str, str]:
    app = ROOT / "app.py"
    return sources(*ROOMS) | {"app.py": app.read_text(encoding="utf-8")}


RULES = {
    "every module has a floor": house.hidden_rooms,
    "imports run one way": house.wrong_way,
    "no circle": house.circles,
    "one room each for threads, SQL and onnxruntime, no page in the engine": house.trespass,
    "nothing slow at module level": house.early,
    "pages stay apart": house.pages_together,
}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_house_keeps(rule: house.Rule, ours: House) -> None:
    assert rule(ours) == []


def test_every_name_says_something(ours: House) -> None:
    assert house.bad_names({**ours, **sources(*BESIDE)}) == []


def test_importing_the_engine_waits_for_nothing_slow() -> None:
    modules = {"distill_core.lab", *house.names(sources("distill_core"))}
    quick = sorted(name for name in modules if name != "distill_core.__main__" and ".migrations" not in name)
    assert load(quick, (*house.SLOW, "streamlit")) == ""


def test_importing_what_pages_share_waits_for_nothing_slow() -> None:
    shared = sorted(house.names(sources("ui")) - {"ui.main"})
    assert load(shared, house.SLOW) == ""


def test_the_probe_sees_a_slow_import_and_a_missing_module() -> None:
    assert "importing onnxruntime imports onnxruntime" in load(["json", "onnxruntime"], house.SLOW)
    assert "No module named 'distill_core.nowhere'" in load(["distill_core.nowhere"], house.SLOW)


BROKEN = [
    (house.hidden_rooms, {"distill_core/cellar/wine.py": ""}, "distill_core.cellar.wine has no floor"),
    (
        house.wrong_way,
        {"distill_core/tasks/digits.py": "\nfrom distill_core.lab import Lab", "distill_core/lab.py": ""},
        "distill_core.tasks.digits:2 imports distill_core.lab: floor 1 asks floor 7",
    ),
    (
        house.wrong_way,
        {"distill_core/lab.py": "def f():\n    from ui import charts", "ui/charts.py": ""},
        "distill_core.lab:2 imports ui.charts: floor 7 asks floor 8",
    ),
    (
        house.wrong_way,
        {"distill_core/tasks/base.py": "from ..training import loop", "distill_core/training/loop.py": ""},
        "distill_core.tasks.base:1 imports distill_core.training.loop: floor 1 asks floor 4",
    ),
    (
        house.circles,
        {
            "distill_core/store/a.py": "import distill_core.jobs.b",
            "distill_core/store/b.py": "",
            "distill_core/jobs/a.py": "if TYPE_CHECKING:\n    import distill_core.store.b",
            "distill_core/jobs/b.py": "",
        },
        "jobs <- store <- jobs",
    ),
    (
        house.circles,
        {"ui/a.py": "from ui import b", "ui/b.py": "def f():\n    from . import a"},
        "ui.a <- ui.b <- ui.a",
    ),
    (
        house.trespass,
        {"distill_core/lab.py": "from threading import Lock"},
        "distill_core.lab:1 imports threading.Lock: only jobs/ may",
    ),
    (house.trespass, {"ui/lab.py": "import concurrent.futures"}, "ui.lab:1 imports concurrent.futures: only jobs/ may"),
    (house.trespass, {"pages/home.py": "import sqlite3"}, "pages.home:1 imports sqlite3: only store/ may"),
    (
        house.trespass,
        {"distill_core/lab.py": "def f():\n    import onnxruntime"},
        "distill_core.lab:2 imports onnxruntime: only deployment/ may",
    ),
    (
        house.trespass,
        {"distill_core/lab.py": "import streamlit as st"},
        "distill_core.lab:1 imports streamlit: the engine knows no page",
    ),
    (
        house.early,
        {"distill_core/methods/zoo/kd.py": "try:\n    from torch import nn\nexcept ImportError:\n    raise"},
        "distill_core.methods.zoo.kd:2 imports torch.nn at module level: "
        "take it from distill_core.lazy_torch, or import it in the function that needs it",
    ),
    (
        house.early,
        {"ui/a.py": "if TYPE_CHECKING:\n    import torch\nelse:\n    import scipy.stats"},
        "ui.a:4 imports scipy.stats at module level: "
        "take it from distill_core.lazy_torch, or import it in the function that needs it",
    ),
    (house.pages_together, {"pages/home.py": "from pages import train"}, "pages.home:1 imports pages.train"),
    (
        house.pages_together,
        {"ui/screens/compare/table.py": "from ui.screens.train import watch"},
        "ui.screens.compare.table:1 imports ui.screens.train.watch: only pages/ and its own folder may",
    ),
    (
        house.pages_together,
        {"ui/charts/bars.py": "from ui.screens.train import watch"},
        "ui.charts.bars:1 imports ui.screens.train.watch: only pages/ and its own folder may",
    ),
    (house.bad_names, {"ui/chart_utils.py": ""}, "ui/chart_utils.py"),
    (house.bad_names, {"tests/helpers/a.py": ""}, "tests/helpers/a.py"),
]


@pytest.mark.parametrize(("rule", "bad", "complaint"), BROKEN)
def test_a_broken_rule_is_seen(rule: house.Rule, bad: House, complaint: str) -> None:
    assert rule(bad) == [complaint]


def test_a_good_house_passes_every_rule() -> None:
    good = {
        "distill_core/__init__.py": "",
        "distill_core/store/records.py": "import sqlalchemy",
        "distill_core/jobs/queue.py": "import threading\nfrom distill_core.store.records import JobState",
        "distill_core/training/loop.py": (
            "import typing\nif typing.TYPE_CHECKING:\n    import torch\ndef f():\n    import torch"
        ),
        "distill_core/lab.py": "from distill_core.training import loop\nfrom distill_core import jobs",
        "ui/lab.py": "import streamlit as st\nfrom distill_core.lab import Lab",
        "pages/home.py": "from ui import lab",
        "app.py": "import ui.lab",
    }
    assert [rule(good) for rule in (*RULES.values(), house.bad_names)] == [[]] * 7
