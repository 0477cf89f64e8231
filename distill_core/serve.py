"""``distill-lab``: serves the pages as ``make run`` does, from a checkout or an installed wheel.

distill-lab [--address ADDRESS] [--port PORT] [OPTION OF STREAMLIT ...]
"""

import argparse
import json
import os
import runpy
import subprocess
import sys
from collections.abc import Sequence

from distill_core.assets import PROJECT

TOOLS = PROJECT / "tools"


def main(words: Sequence[str] | None = None) -> int:
    """Fetch what browsers need where it is missing, then serve until Ctrl-C; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="distill-lab", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--address", default="127.0.0.1", help="0.0.0.0 opens it to the local network")
    parser.add_argument("--port", type=int, default=8501)
    chosen, options = parser.parse_known_args(words)
    if not all((PROJECT / "node_modules" / name).is_dir() for name in _packages()):
        _fetch_packages()
    place = ["--server.address", chosen.address, "--server.port", str(chosen.port)]
    command = [sys.executable, "-m", "streamlit", "run", str(PROJECT / "app.py"), *place, *options]
    return int(runpy.run_path(str(TOOLS / "serve.py"))["serve"](command))


def _packages() -> list[str]:
    return list(json.loads((PROJECT / "package.json").read_text(encoding="utf-8"))["dependencies"])


def _fetch_packages() -> None:
    """Without it all pages work, and networks run on the server alone."""
    print("Fetching what runs networks inside a browser; once.", flush=True)
    at_once = {**os.environ, "npm_config_fetch_retries": "0"}  # where there is no network the pages need not wait
    done = subprocess.run([sys.executable, str(TOOLS / "npm.py"), "ci", "--omit=dev"], env=at_once, check=False)
    if done.returncode:
        print("It could not be fetched: until a later start does, no network runs in a browser.", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
