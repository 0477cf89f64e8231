"""Measurements as the Benchmark page reads them, in literal numbers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd

from distill_core.reports.timings import THIS_SERVER
from distill_core.tasks.images import IMAGE
from ui.networks import style
from ui.screens.benchmark import ways
from ui.screens.benchmark.numbers import Numbers

__all__ = ["MINE", "numbers", "other", "row", "server"]

MINE = "browser:" + "a" * 32
ROLES = {"Big": "teacher", "KD": "student", "Small": "student"}
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def row(network: str, p50_ms: float, **changes: Any) -> dict[str, Any]:
    """One measurement of this visitor's device: WebAssembly on one thread, unless ``changes`` say otherwise."""
    return {
        "network": network,
        "run_id": network.lower(),
        "run_ids": [network.lower()],
        "label": "my phone",
        "device": "Chrome 156 on Android, 8 cores",
        "device_id": "a" * 32,
        "device_key": MINE,
        "uid": "c" * 32,
        "place": "browser",
        "backend_key": "wasm",
        "provider": "wasm",
        "threads": 1,
        "batch_size": 1,
        "precision": "float32",
        "numbers": "float32",
        "load_ms": 40.0,
        "session_ms": 12.0,
        "first_ms": 9.0,
        "warmup_runs": 25,
        "runs": 200,
        "runs_per_sample": 1,
        "p50_ms": p50_ms,
        "p90_ms": 1.2 * p50_ms,
        "p95_ms": 1.5 * p50_ms,
        "p99_ms": 2 * p50_ms,
        "mean_ms": 1.1 * p50_ms,
        "size_bytes": 300_000.0,
        "largest_difference": 1e-6,
        "agrees": True,
        "whole_graph": True,
        "histogram": {"edges_ms": [0.8, 1.0, 1.2, 5.0], "counts": [150, 40, 10]},
        "environment": {"isolated": True, "clock_ms": 0.005, "onnxruntime_web": "1.30.0", "user_agent": "secret"},
        "created_at": BEGAN,
        "disturbed": "",
        "round_id": "d" * 32,
        **changes,
    }


def server(network: str, p50_ms: float, **changes: Any) -> dict[str, Any]:
    """One measurement of the lab's own machine."""
    here = {"cpu": "EPYC", "threads": 2, "onnxruntime": "1.32.0", "torch": "2.14.1"}
    own = {
        "label": THIS_SERVER,
        "device": "EPYC, 2 logical cores",
        "device_id": None,
        "device_key": "server:EPYC, 2 logical cores",
        "uid": None,
        "place": "server",
        "backend_key": "onnxruntime",
        "largest_difference": float("nan"),
        "environment": here,
    }
    return row(network, p50_ms, **{**own, **changes})


def other(network: str, p50_ms: float, letter: str = "b", **changes: Any) -> dict[str, Any]:
    """One of another phone."""
    own = {"label": f"phone {letter}", "device_id": letter * 32, "device_key": f"browser:{letter * 32}"}
    return row(network, p50_ms, **{**own, **changes})


def numbers(*rows: dict[str, Any]) -> Numbers:
    """As ``gather`` makes them; each row a second younger than the one before."""
    frame = pd.DataFrame(
        [one | {"created_at": BEGAN + timedelta(seconds=place)} for place, one in enumerate(rows)]
    ).astype({"largest_difference": float})
    mine = frame["device_key"] == MINE
    known = {name: role for name, role in ROLES.items() if name in set(frame["network"])}
    return Numbers(
        kind=IMAGE,
        rows=frame.assign(
            way=[ways.backend(one) for one in rows],
            called=[ways.called(one) for one in rows],
            told=[ways.answers(one) for one in frame.to_dict("records")],
            mine=mine,
            here=mine | (frame["label"] == THIS_SERVER),
        ),
        looks={name: look for name, look in style.looks(ROLES, dark=False).items() if name in known},
        roles=known,
        device_key=MINE,
    )
