"""What the tests of the steps start from: every kind of network, with weights and statistics that are not those of the
start, and what a step may look at."""

import torch
from torch import Tensor, nn

from distill_core.compression import STEPS, StepInput, StepResult, resolve_settings
from distill_core.networks import Blueprint, build, profile
from distill_core.spec import Change

__all__ = ["COST", "IMAGES", "REASONS", "material", "ready", "run", "small", "trained"]

# Why a step refuses an architecture.
NOTHING_TO_FACTOR = ("mobilenet_v2", "mobilenet_v3_small", "shufflenet_v2", "depthwise_cnn")
REASONS = {
    **{("tucker", name): "behind the first one, got a network without" for name in NOTHING_TO_FACTOR},
    **{("separable", name): "behind the first one, got a network without" for name in NOTHING_TO_FACTOR},
    ("prune", "shufflenet_v2"): "got channels that are halved and shuffled",
    ("prune", "vit_small"): "got attention, whose heads share the features",
}
IMAGES = torch.randn(6, 1, 8, 8, generator=torch.Generator().manual_seed(1))
COST = {"macs": lambda blueprint: profile(blueprint).macs, "parameters": lambda one: profile(one).parameters}


def small(name: str, width: float = 1.0) -> Blueprint:
    return Blueprint.for_images(architecture=name, classes=4, size_px=8, width=width)


def trained(blueprint: Blueprint, seed: int = 0) -> nn.Module:
    """Random weights, and batch norms that have seen images and have gains and shifts of their own."""
    torch.manual_seed(seed)
    network = build(blueprint)
    for part in network.modules():
        if isinstance(part, nn.BatchNorm2d):
            nn.init.uniform_(part.weight, 0.5, 1.5)
            nn.init.normal_(part.bias, 0, 0.1)
    with torch.no_grad():
        for _ in range(2):
            network.train()(torch.randn(16, 1, blueprint.size_px, blueprint.size_px))
    return network.eval()


def material(network: nn.Module, blueprint: Blueprint, target: Blueprint | None = None) -> StepInput:
    images_BCHW: Tensor = torch.randn(20, 1, blueprint.size_px, blueprint.size_px)
    return StepInput(
        network=network,
        blueprint=blueprint,
        target=target or blueprint,
        images_BCHW=images_BCHW,
        labels_B=torch.arange(20) % blueprint.classes,
        seed=3,
        cost=COST,
    )


def ready(name: str, width: float = 1.0) -> StepInput:
    blueprint = small(name, width)
    return material(trained(blueprint), blueprint)


def run(step: str, given: StepInput, choices: dict[str, str] | None = None, **parameters: float) -> StepResult:
    """Checked first, as the lab does it."""
    entry = STEPS.get(step)
    settings = resolve_settings(entry, Change(step=step, parameters=parameters, choices=choices or {}))
    entry.check(given.blueprint, given.target, settings)
    assert entry.apply is not None
    return entry.apply(given, settings)
