"""Whether this CPU multiplies 8-bit numbers itself, which decides if an int8 file is faster or slower than floats."""

from __future__ import annotations

import platform
from functools import lru_cache
from pathlib import Path

__all__ = ["int8_instruction"]

# By the kernel's names, the best first. onnxruntime asks the CPU itself, so what torch is capped at says nothing here.
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
    """The instruction's name; an empty text where the CPU has none; None where the system does not tell."""
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        told = ""
    return instruction_in(told, platform.system(), platform.machine())


def instruction_in(cpuinfo: str, system: str, machine: str) -> str | None:
    """The same from the text of ``/proc/cpuinfo``, empty where there is none, and the names of system and machine."""
    flags = {
        flag
        for line in cpuinfo.splitlines()
        if line.partition(":")[0].strip().lower() in ("flags", "features")
        for flag in line.partition(":")[2].split()
    }
    if flags:
        return next((name for flag, name in INSTRUCTIONS.items() if flag in flags), NONE)
    # Every CPU of Apple's own has it.
    return INSTRUCTIONS["asimddp"] if (system, machine) == ("Darwin", "arm64") else None
