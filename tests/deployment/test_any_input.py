"""Tasks and networks that this file alone describes: sound and text go through counting, export and timing."""

import functools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from distill_core.compression.channel_graph import build_channel_graph
from distill_core.deployment.eager import measure_eager
from distill_core.deployment.latency import measure, measure_round
from distill_core.deployment.onnx_export import export_onnx
from distill_core.deployment.runtime import run_onnx
from distill_core.errors import CorruptFile, InvalidSetting
from distill_core.networks import ARCHITECTURES, Architecture, Blueprint, build, check, profile
from distill_core.networks.base import unoffered
from distill_core.networks.example import example_input
from distill_core.networks.network import sequential
from distill_core.planning.blueprints import task_blueprint
from distill_core.spec import Student
from distill_core.tasks import IGNORE, TASKS, InputSpec, TargetSpec, Task, TaskData, load_task, null_sink
from distill_core.tasks.base import Kind, SplitCounts, accuracy
from distill_core.tasks.splits import content_hash

pytestmark = pytest.mark.anywhere

brief = functools.partial(measure, warmup_runs=1, warmup_seconds=0, runs=3, seconds=0)
SOUND, TEXT = InputSpec(shape=(4, 10)), InputSpec(shape=(6,), dtype="int64", vocabulary=50)
KIND = Kind(name="toy", example="toy", examples="toys")


class Toy:
    """A dataset of what its input may hold, with labels in turn."""

    def __init__(self, given: InputSpec, count: int) -> None:
        draws = np.random.default_rng(count)
        ids = given.dtype == "int64"
        shape = (count, *given.shape)
        self.inputs = draws.integers(0, 50, shape) if ids else draws.standard_normal(shape, dtype=np.float32)
        self.targets = np.arange(count) % 3

    def __len__(self) -> int:
        return len(self.targets)

    def batch(self, examples_B: np.ndarray, views_B: np.ndarray | None = None) -> torch.Tensor:
        return torch.from_numpy(self.inputs[examples_B])

    def content_hash(self) -> str:
        return str(float(self.inputs.sum()))


def toy(name: str, given: InputSpec) -> Task:
    data = TaskData(*(Toy(given, count) for count in (9, 3, 6)))
    return Task(
        name=name, title="", teaches="", source="", licence="", kind=KIND, input=given,
        target=TargetSpec(classes=("a", "b", "c")),
        counts=SplitCounts(train=9, valid=3, test=6), sha256=content_hash(data), load=lambda home, sink: data,
        dataset=lambda task, part, *, data_seed=0: part,
    )  # fmt: skip


def _tone(blueprint: Blueprint) -> nn.Module:
    wide = 8 * int(blueprint.option("depth"))
    parts = {
        "stem": nn.Conv1d(blueprint.input.shape[0], wide, 3, padding=1),
        "stage": nn.Sequential(nn.ReLU(), nn.ConvTranspose1d(wide, 4, 2, stride=2)),
        "pool": nn.Sequential(nn.AdaptiveAvgPool1d(1), nn.Flatten(1)),
        "head": nn.Linear(4, blueprint.classes),
    }
    return sequential(parts, ("stage", "pool"))


