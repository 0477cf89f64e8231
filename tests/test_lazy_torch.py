import importlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from threading import Event, get_ident

import torch as real

from distill_core.lazy_torch import F, LazyModule, nn, torch

STEPS = """
import sys
from distill_core.lazy_torch import F, nn, onnx, ops, pd, torch
print(*(name in sys.modules for name in ("torch", "torchvision", "onnx", "pandas")))
nn.Linear
print("torch" in sys.modules, "torchvision" in sys.modules)
ops.Permute
print("torchvision" in sys.modules)
"""


def test_a_module_is_imported_when_an_attribute_is_first_read() -> None:
    answer = subprocess.run([sys.executable, "-c", STEPS], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["False", "False", "False", "False", "True", "False", "True"]


def test_the_names_are_those_of_torch() -> None:
    assert (torch.arange, nn.Module, F.kl_div) == (real.arange, real.nn.Module, real.nn.functional.kl_div)


def test_two_threads_that_import_a_package_and_a_module_inside_it_have_both(tmp_path, monkeypatch):
    package = tmp_path / "slow_package"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from tests.test_lazy_torch import gate\ngate()\nfrom slow_package.inside import found\n"
    )
    (package / "inside.py").write_text("import slow_package\nfound = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "slow_package", raising=False)
    with ThreadPoolExecutor(2) as pool:
        outer = pool.submit(import_module, "slow_package")
        assert ENTERED.wait(60)
        inner = pool.submit(lambda: WAITING.append(get_ident()) or LazyModule("slow_package.inside").found)
        assert inner.result(60) == 1
        assert outer.result(60).found == 1


ENTERED, WAITING = Event(), []


def gate() -> None:
    """Until the other thread waits for a lock of an import."""
    ENTERED.set()
    while not WAITING or WAITING[0] not in importlib._bootstrap._blocking_on:
        pass


def test_a_module_of_its_own_name_wins_over_a_function_that_hides_it() -> None:
    assert LazyModule("torchvision.models.googlenet").Inception.__name__ == "Inception"
