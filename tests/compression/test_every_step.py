"""Every step on every kind of network: what is true of each, or the reason why it is refused."""

import copy
import json
import re
from dataclasses import replace

import pytest
import torch

from distill_core.compression import STEPS, resolve_settings
from distill_core.deployment.onnx_export import export_onnx
from distill_core.errors import InvalidSetting
from distill_core.networks import Blueprint, build, profile
from distill_core.networks.fold import fold_batch_norm
from distill_core.spec import Change
from distill_core.tasks import InputSpec
from tests.architectures import NAMES, ONE_OF_EACH_WIDTH
from tests.compression.material import IMAGES, REASONS, material, ready, run, small
from tests.execution.test_any_task import LENGTH, register

ENERGY = {"by": "energy"}
TAYLOR = {"importance": "taylor", "target": "parameters"}
WAYS: dict[str, tuple[str, dict[str, str], dict[str, float]]] = {
    **{step.name: (step.name, {}, {}) for step in STEPS if step.apply},
    "tucker": ("tucker", {}, {"keep": 0.9}),
    "tucker by energy": ("tucker", ENERGY, {"energy": 0.7}),
    "separable": ("separable", {}, {"keep": 0.95}),
    "separable by energy": ("separable", ENERGY, {"energy": 0.7}),
    "prune by Taylor": ("prune", TAYLOR, {"keep": 0.3}),
}
# Each step meets every network; its other ways of choosing meet one of each kind of layer, with a wide stage or tokens.
OTHER_WAYS = {"tucker by energy", "separable by energy", "prune by Taylor"}
KINDS = ("resnet8", "mobilenet_v2", "squeezenet", "vit_small")
# Working out a core takes the cube of the channels: narrow networks have all of the same layers.
NARROW = {"resnet8": 0.5, "resnet8x4": 0.25}
CASES = [
    (way, name)
    for way in WAYS
    for name in (KINDS if way in OTHER_WAYS else ONE_OF_EACH_WIDTH)
    if (WAYS[way][0], name) not in REASONS
]


@pytest.fixture(autouse=True)
def _leaves_other_cores_alone(one_thread: None) -> None:
    """Each step is small."""


@pytest.mark.parametrize(("way", "name"), CASES)
def test_what_is_true_of_every_step(way: str, name: str) -> None:
    step, choices, parameters = WAYS[way]
    given = ready(name, NARROW.get(name, 1.0) if step == "tucker" else 1.0)
    before = copy.deepcopy(given.network.state_dict())
    generator = torch.get_rng_state()
    changed = run(step, given, choices, **parameters)
    assert torch.equal(torch.get_rng_state(), generator), "nobody else's random numbers"
    assert_source_is_as_it_was(given, before)
    assert_fits_its_blueprint(changed)
    if name in KINDS:
        again = run(step, given, choices, **parameters)
        assert again.blueprint == changed.blueprint
        assert same_bits(again.network.state_dict(), changed.network.state_dict())
    with torch.no_grad():
        torch.testing.assert_close(
            fold_batch_norm(changed.network)(IMAGES), changed.network(IMAGES), rtol=1e-4, atol=1e-5
        )
    if changed.blueprint != given.blueprint:  # else its file is that of any such network
        assert export_onnx(changed.network, changed.blueprint).largest_difference < 1e-4


@pytest.mark.parametrize("step", ["tucker", "separable"])
def test_a_convolution_over_one_axis_is_factored_too(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch)
    waves = torch.randn(6, 2, LENGTH, generator=torch.Generator().manual_seed(1))
    wave = InputSpec(shape=(2, LENGTH))
    blueprint = Blueprint(architecture="tag_network", classes=3, input=wave, positions=(LENGTH,))
    torch.manual_seed(0)
    given = material(build(blueprint).eval(), blueprint)
    whole = run(step, given, ENERGY, energy=1.0)
    with torch.no_grad():
        torch.testing.assert_close(whole.network(waves), given.network(waves), rtol=0, atol=1e-5)
    changed = run(step, given, keep=0.8)
    assert [name for name, _ in changed.blueprint.changes[0].sizes] == ["pool.1"]
    assert changed.notes["macs_share"] == profile(changed.blueprint).macs / profile(blueprint).macs <= 0.8
    assert_fits_its_blueprint(changed, waves)
    assert export_onnx(changed.network, changed.blueprint).largest_difference < 1e-4
    alone = Blueprint(architecture="tone_network", classes=3, input=InputSpec(shape=(2, LENGTH)))
    with pytest.raises(InvalidSetting, match="behind the first one, got a network without"):
        check(step, alone, alone)


