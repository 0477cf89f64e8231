"""The folder of a lab."""

import os
from pathlib import Path

from distill_core.assets import INSTALLED, PROJECT

# In the project, or in the user's folder where the lab was installed: a new version replaces what is beside it.
DEFAULT_HOME = (Path(os.path.expanduser("~")) if INSTALLED else PROJECT) / "distill_home"


def home_of(chosen: Path | None = None) -> Path:
    """The lab's home: the one that is chosen, else that of ``DISTILL_HOME``, else ``DEFAULT_HOME``."""
    return chosen or Path(os.environ.get("DISTILL_HOME") or DEFAULT_HOME)
