"""What a test must not see of the machine that it runs on: the home of its user and the settings of their shell."""

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

__all__ = ["isolate"]

# Settings of the lab, of Streamlit and its server, of how many threads torch takes, and of the way to the network.
FOREIGN = ("DISTILL_", "STREAMLIT_", "OMP_", "MKL_", "KMP_", "XDG_", "NODE_", "npm_config_")
FOREIGN_NAMES = ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "PYTHONWARNINGS")
PROXIES = ("http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy")


def _browsers() -> str:
    """Where Playwright keeps its own browsers in the user's home, which a test may use."""
    return {"darwin": "Library/Caches/ms-playwright", "win32": "AppData/Local/ms-playwright"}.get(
        sys.platform, ".cache/ms-playwright"
    )


def isolate() -> None:
    """Clear the environment of this process and of those that it starts, and give them an empty home.

    What simulates another machine stays: the caps on the instruction set, time zone and locale.
    """
    if "PYTEST_XDIST_WORKER" in os.environ:
        return  # the process that started this one did it
    for name in list(os.environ):
        if name.startswith(FOREIGN) or name in FOREIGN_NAMES or name.lower() in PROXIES:
            del os.environ[name]
    os.environ.setdefault("PLAYWRIGHT_BROWSERS_PATH", str(Path.home() / _browsers()))
    home = tempfile.mkdtemp(prefix="home-")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    os.environ["HOME"] = os.environ["USERPROFILE"] = home
    # What tests open is empty; those of the example take this away.
    os.environ["DISTILL_EXAMPLE"] = "0"
    # Jobs work in a thread of the lab, as in a program: a process of their own loads torch once more.
    os.environ["DISTILL_EXECUTOR"] = "thread"
    # A thread of torch's that waits for another sleeps instead of spinning, which changes no bit: beside other
    # processes a quick training took 30 s, and takes 7 s. Read when torch is loaded, here and in servers of tests.
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
    # numpy's threads wait by spinning, whatever that says: beside other processes on the same cores a decomposition of
    # a second took ten. None of its results here depend on their number.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    # Tests train on the CPU, whose results they know; a graphics card would be the device that "auto" means.
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
