"""What test_threads runs in a process of its own: heap corruption is no exception. Each line that is printed names what
comes next, so that the last line of a process that died names the culprit."""

import copy
import itertools
import sys
from collections.abc import Iterator

import numpy as np
import torch
from torch import nn

from distill_core.methods import METHODS, FeatureShapes, Settings
from distill_core.networks import Blueprint
from distill_core.networks.memory_order import contiguous_if_narrow
from distill_core.spec import Optimiser
from distill_core.training.fake_int8 import FakeInt8
from distill_core.training.precision import autocast, channels_last
from distill_core.training.student import StudentConfig, StudentTrainer
from tests.architectures import FOR_IMAGES

# Rounding alone; what was wrong was wrong by a tenth and more.
LARGEST = {"float32": 1e-4, "bfloat16": 5e-2, "int8_aware": 1e-4}
BATCH, UPDATES = 16, 2


def gradients() -> None:
    """Of strided 1x1 convolutions as the lab trains them, held against those in float64 or in the other order."""
    for threads in (1, 2):
        torch.set_num_threads(threads)
        for inputs in range(1, 18):
            for groups in {1, inputs}:
                for way, largest in LARGEST.items():
                    case = f"{inputs} inputs, {groups} groups, {threads} threads, {way}"
                    print(case, flush=True)
                    worst = _worst(inputs, groups, way)
                    assert worst < largest, f"{case}: {worst}"


def _worst(inputs: int, groups: int, way: str) -> float:
    """The largest error of a gradient of the weights or the images, as a share of the largest number in it."""
    plain = nn.Sequential(nn.Conv2d(inputs, groups * 8, 1, stride=2, groups=groups, bias=False))
    images = torch.randn(32, inputs, 14, 14)
    network = channels_last(copy.deepcopy(plain))
    contiguous_if_narrow(network)
    last = images.to(memory_format=torch.channels_last)
    if way == "int8_aware":
        with FakeInt8(plain)(), FakeInt8(network)():
            wanted, came = _slopes(plain, images), _slopes(network, last)
    else:
        wanted = _slopes(plain.double(), images.double())
        with autocast(way):  # type: ignore[arg-type]
            came = _slopes(network, last)
    return max(float((one - other).abs().max() / other.abs().max()) for one, other in zip(came, wanted, strict=True))


def _slopes(network: nn.Module, images: torch.Tensor) -> list[torch.Tensor]:
    images = images.detach().requires_grad_(True)
    answers = network(images)
    slopes = torch.randn(answers.shape, generator=torch.Generator().manual_seed(0)).to(answers.dtype)
    return [one.double() for one in torch.autograd.grad(answers, (next(network.parameters()), images), slopes)]


def networks() -> None:
    """A few updates of each width that is offered, on one thread and on two."""
    images = torch.randn(BATCH, 1, 8, 8).to(memory_format=torch.channels_last)
    labels = torch.arange(BATCH) % 10
    for blueprint in _offered():
        print(f"{blueprint.architecture}, width {blueprint.width:g}, stem stride {blueprint.stem_stride}", flush=True)
        trainer = StudentTrainer(
            _recipe(blueprint), Optimiser(), updates=UPDATES, batch_size=BATCH, precision="float32"
        )
        for update in range(UPDATES):
            torch.set_num_threads(1 + update)
            loss = trainer.compute_loss(update, trainer.forward(images), None, labels, labels < 10)
            trainer.optimizer_step(update, loss, images, labels)
        trainer.check(UPDATES)


def _offered() -> Iterator[Blueprint]:
    stages = set()
    for entry in FOR_IMAGES:
        # ResNets of one width differ in the number of equal blocks behind each strided one.
        same = entry.family, entry.shortcut_inputs
        if entry.shortcut_inputs and same in stages:
            continue
        stages.add(same)
        # Strides of the stem take turns: they change how many pixels there are, and no other layer.
        for width, stride in zip(entry.widths, itertools.cycle(entry.stem_strides), strict=False):
            yield Blueprint.for_images(
                architecture=entry.name, classes=10, channels=1, size_px=8, width=width, stem_stride=stride
            )


def _recipe(blueprint: Blueprint) -> StudentConfig:
    everything = np.arange(BATCH)
    return StudentConfig(
        run="run",
        student="student",
        blueprint=blueprint,
        loss=METHODS.get("labels").build(Settings(), FeatureShapes()),
        uses_teacher=False,
        seed=0,
        visible_M=everything,
        labelled_N=everything >= 0,
    )


if __name__ == "__main__":
    torch.manual_seed(0)
    for part in sys.argv[1:]:
        {"gradients": gradients, "networks": networks}[part]()
    print("done")
