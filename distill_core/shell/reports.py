"""The shell's report: experiments as a page of their own, as a notebook that repeats them, or as runs of MLflow."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from distill_core.errors import InvalidSetting
from distill_core.shell.outputs import add_command, opened
from distill_core.shell.printing import check_new, home_of_lab, note, write_bytes

ENDINGS = (".html", ".ipynb")


def add_report(commands: Any) -> list[argparse.ArgumentParser]:
    """Add the command; returns it."""
    report = add_command(commands, "report", "write experiments as a page, as a notebook, or to MLflow", _report)
    report.add_argument("jobs", nargs="+", metavar="JOB", help="its number, or four letters and more of it")
    where = report.add_mutually_exclusive_group(required=True)
    where.add_argument("-o", "--output", type=Path, metavar="FILE", help="FILE.html or FILE.ipynb")
    where.add_argument("--mlflow", metavar="URI", help="log the networks to MLflow, as sqlite:///mlflow.db")
    report.add_argument("--force", action="store_true", help="even where there is such a file already")
    return [report]


def _report(chosen: argparse.Namespace) -> int:
    if chosen.mlflow is not None:
        return _log(chosen)
    output: Path = chosen.output
    if output.suffix.lower() not in ENDINGS:
        hint = "name the file so"
        raise InvalidSetting("--output", expected="FILE.html or FILE.ipynb", got=output, hint=hint)
    check_new("--output", output, force=chosen.force)
    with opened(home_of_lab(chosen.home)) as lab:
        jobs = [lab.naming.job_id(named) for named in chosen.jobs]
        write = lab.documents.notebook if output.suffix.lower() == ".ipynb" else lab.documents.page
        data = write(jobs)
    write_bytes(output, data)
    note(f"wrote {output}, {len(data):,} bytes")
    return 0


def _log(chosen: argparse.Namespace) -> int:
    with opened(home_of_lab(chosen.home)) as lab:
        jobs = [lab.naming.job_id(named) for named in chosen.jobs]
        count = lab.documents.log_to_mlflow(jobs, chosen.mlflow)
    note(f"logged {count} networks that were not there")
    return 0
