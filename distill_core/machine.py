"""This machine: CPU, cores, threads, versions, and the precision that its CPU trains in.

Cheap: versions come from the packages' records, not from importing them.
"""

import os
import platform
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from distill_core.spec import Precision

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


ResolvedPrecision = Literal["float32", "bfloat16"]


# The instruction sets without bfloat16 that torch and oneDNN may be capped at, by the variable of each.
CAPS = {
    "ATEN_CPU_CAPABILITY": {"default", "avx2"},
    "ONEDNN_MAX_CPU_ISA": {"sse41", "avx", "avx2", "avx2_vnni", "avx2_vnni_2", "avx512_core", "avx512_core_vnni"},
}


def _is_capped() -> bool:
    """Whether torch was told to leave the CPU's bfloat16 alone; read by torch itself when it is loaded."""
    return any(os.environ.get(name, "").lower() in without for name, without in CAPS.items())


@cache
def _cpu_has_bfloat16() -> bool:
    """Whether torch multiplies bfloat16 with the CPU's own instructions: emulated, it is slower than float32."""
    if _is_capped():
        return False
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        # Read here, so that filing a job under its precision does not wait for torch.
        return bool({"avx512_bf16", "amx_bf16"} & set(cpuinfo.read_text(errors="replace").split()))
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return False
    import torch

    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def resolve_precision(precision: Precision) -> ResolvedPrecision:
    """What "auto" means on this machine: bfloat16 where the CPU has the instruction, float32 elsewhere."""
    if precision == "auto":
        return "bfloat16" if _cpu_has_bfloat16() else "float32"
    return precision


def training_threads() -> int:
    """How many threads share a step that is not small: the cores that this process may use (physical ones, where
    they are known), or as many as ``OMP_NUM_THREADS`` says."""
    wanted = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    if wanted.isdecimal() and int(wanted) > 0:
        return int(wanted)
    known = environment()
    return min(int(known["threads"]), int(known.get("physical_cores", known["threads"])))


# Multiply-accumulates of a batch: below, two steps in parallel on one thread each take less time than serially on two.
# Source: ResNet-8 with stride 2 and batch 125 (0.33e9) takes 20 ms on two threads and 24 ms on one (CONTRIBUTING).
SMALL_STEP_MACS = 1.5e9


def is_small(macs: int, batch_size: int) -> bool:
    """Whether a step of a network with so many multiply-accumulates an image is better done by one thread."""
    return macs * batch_size < SMALL_STEP_MACS
