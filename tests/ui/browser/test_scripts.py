"""The pure parts of what runs in the browser, tested by Node's own runner."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_the_scripts_pass_their_own_tests() -> None:
    command = [sys.executable, str(ROOT / "tools" / "npm.py"), "run", "--silent", "test"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "fail 0" in done.stdout
    passed = [line for line in done.stdout.splitlines() if line.split()[-2:-1] == ["pass"]]
    assert passed
    assert int(passed[-1].split()[-1]) > 50
