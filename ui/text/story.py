"""The grey line under a result: seeds, test set, machine and versions."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from distill_core.reports.results import metric_of
from distill_core.tasks.base import Kind
from ui.text import words
from ui.text.language import _, by_kind, ngettext, ngettext_by_kind

__all__ = ["fine_print", "machine", "place"]


def fine_print(summary: pd.DataFrame, results: pd.DataFrame, kind: Kind) -> str:
    """The grey line under a result: seeds, which update, test set, device, threads and versions."""
    counted = summary.loc[summary["role"] != "teacher", "seeds"]
    seeds = int(counted.max()) if len(counted) else 0
    timed = summary["p50_ms"].notna().any() if "p50_ms" in summary else False
    latency = [_("latency at batch 1 on one thread, p50")] if timed else []
    parts = [_seeds(seeds), _scored(summary, kind), *latency, *place(results)]
    return " · ".join(parts)


def _seeds(seeds: int) -> str:
    if not seeds:
        return _("no student is finished")
    if seeds < 3:
        return ngettext("{count} seed (no interval)", "{count} seeds (no interval)", seeds)
    return ngettext(
        "{count} seed (95 % intervals over seeds, without the sampling of the test set)",
        "{count} seeds (95 % intervals over seeds, without the sampling of the test set)",
        seeds,
    )


def _scored(summary: pd.DataFrame, kind: Kind) -> str:
    known, metric = summary.get("test_images", pd.Series(dtype=float)).dropna(), words.metric(metric_of(summary))
    if not len(known):
        return by_kind(kind, "{metric} on the test {examples} after the last update", metric=metric)
    return ngettext_by_kind(
        kind,
        "{metric} on {count} test {example} after the last update",
        "{metric} on {count} test {examples} after the last update",
        int(known.max()),
        metric=metric,
    )


def place(results: pd.DataFrame) -> list[str]:
    """Where results come from: device, threads and versions; of several CPUs the last, and how many others."""
    known = [entry for entry in results.get("environment", ()) if isinstance(entry, dict) and entry]
    if not known:
        return []
    others = len({entry["cpu"] for entry in known if "cpu" in entry} - {known[-1].get("cpu")})
    return machine(known[-1], others)


def machine(here: Mapping[str, Any], others: int = 0) -> list[str]:
    """A machine by its device, processor, threads and versions, as Markdown; ``others``: the number of further CPUs.

    What came with an archive is a stranger's text.
    """
    parts = [words.plain(str(here[name])) for name in ("device", "cpu") if name in here]
    parts += [ngettext("and {count} other CPU", "and {count} other CPUs", others)] if others else []
    threads = here.get("threads")
    parts += [ngettext("{count} thread", "{count} threads", threads)] if isinstance(threads, int) else []
    return parts + [words.plain(f"{name} {here[name]}") for name in ("torch", "onnxruntime", "python") if name in here]
