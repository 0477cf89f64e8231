"""``list``: what can be chosen, with titles and sizes."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from distill_core.compression import STEPS
from distill_core.lab import home_of
from distill_core.methods import METHODS
from distill_core.networks import ARCHITECTURES, Blueprint, profile
from distill_core.planning.teacher_sources import teacher_options
from distill_core.robustness.corruptions import CORRUPTIONS
from distill_core.shell.outputs import add_command, check_outputs, opened, put
from distill_core.shell.printing import status_of
from distill_core.store import holds_lab
from distill_core.tasks import TASKS, TaskCatalog
from distill_core.templates.presets import TASK

Objects = Iterable[dict[str, Any]]
SIZES = {
    **{"train": "training examples", "valid": "to validate", "test": "to test"},
    **{"parameters": "parameters", "macs": "multiply-accumulates"},
}


def add_list(commands: Any) -> argparse.ArgumentParser:
    """Add the command; returns its parser."""
    listing: argparse.ArgumentParser = add_command(commands, "list", "what can be chosen", _list, outputs=True)
    listing.add_argument("what", choices=tuple(LISTS))
    return listing


def _list(chosen: argparse.Namespace) -> int:
    check_outputs(chosen)
    objects = [*LISTS[chosen.what](chosen)]
    width = max(22, *(len(row["name"]) + 2 for row in objects))
    return status_of(put(chosen, objects, "\n".join(f"{row['name']:<{width}}{_told(row)}" for row in objects)))


def _told(row: dict[str, Any]) -> str:
    of = next((f" ({row[name]})" for name in ("task", "kind") if name in row), "")
    sizes = ", ".join(f"{row[name]:,} {words}" for name, words in SIZES.items() if row.get(name) is not None)
    return f"{row['title']}{of}: {row['teaches']}" + (f" ({sizes})" if sizes else "")


def _entries(entries: Iterable[Any]) -> Callable[[argparse.Namespace], Objects]:
    return lambda _chosen: [_entry(entry) for entry in entries]


def _entry(entry: Any) -> dict[str, Any]:
    family = {"family": entry.family} if hasattr(entry, "family") else {}
    return {"name": entry.name, "title": entry.title, **family, "teaches": entry.teaches}


def _corruptions(_chosen: argparse.Namespace) -> Objects:
    """With the kind of examples that each is for."""
    for entry in CORRUPTIONS:
        yield {**_entry(entry), "kind": entry.kind}


def _architectures(_chosen: argparse.Namespace) -> Objects:
    """With the size at width 1 for the examples of the default task; imports torch."""
    task = TASKS.get(TASK)
    for entry in ARCHITECTURES:
        sizes: dict[str, int] = {}
        if entry.takes(task.input, task.target.positions):
            of_it = profile(Blueprint(architecture=entry.name, classes=len(task.classes), input=task.input))
            sizes = {"parameters": of_it.parameters, "macs": of_it.macs}
        yield {**_entry(entry), **sizes}


def _tasks(chosen: argparse.Namespace) -> Objects:
    for task in TaskCatalog(home_of(chosen.home)):
        yield {**_entry(task), "train": task.counts.train, "valid": task.counts.valid, "test": task.counts.test}


def _teachers(chosen: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """What ships and can be trained, and the newest networks of a home with a lab."""
    home = home_of(chosen.home)
    if holds_lab(home):
        with opened(home) as lab:
            offered = [(task.name, option) for task in lab.tasks for option in lab.catalog.teachers(task.name)]
    else:  # what only reads makes no home
        offered = [(task.name, option) for task in TaskCatalog(home) for option in teacher_options(task)]
    for task, option in offered:
        yield {"name": option.key, "title": option.title, "task": task, "teaches": option.note}


LISTS: dict[str, Callable[[argparse.Namespace], Objects]] = {
    "tasks": _tasks,
    "architectures": _architectures,
    "methods": _entries(METHODS),
    "steps": _entries(STEPS),
    "teachers": _teachers,
    "corruptions": _corruptions,
}
