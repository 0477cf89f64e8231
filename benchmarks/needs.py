"""What every benchmark does first: say where its figures are taken, and find out whether what they need is there.

A figure is told as soon as it is known. What cannot be measured is left out with its reason, before anything trains.
With ``--json`` one object is printed at the end, even where a later figure fails, and the lines go to standard error.
"""

import argparse
import functools
import importlib
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

ROOT = Path(__file__).resolve().parent.parent
# As far as the benchmarks ask RepDistiller.
PEER_PARTS = ("helper.loops", "distiller_zoo", "models")


class Report:
    """The figures of one benchmark, told as they come."""

    def __init__(self, *, as_json: bool) -> None:
        self.figures: dict[str, Any] = {"environment": machine(), "left_out": {}}
        self._stream = sys.stderr if as_json else sys.stdout
        self.tell(first_line())

    def tell(self, line: str) -> None:
        print(line, file=self._stream, flush=True)

    def can(self, figure: str, *lacks: str | None) -> bool:
        """Whether nothing lacks for a figure; else the reasons are told and kept."""
        reasons = "; ".join(filter(None, lacks))
        if reasons:
            self.figures["left_out"][figure] = reasons
            self.tell(f"left out: {figure}: {reasons}")
        return not reasons


@contextmanager
def reporting(*, as_json: bool = False) -> Iterator[Report]:
    """A report whose object is printed however the benchmark ends."""
    report = Report(as_json=as_json)
    try:
        yield report
    finally:
        if as_json:
            print(json.dumps(report.figures, indent=2), flush=True)


@functools.cache
def machine() -> dict[str, Any]:
    """The lab's environment, what the CPU can do as far as torch uses it, and the precision that auto means."""
    from distill_core.jobs.torch_import import import_torch
    from distill_core.machine import environment, resolve_precision

    import_torch()  # sets what torch reads when it is imported, as the lab does
    import torch

    limit = os.environ.get("ONEDNN_MAX_CPU_ISA")
    return {
        **environment(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        **({"onednn_limit": limit} if limit else {}),
        "precision": resolve_precision("auto"),
    }


def count(text: str) -> int:
    """A number of rounds or seeds, for argparse: at least one, or nothing would be measured at the end."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number above 0, got {text}")
    return int(text)


def shown(value: float | None, form: str) -> str:
    """A number of a table, or nothing where a run failed and there is none; a share as per cent, with a space."""
    return "" if value is None else format(value, form).replace("%", " %")


def first_line() -> str:
    """Where the figures are taken: CPU, instruction set, threads, torch and precision."""
    known = machine()
    limit = f" (oneDNN up to {known['onednn_limit']})" if "onednn_limit" in known else ""
    threads = f"{known['threads']} thread{'' if known['threads'] == 1 else 's'}"
    return f"{known['cpu']}, {known['instructions']}{limit}, {threads}, torch {known['torch']}, {known['precision']}"


def page_fault(tested: Any) -> str | None:
    """What a page says in place of what it should show, from its AppTest: it draws an error and goes on, quicker."""
    from ui.shell.trouble import TITLE

    errors = [one.message for one in tested.exception] + [one.value for one in tested.error]
    unanswered = [one.value for one in tested.warning if one.proto.title == TITLE]
    return next(iter([*errors, *unanswered]), None)


def device(name: str) -> str | None:
    """Why nothing can train on a device of this name here, with what there is."""
    from distill_core.accelerator import available_devices, driver

    here = ("cpu",) if name == "cpu" else available_devices()
    found = driver()
    known = f"its build does not use the driver for {found}" if found and len(here) == 1 else "there is no driver"
    return None if name in here else f"torch finds {' and '.join(here)} here, no {name}: {known}"


def bfloat16(name: str = "cpu") -> str | None:
    """Why bfloat16 says nothing on a device: one without it works it out in float32, many times slower."""
    from distill_core.accelerator import ResolvedDevice
    from distill_core.machine import resolve_precision

    own = machine()["precision"] if name == "cpu" else resolve_precision("auto", cast(ResolvedDevice, name))
    return None if own == "bfloat16" else f"this {'CPU' if name == 'cpu' else name} has no bfloat16"


def official_test_set() -> str | None:
    """Why the official Fashion-MNIST is not here; it is fetched where there is a network."""
    from distill_core.errors import DistillError
    from distill_core.tasks import TASKS, load_task, null_sink

    try:
        load_task(TASKS.get("fashion_mnist"), ROOT / "distill_home", null_sink)
    except DistillError as error:
        return str(error)
    return None


def chromium() -> dict[str, Any]:
    """What Playwright needs to start the browser: CHROMIUM, else the one on PATH, else Playwright's own."""
    return {
        "executable_path": os.environ.get("CHROMIUM") or shutil.which("chromium"),
        "args": ["--no-sandbox", "--disable-quic", "--disable-background-networking"],
    }


def browser() -> str | None:
    """Why no browser starts here."""
    path = chromium()["executable_path"]
    if path and not shutil.which(path):
        return f"there is no browser at {path}; name another one with CHROMIUM"
    try:
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            playwright.chromium.launch(**chromium()).close()
    except Exception as error:  # Playwright's own errors cannot be named where it is not installed
        return f"no Chromium starts, name one with CHROMIUM ({str(error).strip().splitlines()[0]})"
    return None


def plain(settings: argparse.Namespace) -> dict[str, Any]:
    """Settings as JSON has them."""
    return {name: str(value) if isinstance(value, Path) else value for name, value in vars(settings).items()}


def peer(folder: Path, *networks: str) -> str | None:
    """Why a folder is no checkout of RepDistiller that can be timed with its own networks of these names."""
    if not (folder / "helper" / "loops.py").is_file():
        return f"{folder} is no checkout of github.com/HobbitLong/RepDistiller"
    sys.path.insert(0, str(folder))
    try:
        *_, models = (importlib.import_module(part) for part in PEER_PARTS)
    except Exception as error:  # its modules may ask for anything
        return f"RepDistiller in {folder} cannot be imported ({error!r})"
    unknown = [name for name in networks if name not in models.model_dict]
    return f"RepDistiller has no network named {', '.join(unknown)}" if unknown else None
