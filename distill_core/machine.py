"""This machine: CPU, cores, threads, package versions, and the precision that it trains in.

Versions are read from the metadata of the installed packages, so no package is imported for them.
"""

from __future__ import annotations

import os
import platform
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from distill_core.accelerator import ResolvedDevice, accelerator_name
from distill_core.cgroup import memory_limit, processor_quota, threads_of
from distill_core.errors import InvalidSetting
from distill_core.lazy_torch import torch
from distill_core.spec import Precision

PACKAGES = ("torch", "onnxruntime", "onnx", "numpy")


def environment(device: ResolvedDevice = "cpu") -> dict[str, str | int]:
    """The environment of a result that ``device`` computed: CPU model, cores, system and package versions.

    ``physical_cores`` and versions are left out where they are unknown, ``device`` where it is the CPU. ``threads``:
    the threads that this process may run at once. ``onnxruntime_spinning``: idle worker threads of onnxruntime spin,
    which is its default.
    """
    accelerator = accelerator_name(device)
    return {**_environment(), **({"device": accelerator} if accelerator else {})}


def device_name() -> str:
    """The name of this machine: CPU model and number of logical cores."""
    known = environment()
    return f"{known['cpu']}, {known['logical_cores']} logical cores"


def available_threads() -> int:
    """The number of logical cores that this process may use, at least 1; a container's quota counts."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = processor_quota()
    return cores if quota is None else min(cores, threads_of(quota))


def total_memory_bytes() -> int:
    """The memory of this machine, or of this container."""
    import psutil

    total, limit = int(psutil.virtual_memory().total), memory_limit()
    return total if limit is None else min(total, limit.limit_bytes)


def free_memory_bytes() -> int:
    """The memory that a program of this machine, or of this container, can still get."""
    import psutil

    available, limit = int(psutil.virtual_memory().available), memory_limit()
    return available if limit is None else min(available, limit.free_bytes)


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
    """The model name of the CPU from ``cpuinfo``; where there is none, from Python's ``platform``."""
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.lower().startswith("model name"))
    return next(filter(None, named), None) or platform.processor() or platform.machine() or "unknown CPU"


def _versions() -> dict[str, str]:
    versions: dict[str, str] = {}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return versions


ResolvedPrecision = Literal["float32", "bfloat16"]


# Environment variables that cap the instruction set of torch and of oneDNN, with their values that exclude bfloat16.
CAPS = {
    "ATEN_CPU_CAPABILITY": {"default", "avx2"},
    "ONEDNN_MAX_CPU_ISA": {"sse41", "avx", "avx2", "avx2_vnni", "avx2_vnni_2", "avx512_core", "avx512_core_vnni"},
}


@cache
def _cpu_has_bfloat16() -> bool:
    """Whether torch multiplies bfloat16 with instructions of this CPU. Emulated bfloat16 is slower than float32."""
    # torch reads these variables at its import; each excludes the CPU's bfloat16 instructions.
    if any(os.environ.get(name, "").lower() in without for name, without in CAPS.items()):
        return False
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        # Planning needs the precision, and must not wait for the import of torch.
        return bool({"avx512_bf16", "amx_bf16"} & set(cpuinfo.read_text(errors="replace").split()))
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return False
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def resolve_precision(precision: Precision, device: ResolvedDevice = "cpu") -> ResolvedPrecision:
    """What "auto" means on a device of this machine: bfloat16 where the device multiplies it, float32 elsewhere.

    Raises: InvalidSetting for bfloat16 on mps.
    """
    if device == "mps" and precision == "bfloat16":
        raise InvalidSetting("precision", expected="float32 on mps", got=precision, hint="choose auto or float32")
    if precision == "auto":
        return "bfloat16" if _has_bfloat16(device) else "float32"
    return precision


def _has_bfloat16(device: ResolvedDevice) -> bool:
    if device == "cpu":
        return _cpu_has_bfloat16()
    return device == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)


def training_threads() -> int:
    """The number of threads of a large step on the CPU: ``OMP_NUM_THREADS`` where it is set, else the number of
    physical cores that this process may use, or of logical cores where the physical ones are unknown."""
    threads = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    if threads.isdecimal() and int(threads) > 0:
        return int(threads)
    known = environment()
    return min(int(known["threads"]), int(known.get("physical_cores", known["threads"])))


# Multiply-accumulates of a batch. Below this number, two steps side by side on one thread each take less time than one
# after the other on two threads. Source: a step of ResNet-8 with stride 2 and batch 125 (0.33e9) takes 20 ms on two
# threads and 24 ms on one (CONTRIBUTING).
SMALL_STEP_MACS = 1.5e9


def is_small(macs: int, batch_size: int) -> bool:
    """Whether one thread should compute a step on the CPU; ``macs`` are the multiply-accumulates of one image."""
    return macs * batch_size < SMALL_STEP_MACS