def assert_source_is_as_it_was(given, before) -> None:
    assert same_bits(given.network.state_dict(), before)
    assert not given.network.training
    assert all(weight.grad is None for weight in given.network.parameters())


def assert_fits_its_blueprint(changed, given: torch.Tensor = IMAGES) -> None:
    plain = json.loads(json.dumps(changed.blueprint.to_dict()))
    assert Blueprint.of(plain) == changed.blueprint
    twin = build(changed.blueprint)
    twin.load_state_dict(changed.network.state_dict(), strict=True)
    with torch.no_grad():
        assert torch.equal(twin.eval()(given), changed.network(given))
    own = sum(weight.numel() for weight in changed.network.parameters())
    assert profile(changed.blueprint).parameters == own
    assert not changed.network.training
    assert all(weight.requires_grad and weight.is_leaf for weight in changed.network.parameters())
    assert all(isinstance(value, float) for value in changed.notes.values())


def same_bits(one, other) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize(("step", "name"), REASONS)
def test_what_a_network_does_not_allow_is_refused_with_the_reason(step: str, name: str) -> None:
    with pytest.raises(InvalidSetting, match=REASONS[step, name]):
        check(step, small(name), small(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_check_tells_for_every_architecture_what_will_work(name: str) -> None:
    """The deepest and widest too; ONE_OF_EACH_WIDTH above shows that what passes here can be done."""
    for step in STEPS.names():
        if (step, name) not in REASONS:
            check(step, small(name), small(name), ENERGY if step in ("tucker", "separable") else {})


def check(step: str, source: Blueprint, target: Blueprint, choices: dict[str, str] | None = None) -> None:
    entry = STEPS.get(step)
    entry.check(source, target, resolve_settings(entry, Change(step=step, choices=choices or {})))


@pytest.mark.parametrize("step", STEPS.names())
def test_an_ensemble_is_refused(step: str) -> None:
    members = (small("plain_cnn"), small("resnet8"))
    ensemble = Blueprint.for_images(architecture="ensemble", classes=4, size_px=8, members=members)
    with pytest.raises(InvalidSetting, match="expected one network, got an ensemble of several"):
        check(step, ensemble, small("resnet8"))


@pytest.mark.parametrize("step", [step.name for step in STEPS if not step.resizes])
def test_a_step_that_keeps_the_network_refuses_another_target(step: str) -> None:
    message = "expected the network that it starts from, Plain CNN (width 1, stem stride 1, 4 classes), got Plain CNN"
    with pytest.raises(InvalidSetting, match=re.escape(message)):
        check(step, small("plain_cnn"), small("plain_cnn", 0.5))


def test_a_target_without_the_changes_of_its_source_is_the_same_network() -> None:
    changed = run("prune", ready("plain_cnn"))
    check("sparsify", changed.blueprint, small("plain_cnn"))
    check("int8", changed.blueprint, small("plain_cnn"))


@pytest.mark.parametrize("step", ["slice", "tucker", "separable", "prune", "fresh"])
def test_a_head_that_belongs_to_the_teacher_keeps_its_size(step: str) -> None:
    grafted = replace(small("plain_cnn"), teacher_head=small("resnet8"))
    with pytest.raises(InvalidSetting, match="expected a network with a head of its own"):
        check(step, grafted, small("plain_cnn"))
    for harmless in ("sparsify", "round", "int8", "float16"):
        check(harmless, grafted, small("plain_cnn"))
