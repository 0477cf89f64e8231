"""Which devices can train here: told without torch where there is no driver, and by torch where there is one."""

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from distill_core import accelerator
from distill_core.accelerator import accelerator_name, available_devices, driver, resolve_device
from distill_core.errors import InvalidSetting
from distill_core.machine import environment, resolve_precision

pytestmark = pytest.mark.anywhere


@pytest.fixture
def drivers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A Linux whose drivers lie in this folder, which is empty."""
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    monkeypatch.setattr(accelerator, "LINUX_DRIVERS", (str(tmp_path / "nvidiactl"),))
    available_devices.cache_clear()
    yield tmp_path
    available_devices.cache_clear()


def a_card(drivers: Path, monkeypatch: pytest.MonkeyPatch, *, bfloat16: bool = True) -> None:
    (drivers / "nvidiactl").touch()
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "Card 1000")
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: bfloat16)


def test_without_a_driver_there_is_the_cpu_alone(drivers: Path) -> None:
    assert available_devices() == ("cpu",)
    assert resolve_device("auto") == resolve_device("cpu") == "cpu"
    assert "device" not in environment()


def test_a_card_that_torch_finds_comes_first(drivers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_card(drivers, monkeypatch)
    assert available_devices() == ("cuda", "cpu")
    assert (resolve_device("auto"), resolve_device("cpu")) == ("cuda", "cpu")
    assert environment("cuda") == {**environment(), "device": "cuda (Card 1000)"}


def test_a_driver_is_no_device_where_torch_was_built_without_it(drivers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (drivers / "nvidiactl").touch()
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert available_devices() == ("cpu",)


def test_a_device_that_is_lacking_is_refused_with_those_that_are_there(drivers: Path) -> None:
    with pytest.raises(
        InvalidSetting, match="device: expected auto or cpu, got mps, which torch does not find"
    ) as told:
        resolve_device("mps")
    assert "; choose auto" in str(told.value)
    assert accelerator_name("mps") == "mps (not on this machine)"


@pytest.mark.parametrize(("chip", "found"), [("arm64", "mps"), ("x86_64", None)])
def test_a_mac_has_a_device_where_the_chip_is_apples(
    monkeypatch: pytest.MonkeyPatch, chip: str, found: str | None
) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    monkeypatch.setattr(platform, "machine", lambda: chip)
    assert driver() == found


def test_windows_keeps_its_driver_in_its_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Windows")
    monkeypatch.setenv("SYSTEMROOT", str(tmp_path))
    assert driver() is None
    (tmp_path / "System32").mkdir()
    (tmp_path / "System32" / "nvcuda.dll").touch()
    assert driver() == "cuda"


@pytest.mark.parametrize(("bfloat16", "precision"), [(True, "bfloat16"), (False, "float32")])
def test_auto_precision_is_what_the_device_multiplies(
    drivers: Path, monkeypatch: pytest.MonkeyPatch, bfloat16: bool, precision: str
) -> None:
    a_card(drivers, monkeypatch, bfloat16=bfloat16)
    assert resolve_precision("auto", "cuda") == precision
    assert resolve_precision("auto", "mps") == "float32"
    with pytest.raises(InvalidSetting, match="precision: expected float32 on mps, got bfloat16"):
        resolve_precision("bfloat16", "mps")


def test_without_a_driver_devices_are_told_without_torch() -> None:
    code = (
        "import sys; from distill_core import accelerator; accelerator.driver = lambda: None; "
        "accelerator.resolve_device('auto'); accelerator.accelerator_name('cpu'); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ})
    assert done.stdout.strip() == "False"
