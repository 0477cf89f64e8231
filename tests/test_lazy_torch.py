import subprocess
import sys

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


def test_a_module_of_its_own_name_wins_over_a_function_that_hides_it() -> None:
    assert LazyModule("torchvision.models.googlenet").Inception.__name__ == "Inception"
