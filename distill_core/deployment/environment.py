"""Where a measurement was taken. Cheap: versions come from the packages' records, not from importing them."""

import os
import platform
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

__all__ = ["available_threads", "device_name", "environment"]

PACKAGES = ("torch", "onnxruntime", "onnx", "numpy")


def environment() -> dict[str, str | int]:
    """CPU model, cores, system and versions; ``physical_cores`` and versions only where they are known.

    ``threads`` is how many this process may use at once; ``onnxruntime_spinning`` tells that idle worker threads
    of onnxruntime keep spinning, as is its default.
    """
    return dict(_environment())


def device_name() -> str:
    """The machine in a few words: CPU model and logical cores."""
    known = environment()
    return f"{known['cpu']}, {known['logical_cores']} logical cores"


def available_threads() -> int:
    """Logical cores that this process may use; 1 at least."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@lru_cache(maxsize=1)
def _environment() -> dict[str, str | int]:
    import psutil

    physical = psutil.cpu_count(logical=False)
    return {
        "cpu": cpu_model(),
        "logical_cores": os.cpu_count() or 1,
        **({"physical_cores": physical} if physical else {}),
        "threads": available_threads(),
        "system": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "python": platform.python_version(),
        **_versions(),
        "onnxruntime_spinning": "on (default)",
    }


def cpu_model(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """The CPU's name as Linux tells it, else as Python does."""
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.lower().startswith("model name"))
    return next(filter(None, named), None) or platform.processor() or platform.machine() or "unknown CPU"


def _versions() -> dict[str, str]:
    found: dict[str, str] = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
