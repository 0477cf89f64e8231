"""Which CPUs multiply 8-bit numbers themselves, from what systems tell of them."""

import pytest

from distill_core.deployment.int8_cpu import INSTRUCTIONS, instruction_in, int8_instruction


@pytest.mark.parametrize(
    ("cpuinfo", "system", "machine", "instruction"),
    [
        ("flags\t\t: fpu avx2 avx512_vnni avx_vnni", "Linux", "x86_64", "AVX-512 VNNI"),
        ("flags\t\t: fpu avx2 avx_vnni", "Linux", "x86_64", "AVX-VNNI"),
        ("flags\t\t: avx512_vnni amx_int8", "Linux", "x86_64", "AMX"),
        ("model name : a CPU with avx512_vnni in its name\nflags\t\t: fpu fma avx2", "Linux", "x86_64", ""),
        ("Features\t: fp asimd asimddp", "Linux", "aarch64", "Arm dot product"),
        ("Features\t: fp asimd", "Linux", "aarch64", ""),
        ("", "Darwin", "arm64", "Arm dot product"),
        ("", "Darwin", "x86_64", None),
        ("", "Windows", "AMD64", None),
        ("processor : 0", "Linux", "riscv64", None),
    ],
)
def test_what_a_system_tells_of_its_cpu(cpuinfo: str, system: str, machine: str, instruction: str | None) -> None:
    assert instruction_in(cpuinfo, system, machine) == instruction


def test_this_machine_is_asked() -> None:
    assert int8_instruction() in (None, "", *INSTRUCTIONS.values())
