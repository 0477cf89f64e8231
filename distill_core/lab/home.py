"""Where a lab keeps its data."""

import os
from pathlib import Path

DEFAULT_HOME = Path(__file__).resolve().parents[2] / "distill_home"


def home_of(chosen: Path | None = None) -> Path:
    """The lab's home: the one that is chosen, else that of ``DISTILL_HOME``, else a folder beside the project."""
    return chosen or Path(os.environ.get("DISTILL_HOME") or DEFAULT_HOME)
