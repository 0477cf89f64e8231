"""Detects the CPU's 8-bit multiply instruction, which decides if an int8 file is faster or slower than float32."""

from __future__ import annotations

import platform
from functools import lru_cache
from pathlib import Path

# By the kernel's names, the best first. onnxruntime reads the CPU's flags, so ATEN_CPU_CAPABILITY has no effect here.
INSTRUCTIONS = {
    "amx_int8": "AMX",
    "avx512_vnni": "AVX-512 VNNI",
    "avx_vnni": "AVX-VNNI",
    "i8mm": "Arm I8MM",
    "asimddp": "Arm dot product",
}
NONE = ""


@lru_cache(maxsize=1)
def int8_instruction() -> str | None:
    """The instruction's name; empty where the CPU has none; None where the system does not list its flags."""
    try:
        cpuinfo = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        cpuinfo = ""
    return instruction_in(cpuinfo, platform.system(), platform.machine())


def instruction_in(cpuinfo: str, system: str, machine: str) -> str | None:
    """``int8_instruction`` from the text of ``/proc/cpuinfo`` (may be empty) and the names of system and machine."""
    flags = {
        flag
        for line in cpuinfo.splitlines()
        if line.partition(":")[0].strip().lower() in ("flags", "features")
        for flag in line.partition(":")[2].split()
    }
    if flags:
        return next((name for flag, name in INSTRUCTIONS.items() if flag in flags), NONE)
    # Every Apple CPU has the dot product.
    return INSTRUCTIONS["asimddp"] if (system, machine) == ("Darwin", "arm64") else None
