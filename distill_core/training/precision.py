"""Which arithmetic a training uses and on how many threads, and the contexts that switch it on."""

import os
import platform
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from distill_core.deployment import environment
from distill_core.experiment import Precision

if TYPE_CHECKING:
    from torch import nn

__all__ = [
    "ResolvedPrecision",
    "autocast",
    "channels_last",
    "one_thread",
    "resolve_precision",
    "training_threads",
    "use_one_thread",
]

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


def autocast(precision: ResolvedPrecision) -> "AbstractContextManager[object]":
    import torch

    return torch.autocast("cpu", torch.bfloat16, enabled=precision == "bfloat16")


def channels_last(network: "nn.Module") -> "nn.Module":
    import torch

    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def training_threads() -> int:
    """How many threads share a step that is not small: the cores that this process may use (physical ones, where
    they are known), or as many as ``OMP_NUM_THREADS`` says."""
    wanted = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    if wanted.isdecimal() and int(wanted) > 0:
        return int(wanted)
    known = environment()
    return min(int(known["threads"]), int(known.get("physical_cores", known["threads"])))


@contextmanager
def one_thread() -> Iterator[None]:
    """torch's work inside is done by the calling thread alone."""
    import torch

    before = torch.get_num_threads()
    if before == 1:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def use_one_thread() -> None:
    """From now on torch's work of the calling thread is done by it alone.

    Setting the number makes torch forget the convolutions that it prepared, so who steps again and again sets it once.
    """
    import torch

    torch.set_num_threads(1)
