"""The files of a kit as their users use them: Python with two packages, and C++ where a compiler and headers are."""

import importlib.util
import io
import os
import shutil
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from distill_core.deployment.kit.build import write_folder
from tests.kits import KINDS, kit, source

# What numpy and onnxruntime need to be imported; nothing else of this environment is in sight.
PACKAGES = ("numpy", "numpy.libs", "onnxruntime", "flatbuffers", "packaging", "google", "typing_extensions.py")
SAID = {
    "image": "reference image 1: ",
    "scene": "reference image 1: Ground ",
    "sound": "reference sound 3: ",
    "text": ": Arabic ",
    "network": "reference example 1: ",
    "row": "reference row 1: ",
}


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages with numpy and onnxruntime alone."""
    folder = tmp_path_factory.mktemp("packages")
    site = Path(importlib.util.find_spec("numpy").origin).parent.parent
    for name in PACKAGES:
        if (site / name).exists():
            (folder / name).symlink_to(site / name)
    return folder


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The kit of each kind on the disk."""
    root = tmp_path_factory.mktemp("kits")
    for kind in KINDS:
        write_folder(kit(kind), root / kind)
    return {kind: root / kind for kind in KINDS}


def asked(bare: Path, folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(bare), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-S", "-X", "utf8", *words]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False, encoding="utf-8"
    )


def test_the_environment_is_bare(bare: Path, tmp_path: Path) -> None:
    assert asked(bare, tmp_path, "-c", "import numpy, onnxruntime").returncode == 0
    for name in ("onnx", "torch", "PIL", "distill_core"):
        assert "No module named" in asked(bare, tmp_path, "-c", f"import {name}").stderr


@pytest.mark.parametrize("kind", KINDS)
def test_check_and_example_run_with_numpy_and_onnxruntime_alone(
    kind: str, bare: Path, folders: dict[str, Path]
) -> None:
    checked = asked(bare, folders[kind], "check.py")
    assert (checked.returncode, checked.stdout.splitlines()[-1]) == (0, "PASS"), checked.stdout + checked.stderr
    assert checked.stdout.count("largest difference") == len(kit(kind).checked)
    told = asked(bare, folders[kind], "example.py")
    assert told.returncode == 0, told.stderr
    assert SAID[kind] in told.stdout


def test_another_answer_fails_the_check(bare: Path, folders: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "kit"
    shutil.copytree(folders["text"], folder)
    (changed,) = folder.glob("reference/ready_int8_probabilities_0.bin")
    changed.write_bytes((np.fromfile(changed, "<f4") + np.float32(0.2)).tobytes())
    checked = asked(bare, folder, "check.py")
    assert checked.returncode == 1
    assert "FAIL  ready_int8.onnx" in checked.stdout
    assert checked.stdout.splitlines()[-1] == "FAIL: 1 of 6 files answer otherwise here"


def test_the_example_reads_what_a_user_has(bare: Path, folders: dict[str, Path], tmp_path: Path) -> None:
    image = source("image").test.images_NHWC[3]
    np.save(tmp_path / "a.npy", image)
    (tmp_path / "a.pgm").write_bytes(b"P5\n28 28\n255\n" + image.tobytes())
    told = asked(bare, folders["image"], "example.py", str(tmp_path / "a.npy"), str(tmp_path / "a.pgm"))
    one, other = told.stdout.splitlines()
    assert one.partition("npy: ")[2] == other.partition("pgm: ")[2]
    np.save(tmp_path / "b.npy", image[:20])
    refused = asked(bare, folders["image"], "example.py", str(tmp_path / "b.npy"))
    assert "expected uint8 (28, 28, 1), got uint8 (20, 28, 1)" in refused.stderr
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes((20_000 * np.sin(np.arange(4_000) / 5)).astype("<i2").tobytes())
    assert "a.wav: " in asked(bare, folders["sound"], "example.py", str(tmp_path / "a.wav")).stdout
    scene = tmp_path / "scene.npy"
    np.save(scene, source("scene").test.images_NHWC[0])
    assert asked(bare, folders["scene"], "example.py", str(scene)).returncode == 0
    assert np.load(tmp_path / "scene_classes.npy").shape == (48, 48)
    assert "your row: " in asked(bare, folders["row"], "example.py", "age=41", "city=東京").stdout
    assert "no column ['x']" in asked(bare, folders["row"], "example.py", "x=41").stderr
    assert "学生: " in asked(bare, folders["text"], "example.py", "学生").stdout


def headers() -> Path | None:
    """Where the headers of onnxruntime are: the variable ``ONNXRUNTIME`` names its folder, or Debian's package has
    them."""
    found = [Path(os.environ["ONNXRUNTIME"]) / "include"] if "ONNXRUNTIME" in os.environ else []
    for folder in (*found, Path("/usr/include/onnxruntime"), Path("/usr/local/include/onnxruntime")):
        if (folder / "onnxruntime_cxx_api.h").is_file():
            return folder
    return None


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with onnxruntime's library under the names that a linker asks for."""
    folder = tmp_path_factory.mktemp("library")
    package = Path(importlib.util.find_spec("onnxruntime").origin).parent
    (found,) = package.glob("capi/libonnxruntime.so.*")
    for name in ("libonnxruntime.so", "libonnxruntime.so.1"):
        (folder / name).symlink_to(found)
    return folder


@pytest.mark.skipif(shutil.which("g++") is None, reason="no C++ compiler is here")
@pytest.mark.skipif(headers() is None, reason="onnxruntime's headers are not here: set ONNXRUNTIME to its folder")
@pytest.mark.parametrize("kind", ["image", "scene", "sound", "text", "row"])
def test_the_program_compiles_and_passes(kind: str, folders: dict[str, Path], library: Path, tmp_path: Path) -> None:
    program = tmp_path / "classify"
    command = ["g++", "-std=c++17", "-Wall", "-Wextra", "-Werror", f"-I{headers()}", "cpp/main.cpp", "-o", str(program)]
    command += [f"-L{library}", "-lonnxruntime", f"-Wl,-rpath,{library}"]
    made = subprocess.run(command, cwd=folders[kind], capture_output=True, text=True, timeout=300, check=False)
    assert made.returncode == 0, made.stderr
    checked = subprocess.run([program], cwd=folders[kind], capture_output=True, text=True, timeout=60, check=False)
    assert checked.stdout.startswith("PASS  ready_float32.onnx"), checked.stdout + checked.stderr
    given = {"text": "學生", "image": str(tmp_path / "a.pgm"), "scene": str(tmp_path / "a.pgm")}
    given["row"] = "41,,1"
    given["sound"] = str(tmp_path / "a.wav")
    if kind in ("image", "scene"):
        image = source(kind).test.images_NHWC[0]
        (tmp_path / "a.pgm").write_bytes(f"P5 {len(image)} {len(image)} 255\n".encode() + image.tobytes())
    if kind == "sound":
        (tmp_path / "a.wav").write_bytes(wav())
    told = subprocess.run(
        [program, given[kind]], cwd=folders[kind], capture_output=True, text=True, timeout=60, check=False
    )
    assert told.stdout.startswith(f"{given[kind]}: "), told.stderr


def wav() -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes((20_000 * np.sin(np.arange(4_000) / 5)).astype("<i2").tobytes())
    return buffer.getvalue()