class Last(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.cell = nn.LSTM(8, 5, batch_first=True)

    def forward(self, tokens_BTD: torch.Tensor) -> torch.Tensor:
        return self.cell(tokens_BTD)[0][:, -1]


def _words(blueprint: Blueprint) -> nn.Module:
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    head = nn.Linear(5, blueprint.classes)
    parts = {"stem": nn.Embedding(blueprint.input.vocabulary or 2, 8), "stage": layer, "pool": Last(), "head": head}
    return sequential(parts, ("stage", "pool"))


def _of(dtype: str) -> Callable[[Architecture, InputSpec], None]:
    def accepts(entry: Architecture, given: InputSpec) -> None:
        if given.dtype != dtype:
            raise unoffered(entry, "input", dtype, given.dtype)

    return accepts


def entry(name: str, make: Callable[[Blueprint], nn.Module], dtype: str, *options: str) -> Architecture:
    words = {"title": name.title(), "family": name, "paper": "1406.1078", "teaches": "A toy."}
    return Architecture(name=name, build=make, accepts=_of(dtype), options=options, **words)


@pytest.fixture(autouse=True)
def toys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for registry in (TASKS, ARCHITECTURES):
        monkeypatch.setattr(registry, "_entries", dict(registry._entries))
    TASKS.add(toy("sound", SOUND), toy("text", TEXT))
    ARCHITECTURES.add(entry("tone", _tone, "float32", "depth"), entry("words", _words, "int64"))
    yield
    profile.cache_clear()


def network_of(task: str, architecture: str) -> Blueprint:
    return task_blueprint(Student(name="s", architecture=architecture, method="labels"), TASKS.get(task))


@pytest.mark.parametrize(
    ("task", "architecture", "parameters", "macs"),
    [
        # Conv1d 10 places of 8 outputs from 3·4; its transpose reads 10 places of 8, each to 2·4; the head.
        ("sound", "tone", (96 + 8) + (64 + 4) + 15, 10 * 8 * 12 + 10 * 8 * 8 + 12),
        # An embedding costs nothing. Six tokens of 8: four projections, scores and sums, two layers of 16; an LSTM of
        # 5 has four gates; the head.
        (
            "text",
            "words",
            50 * 8 + (4 * 64 + 32 + 2 * 128 + 24 + 32) + (20 * 13 + 40) + 18,
            4 * 6 * 64 + 2 * 36 * 8 + 2 * 6 * 128 + 6 * 20 * 13 + 15,
        ),
    ],
)
def test_it_is_counted_exported_and_timed(task: str, architecture: str, parameters: int, macs: int) -> None:
    blueprint = network_of(task, architecture)
    profiled = profile(blueprint)
    assert (profiled.parameters, profiled.macs, len(profiled.taps)) == (parameters, macs, 2)
    torch.manual_seed(0)
    network = build(blueprint).eval()
    exported = export_onnx(network, blueprint)
    data = load_task(TASKS.get(task), Path(), null_sink)
    test = TASKS.get(task).dataset(TASKS.get(task), data.test)
    batch = test.batch(np.arange(6))
    answered_NC = run_onnx(exported.data, batch.numpy())
    np.testing.assert_allclose(answered_NC, network(batch).detach(), atol=1e-5)
    assert 0 <= TASKS.get(task).metrics(test, answered_NC)["accuracy"] <= 1
    (in_file,) = measure_round([exported.data], batch_size=4, timer=brief)
    eager = measure_eager(network, blueprint, batch_size=4, timer=brief)
    assert in_file.timing.p50_ms > 0
    assert eager.timing.p50_ms > 0


def test_channels_of_a_one_dimensional_network_can_go() -> None:
    blueprint = network_of("sound", "tone")

    def importances(groups: Sequence[Any]) -> list[torch.Tensor]:
        return [torch.arange(len(group[0].idxs)) for group in groups]

    graph = build_channel_graph(build(blueprint), blueprint, importances)
    assert sorted(len(channels.order) for channels in graph.channels) == [4, 8]


def test_an_option_is_part_of_the_form_and_survives_json() -> None:
    plain = network_of("sound", "tone")
    deep = replace(plain, options=(("depth", 2),))
    assert replace(plain, options=(("depth", 1),)) == plain
    assert profile(deep).parameters > profile(plain).parameters
    for blueprint in (deep, plain, network_of("text", "words")):
        assert Blueprint.of(json.loads(json.dumps(blueprint.to_dict()))) == blueprint


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(InvalidSetting, match="ResNet-8: input: expected square images, got float32 of shape"):
        check(network_of("sound", "resnet8"))
    with pytest.raises(InvalidSetting, match="Words: input: expected int64, got float32"):
        check(network_of("sound", "words"))
    with pytest.raises(InvalidSetting, match="Words: options: expected some of width, stem_stride, got depth"):
        check(replace(network_of("text", "words"), options=(("depth", 2.0),)))
    with pytest.raises(InvalidSetting, match="a task: expected images, got 'sound'"):
        _ = TASKS.get("sound").images
    with pytest.raises(CorruptFile, match="the data of 'sound'"):
        load_task(replace(TASKS.get("sound"), sha256="0" * 64), Path(), null_sink)


def test_ids_are_of_the_vocabulary_and_hidden_targets_do_not_count() -> None:
    ids = example_input(network_of("text", "words"), 100)
    assert (ids.dtype, int(ids.min()), int(ids.max())) == (torch.int64, 0, 49)
    assert not TASKS.get("sound").applies("corruptions")
    assert TASKS.get("digits").applies("corruptions")
    data = Toy(SOUND, 3)
    data.targets = np.array([0, IGNORE, 1])
    assert accuracy(data, np.eye(3)[[0, 2, 2]]) == {"accuracy": 0.5}
