"""The grey line under a result: seeds, test set, machine and versions."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from distill_core.reports.results import metric_of
from ui.text import words

__all__ = ["fine_print", "machine", "place"]


def fine_print(summary: pd.DataFrame, results: pd.DataFrame) -> str:
    """The grey line under a result: seeds, which update, test set, device, threads and versions."""
    counted = summary.loc[summary["role"] != "teacher", "seeds"]
    seeds = int(counted.max()) if len(counted) else 0
    spread = "95 % intervals over seeds, without the sampling of the test set" if seeds >= 3 else "no interval"
    parts = [
        f"{words.plural(seeds, 'seed')} ({spread})" if seeds else "no student is finished",
        words.metric(metric_of(summary)) + f" on {_test_images(summary)} after the last update",
        "latency at batch 1 on one thread, p50",
        *place(results),
    ]
    return " · ".join(parts)


def _test_images(summary: pd.DataFrame) -> str:
    known = summary["test_images"].dropna() if "test_images" in summary else ()
    return words.plural(int(known.max()), "test image") if len(known) else "the test images"


def place(results: pd.DataFrame) -> list[str]:
    """Where results come from: device, threads and versions; of several CPUs the last, and how many others."""
    known = [entry for entry in results.get("environment", ()) if isinstance(entry, dict) and entry]
    if not known:
        return []
    others = len({entry["cpu"] for entry in known if "cpu" in entry} - {known[-1].get("cpu")})
    return machine(known[-1], others)


def machine(here: Mapping[str, Any], others: int = 0) -> list[str]:
    """A machine by its device, processor, threads and versions; ``others``: the number of further CPUs."""
    parts = [str(here[name]) for name in ("device", "cpu") if name in here]
    parts += [f"and {words.plural(others, 'other CPU')}"] if others else []
    parts += [words.plural(int(here["threads"]), "thread")] if "threads" in here else []
    return parts + [f"{name} {here[name]}" for name in ("torch", "onnxruntime", "python") if name in here]
