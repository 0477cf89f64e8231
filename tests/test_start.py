"""How the server starts: what it reads before the first visitor, and that garbage is collected afterwards."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIFE = """
import asyncio, gc, sys
import app
assert gc.isenabled()
before = [name for name in ("torch", "sklearn", "onnxruntime") if name in sys.modules]
async def live():
    async with app.lifespan(None):
        await asyncio.get_running_loop().run_in_executor(None, lambda: None)
asyncio.run(live())
started = ("ui.screens.home.joblist" in sys.modules, "pandas" in sys.modules)
print(gc.isenabled(), gc.get_freeze_count() > 0, *started, before)
print([name for name in ("torch", "sklearn", "onnxruntime") if name in sys.modules])
"""


def test_the_first_page_is_read_before_the_first_visitor_and_torch_is_not(tmp_path, monkeypatch):
    monkeypatch.setenv("DISTILL_HOME", str(tmp_path))
    told = subprocess.run([sys.executable, "-c", LIFE], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert told.stdout.splitlines() == ["True True True True []", "[]"], told.stderr
