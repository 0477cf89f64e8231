import json
import os
import platform
import subprocess
import sys

import pytest

from distill_core.machine import cpu_model, device_name, environment

pytestmark = pytest.mark.anywhere


def test_it_names_the_machine_and_the_versions():
    known = environment()
    assert known["logical_cores"] == os.cpu_count()
    assert 1 <= known["threads"] <= known["logical_cores"]
    assert known["python"] == platform.python_version()
    assert {"cpu", "system", "torch", "onnxruntime"} <= set(known)
    assert known == json.loads(json.dumps(known))


def test_a_caller_cannot_change_it():
    environment()["cpu"] = "another"
    assert environment()["cpu"] != "another"


def test_the_device_is_the_cpu_and_its_cores():
    assert device_name() == f"{environment()['cpu']}, {os.cpu_count()} logical cores"


def test_the_cpu_is_the_first_that_linux_names(tmp_path):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nmodel name\t: Cortex-X9: fast\nprocessor\t: 1\nmodel name\t: Cortex-A5\n")
    assert cpu_model(cpuinfo) == "Cortex-X9: fast"


def test_elsewhere_python_is_asked(tmp_path):
    (tmp_path / "nameless").write_text("processor : 0\n")
    assert cpu_model(tmp_path / "missing") == cpu_model(tmp_path / "nameless") != ""


def test_listing_waits_for_no_heavy_import():
    heavy = ["torch", "onnxruntime", "onnx", "sklearn", "scipy"]
    code = (
        "import sys, distill_core.evaluation, distill_core.deployment.latency; "
        "from distill_core.machine import environment; environment();"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
