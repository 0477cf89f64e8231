"""Measurements of all devices as tables: this server's, those of others, and every browser's that told."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from distill_core import clock
from distill_core.deployment.eager import EAGER
from distill_core.deployment.model_file import known_graph, model_file_of
from distill_core.errors import InvalidSetting
from distill_core.machine import device_name
from distill_core.store import Measurement, Place, RunRecord, Store

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "DEVICE_COLUMNS",
    "THIS_SERVER",
    "TIMING_COLUMNS",
    "device_key",
    "devices_table",
    "fastest",
    "timings_table",
]

FIELDS = [field.name for field in dataclasses.fields(Measurement)]
TIMING_COLUMNS = [*FIELDS, "label", "device_key", "backend_key", "run_ids", "numbers"]
# Numbers that may be missing: as floats, so that a missing one is NaN and not an object.
NUMBERS = ["load_ms", "session_ms", "mean_ms", "size_bytes", "largest_difference"]
DEVICE_COLUMNS = ["device_id", "device_key", "label", "described", "seen_at", "seen_seconds_ago", "measurements"]
# The label of the machine that the lab runs on.
THIS_SERVER = "This server"


def device_key(one: Measurement) -> str:
    """``browser:ID`` or ``server:DESCRIPTION``."""
    return f"browser:{one.device_id}" if one.place == "browser" else f"server:{one.device}"


def timings_table(store: Store, run_ids: Sequence[str] | None) -> "pd.DataFrame":
    """A row a measurement of the graphs of these runs, or of all; the newest of each device, graph, provider, number
    of threads, batch size and precision. ``run_ids`` are those of the asked runs that have the graph; ``numbers``: what
    the measured file is in, since a quantized run's own file counts as its float32.

    Raises: NotFound.
    """
    import pandas as pd

    runs = [linked.run for linked in store.runs()] if run_ids is None else [store.run(run_id) for run_id in run_ids]
    sharing = _by_graph(runs)
    labels = {device.id: device.label for device, _ in store.devices()}
    measured = store.newest_measurements(None if run_ids is None else list(sharing))
    files = {known_graph(run): model_file_of(run) for run in runs}
    rows = [_row(one, labels, sharing, files.get(one.graph, "float32")) for one in measured]
    return pd.DataFrame(rows, columns=TIMING_COLUMNS).astype(dict.fromkeys(NUMBERS, "float64"))


def devices_table(store: Store) -> "pd.DataFrame":
    """A row a browser that measured or was named, the one that was seen last first."""
    import pandas as pd

    rows = [
        {
            "device_id": device.id,
            "device_key": f"browser:{device.id}",
            "label": device.label,
            "described": device.described,
            "seen_at": device.seen_at,
            "seen_seconds_ago": clock.seconds_since(device.seen_at),
            "measurements": count,
        }
        for device, count in store.devices()
    ]
    return pd.DataFrame(rows, columns=DEVICE_COLUMNS)


def fastest(store: Store, key: str, graphs: Sequence[str] | None = None) -> dict[str, Measurement]:
    """For each of these graphs, or of all, the lowest median of one device at batch 1 in float32: the whole graph on a
    backend that answers as it should. Raises InvalidSetting for what is no device's key."""
    place, _, who = key.partition(":")
    if place not in ("server", "browser"):
        hint = "take one of those that timings() names"
        raise InvalidSetting("a device", expected="server:NAME or browser:ID", got=repr(key), hint=hint)
    found = filter(_counts, store.newest_measurements(graphs, of=(cast(Place, place), who)))
    return {one.graph: one for one in sorted(found, key=lambda one: one.p50_ms, reverse=True)}


def _counts(one: Measurement) -> bool:
    return one.batch_size == 1 and one.precision == "float32" and one.whole_graph and one.agrees


def _by_graph(runs: Sequence[RunRecord]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for run_id, graph in {run.id: known_graph(run) for run in runs}.items():
        if graph:
            found.setdefault(graph, []).append(run_id)
    return found


def _row(one: Measurement, labels: Mapping[str, str], sharing: Mapping[str, list[str]], file: str) -> dict[str, Any]:
    return {
        **{name: getattr(one, name) for name in FIELDS},
        "label": _label(one, labels),
        "device_key": device_key(one),
        "backend_key": _backend(one),
        "run_ids": sharing.get(one.graph, []),
        "numbers": file if one.precision == "float32" else one.precision,
    }


def _label(one: Measurement, labels: Mapping[str, str]) -> str:
    if one.place == "browser":
        return labels.get(one.device_id or "", one.device)
    return THIS_SERVER if one.device == device_name() else one.device


def _backend(one: Measurement) -> str:
    return one.provider if one.place == "browser" or one.provider == EAGER else "onnxruntime"
