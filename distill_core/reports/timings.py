"""Tables of the measurements of all devices: this server, other servers, and browsers."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, cast

from distill_core import clock
from distill_core.deployment.eager import EAGER
from distill_core.deployment.model_file import known_graph, model_file_of
from distill_core.errors import InvalidSetting
from distill_core.lazy_torch import pd
from distill_core.machine import device_name
from distill_core.reports.texts import table_of
from distill_core.store import Measurement, Place, RunRecord, Store

FIELDS = [field.name for field in dataclasses.fields(Measurement)]
TIMING_COLUMNS = [*FIELDS, "label", "device_key", "backend_key", "run_ids", "numbers"]
# Numbers that may be missing: as floats, so that a missing number is NaN.
NUMBERS = ["load_ms", "session_ms", "mean_ms", "size_bytes", "largest_difference"]
DEVICE_COLUMNS = ["device_id", "device_key", "label", "described", "seen_at", "seen_seconds_ago", "measurements"]
# The label of the machine that the lab runs on.
THIS_SERVER = "This server"


def device_key(taken: Measurement) -> str:
    """``browser:ID`` or ``server:DESCRIPTION``."""
    return f"browser:{taken.device_id}" if taken.place == "browser" else f"server:{taken.device}"


def timings_table(store: Store, run_ids: Sequence[str] | None) -> pd.DataFrame:
    """A row for the newest measurement of each device, graph, provider, number of threads, batch size and precision, of
    the graphs of these runs (None: all). ``run_ids``: those of these runs that have the graph; ``numbers``: the number
    format of the file, since a quantized run's own file counts as its float32.

    Raises: NotFound.
    """
    runs = [linked.run for linked in store.runs()] if run_ids is None else [store.run(run_id) for run_id in run_ids]
    sharing = _by_graph(runs)
    labels = {device.id: device.label for device, _ in store.devices()}
    measured = store.newest_measurements(None if run_ids is None else list(sharing))
    files = {known_graph(run): model_file_of(run) for run in runs}
    rows = [_row(measurement, labels, sharing, files.get(measurement.graph, "float32")) for measurement in measured]
    return table_of(rows, TIMING_COLUMNS).astype(dict.fromkeys(NUMBERS, "float64"))


def devices_table(store: Store) -> pd.DataFrame:
    """A row for each browser that measured or has a label, the last seen first."""
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
    """For each of these graphs (None: all) the lowest median of a device at batch 1 in float32, among backends that run
    the whole graph and agree with the server. Raises InvalidSetting for an invalid device key."""
    place, _, device = key.partition(":")
    if place not in ("server", "browser"):
        hint = "take one of those that timings() names"
        raise InvalidSetting("a device", expected="server:NAME or browser:ID", got=repr(key), hint=hint)
    newest = filter(_counts, store.newest_measurements(graphs, of=(cast(Place, place), device)))
    return {taken.graph: taken for taken in sorted(newest, key=lambda taken: taken.p50_ms, reverse=True)}


def _counts(taken: Measurement) -> bool:
    return taken.batch_size == 1 and taken.precision == "float32" and taken.whole_graph and taken.agrees


def _by_graph(runs: Sequence[RunRecord]) -> dict[str, list[str]]:
    by_graph: dict[str, list[str]] = {}
    for run_id, graph in {run.id: known_graph(run) for run in runs}.items():
        if graph:
            by_graph.setdefault(graph, []).append(run_id)
    return by_graph


def _row(taken: Measurement, labels: Mapping[str, str], sharing: Mapping[str, list[str]], file: str) -> dict[str, Any]:
    return {
        **{name: getattr(taken, name) for name in FIELDS},
        "label": _label(taken, labels),
        "device_key": device_key(taken),
        "backend_key": _backend(taken),
        "run_ids": sharing.get(taken.graph, []),
        "numbers": file if taken.precision == "float32" else taken.precision,
    }


def _label(taken: Measurement, labels: Mapping[str, str]) -> str:
    if taken.place == "browser":
        return labels.get(taken.device_id or "", taken.device)
    return THIS_SERVER if taken.device == device_name() else taken.device


def _backend(taken: Measurement) -> str:
    return taken.provider if taken.place == "browser" or taken.provider == EAGER else "onnxruntime"
