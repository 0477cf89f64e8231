"""Narrow convolutions on every kind of x86 and any number of threads, in processes of their own: what goes wrong in
there is no exception."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from distill_core.networks import ARCHITECTURES, Blueprint, build
from distill_core.networks.memory_order import contiguous_if_narrow, may_be_narrow
from tests.architectures import NAMES

ROOT = Path(__file__).resolve().parent.parent.parent
AVX2 = {"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2"}
X86 = platform.machine() in ("x86_64", "AMD64")
MACHINES = {"as it is": {}, **({"AVX2 only": AVX2} if X86 else {})}
# glibc's own watch over the heap: what was written outside of it ends the process where it is freed, and not by chance.
WATCH = next(iter(Path("/lib").glob("*/libc_malloc_debug.so.0")), None)
WATCHED = {"LD_PRELOAD": str(WATCH), "MALLOC_CHECK_": "3"} if WATCH else {}


@pytest.mark.parametrize("machine", MACHINES)
def test_narrow_convolutions_are_trained_without_harm(machine: str) -> None:
    settings = {**os.environ, **MACHINES[machine], **WATCHED, "PYTHONPATH": str(ROOT), "OMP_WAIT_POLICY": "PASSIVE"}
    # Where it was wrong, and where there is no such machine: whole networks too.
    parts = ["gradients", *(["networks"] if machine == [*MACHINES][-1] else [])]
    command = [sys.executable, "tests/training/narrow.py", *parts]
    told = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=False)
    last = told.stdout.strip().rpartition("\n")[2]
    assert (told.returncode, last) == (0, "done"), told.stderr[-2000:]


def test_only_what_needs_it_is_changed() -> None:
    narrow, wide = (
        build(Blueprint.for_images(architecture="resnet8", classes=10, width=width)) for width in (0.5, 1.0)
    )
    for network in (narrow, wide):
        contiguous_if_narrow(network)
        contiguous_if_narrow(network)
    hooked = [[name for name, part in one.named_modules() if part._forward_pre_hooks] for one in (narrow, wide)]
    assert hooked == [["stage2.0.downsample.0"], []]


@pytest.mark.parametrize("name", NAMES)
def test_which_networks_have_one_is_known_before_they_are_built(name: str) -> None:
    entry = ARCHITECTURES.get(name)
    for width in entry.widths:
        blueprint = Blueprint.for_images(architecture=name, classes=10, width=width)
        network = build(blueprint)
        contiguous_if_narrow(network)
        hooked = any(part._forward_pre_hooks for part in network.modules())
        assert may_be_narrow(blueprint, entry) == hooked, width
