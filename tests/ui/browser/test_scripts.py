"""The pure parts of what runs in the browser, tested by Node's own runner."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted((ROOT / "tests" / "js").glob("*.test.js"))
TEST = re.compile(r"^test\(", re.MULTILINE)


def test_the_scripts_pass_their_own_tests() -> None:
    command = [sys.executable, str(ROOT / "tools" / "npm.py"), "run", "--silent", "test"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "fail 0" in done.stdout
    (passed,) = re.findall(r"\bpass (\d+)$", done.stdout, re.MULTILINE)
    assert int(passed) == sum(len(TEST.findall(file.read_text(encoding="utf-8"))) for file in FILES)
