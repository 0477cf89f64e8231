"""What every command on stored things shares: its lab, and its table as text, JSON and CSV."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from distill_core.errors import InvalidSetting, StorageFailed
from distill_core.jobs.process_exit import LEAVING_SECONDS
from distill_core.lab import Lab
from distill_core.lazy_torch import pd
from distill_core.shell.printing import STREAM, check_output, say, write
from distill_core.spreadsheet import as_csv

Action = Callable[[argparse.Namespace], int]


def add_command(commands: Any, name: str, told: str, action: Action, *, outputs: bool = False) -> Any:
    """Add a command; returns its parser. ``outputs``: it has a table, which ``put`` writes."""
    command = commands.add_parser(name, help=told.replace("%", "%%"), description=told[0].upper() + told[1:] + ".")
    command.set_defaults(action=action)
    if outputs:
        command.add_argument("--json", type=Path, metavar="OUT", help="write it as objects; - prints those instead")
        command.add_argument("--csv", type=Path, metavar="OUT", help="write it as CSV; - prints that instead")
    return command


def check_outputs(chosen: argparse.Namespace) -> None:
    """Check before the work that ``--json`` and ``--csv`` can be written. Raises InvalidSetting."""
    places = {"--json": chosen.json, "--csv": chosen.csv}
    if chosen.json and chosen.json == chosen.csv:
        hint = "choose another name"
        raise InvalidSetting("--csv", expected="another place than that of --json", got=chosen.csv, hint=hint)
    for option, path in places.items():
        if path not in (None, STREAM):
            check_output(option, path)


def put(
    chosen: argparse.Namespace, objects: Sequence[dict[str, Any]], told: str, rows: pd.DataFrame | None = None
) -> list[str]:
    """Write what ``--json`` and ``--csv`` ask for, and print ``told`` where neither goes to standard output; returns
    the reasons of failed writes. ``rows``: the objects as a table of CSV, where that is another one."""
    failures = []
    texts: tuple[tuple[Path | None, Callable[[], str]], ...] = (
        (chosen.json, lambda: json.dumps(objects, indent=2)),
        (chosen.csv, lambda: as_csv(pd.DataFrame(objects) if rows is None else rows).decode().removesuffix("\n")),
    )
    for path, text in texts:
        if path is None:
            continue
        try:
            write(path, text())
        except StorageFailed as error:
            failures.append(str(error))
    if STREAM not in (chosen.json, chosen.csv):
        say(told)
    return failures


@contextmanager
def opened(home: Path) -> Iterator[Lab]:
    """The lab of a home, closed at the end."""
    lab = Lab.open(home)
    try:
        yield lab
    finally:
        lab.close(LEAVING_SECONDS)
