"""What loading torch sets before torch is there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from distill_core.jobs.torch_import import import_torch

ROOT = Path(__file__).resolve().parents[2]
# What torch's OpenMP reads at the moment when torch is looked for.
LOAD = """
import gc, os, sys
from distill_core.jobs.torch_import import import_torch, is_torch_imported

class Noticed:
    def find_spec(self, name, *_):
        if name == "torch":
            print(os.environ.get("GOMP_SPINCOUNT"))

sys.meta_path.insert(0, Noticed())
sys.modules |= dict.fromkeys(("sklearn", "sklearn.metrics", "torchvision"), sys)  # which take longer than torch
import_torch()
print(gc.isenabled(), is_torch_imported())
"""


@pytest.fixture
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY"):
        monkeypatch.setenv(name, "")  # so that what is set meanwhile is gone afterwards
        monkeypatch.delenv(name)


@pytest.mark.usefixtures("unset")
def test_threads_of_torch_do_not_wait_at_the_cost_of_others() -> None:
    told = subprocess.run([sys.executable, "-c", LOAD], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert told.stdout.split() == ["2000", "True", "True"], told.stderr


@pytest.mark.usefixtures("unset")
@pytest.mark.parametrize(
    ("wanted", "spins"),
    [({}, "2000"), ({"GOMP_SPINCOUNT": "7"}, "7"), ({"OMP_WAIT_POLICY": "PASSIVE"}, None)],
)
def test_what_its_owner_says_of_waiting_is_left_as_it_is(
    monkeypatch: pytest.MonkeyPatch, wanted: dict[str, str], spins: str | None
) -> None:
    for name, value in wanted.items():
        monkeypatch.setenv(name, value)
    import_torch()
    assert os.environ.get("GOMP_SPINCOUNT") == spins
