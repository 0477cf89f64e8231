"""What loading torch sets before torch is there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOAD = """
import gc, os
from distill_core.pipeline.libraries import import_torch, is_torch_imported
import_torch()
print(os.environ.get("GOMP_SPINCOUNT"), gc.isenabled(), is_torch_imported())
"""


@pytest.mark.parametrize(
    ("wanted", "spins"),
    [({}, "2000"), ({"GOMP_SPINCOUNT": "7"}, "7"), ({"OMP_WAIT_POLICY": "PASSIVE"}, "None")],
)
def test_threads_of_torch_do_not_wait_at_the_cost_of_others(wanted: dict[str, str], spins: str) -> None:
    """What its owner says of waiting is left as it is."""
    plain = {name: value for name, value in os.environ.items() if name not in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")}
    told = subprocess.run(
        [sys.executable, "-c", LOAD], cwd=ROOT, env={**plain, **wanted}, capture_output=True, text=True, timeout=120
    )
    assert told.stdout.split() == [spins, "True", "True"], told.stderr
