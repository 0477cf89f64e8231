"""Training on several threads, in a process of its own: what goes wrong in there is no exception."""

import subprocess
import sys
from pathlib import Path

import pytest

from distill_core.architectures import Blueprint, build
from distill_core.training.precision import safe_on_threads

pytestmark = pytest.mark.anywhere

ROOT = Path(__file__).resolve().parent.parent.parent
# A stage that is halved behind 8 channels, in batches large enough that nobody trains it on one thread.
TRAIN = """
import torch
from distill_core.architectures import Blueprint, build
from distill_core.training.precision import channels_last, safe_on_threads
torch.set_num_threads(2)
network = channels_last(build(Blueprint(architecture="resnet8", classes=10, width=0.5))).train()
safe_on_threads(network)
images = torch.randn(125, 1, 28, 28).to(memory_format=torch.channels_last)
for _ in range(8):
    network(images).square().sum().backward()
print("done")
"""


def test_a_narrow_network_trains_on_two_threads_without_harm() -> None:
    told = subprocess.run([sys.executable, "-c", TRAIN], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout.strip()) == (0, "done"), told.stderr


def test_only_what_needs_it_is_changed() -> None:
    narrow, wide = (build(Blueprint(architecture="resnet8", classes=10, width=width)) for width in (0.5, 1.0))
    for network in (narrow, wide):
        safe_on_threads(network)
    hooked = [[name for name, part in one.named_modules() if part._forward_pre_hooks] for one in (narrow, wide)]
    assert hooked == [["stage2.0.downsample.0"], []]
