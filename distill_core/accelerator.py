"""The devices that training can run on: the CPU, and a graphics card where torch finds one.

torch is imported only on a system that has a driver for a graphics card: elsewhere planning and pages do not wait for
it.
"""

import os
import platform
from functools import cache
from pathlib import Path
from typing import Literal

from distill_core.errors import InvalidSetting, Names, said
from distill_core.spec import Device, Experiment

# The CPU is the reference: what trains on it is filed as if there were no other device.
ResolvedDevice = Literal["cpu", "cuda", "mps"]
# Files of the drivers of NVIDIA, of WSL, and of AMD (torch calls its device cuda too).
LINUX_DRIVERS = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")
WINDOWS_DRIVER = "System32/nvcuda.dll"


def driver() -> ResolvedDevice | None:
    """The accelerator that this system has a driver for, None without one. Does not import torch, which may still be
    built without support for it."""
    system = platform.system()
    if system == "Darwin":
        return "mps" if platform.machine() == "arm64" else None
    root = Path(os.environ.get("SYSTEMROOT", "C:/Windows"))
    files = [root / WINDOWS_DRIVER] if system == "Windows" else map(Path, LINUX_DRIVERS)
    return "cuda" if any(file.exists() for file in files) else None


@cache
def available_devices() -> tuple[ResolvedDevice, ...]:
    """The devices that torch finds on this machine: the one that "auto" means first, the CPU last."""
    kind = driver()
    if kind is None:
        return ("cpu",)
    import torch

    works = torch.cuda.is_available() if kind == "cuda" else torch.backends.mps.is_available()
    return (kind, "cpu") if works else ("cpu",)


def resolve_device(device: Device) -> ResolvedDevice:
    """What "auto" means on this machine; any other device as it is.

    Raises: InvalidSetting for a device that this machine lacks.
    """
    here = available_devices()
    if device == "auto":
        return here[0]
    if device not in here:
        raise InvalidSetting(
            "device",
            expected=said("{names: or }", Names(("auto", *here))),
            got=said("{device}, which torch does not find on this machine", device),
            hint="choose auto, or run the experiment on a machine that has one",
        )
    return device


def device_of(experiment: Experiment) -> ResolvedDevice:
    """The device of a resolved experiment. "auto" stays there for the CPU alone, as in every experiment that was
    resolved before there was a choice."""
    return "cpu" if experiment.device == "auto" else experiment.device


def accelerator_name(device: ResolvedDevice) -> str | None:
    """The device with its model, as in "cuda (NVIDIA H200)"; None for the CPU."""
    if device == "cpu":
        return None
    if device not in available_devices():
        return f"{device} (not on this machine)"
    if device == "mps":
        return "mps (Apple graphics)"
    import torch

    return f"cuda ({torch.cuda.get_device_name()})"
