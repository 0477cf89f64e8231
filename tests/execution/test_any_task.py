"""Whole jobs on tasks that this file alone describes: sound, a label a position, and facts that are ranked."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from distill_core.errors import CorruptFile, InvalidSetting
from distill_core.events import RunFinished, ValidPoint
from distill_core.lab import Lab
from distill_core.networks import ARCHITECTURES, Architecture, Blueprint, profile
from distill_core.networks.network import sequential
from distill_core.shell.printing import records, table
from distill_core.spec import Experiment
from distill_core.tasks import IGNORE, TASKS, InputSpec, TargetSpec, Task, TaskData
from distill_core.tasks.base import Kind, SplitCounts
from distill_core.tasks.splits import content_hash, sha256_of
from tests.quick import QUICK_TIMER

COUNTS = {"train": 60, "valid": 20, "test": 30}
LENGTH, ENTITIES, RELATIONS = 16, 8, 3
KIND = Kind(name="toy", example="toy", examples="toys")


class Toy:
    """Examples in memory; ``known`` are the facts that are true."""

    scene = ""

    def __init__(self, inputs: np.ndarray, targets: np.ndarray, known: np.ndarray | None = None) -> None:
        self.inputs, self.targets, self.known, self.data_seed = inputs, targets, known, 0

    def __len__(self) -> int:
        return len(self.targets)

    def batch(self, examples_B: np.ndarray, views_B: np.ndarray | None = None) -> torch.Tensor:
        return torch.from_numpy(self.inputs[examples_B])

    def batch_targets(self, examples_B: np.ndarray, views_B: np.ndarray | None = None) -> np.ndarray:
        return self.targets[examples_B]

    def seeded(self, data_seed: int) -> "Toy":
        return self

    def content_hash(self) -> str:
        return sha256_of(self.inputs, self.targets)


def tones(part: int, count: int, *, tags: bool) -> Toy:
    """Waves of three heights; the label is the wave's, or at each position its third of a turn."""
    draws = np.random.default_rng(part)
    label_N, start_N = draws.integers(0, 3, count), draws.uniform(0, 6, count)
    turns_NL = (1 + label_N[:, None]) * np.arange(LENGTH) / 2 + start_N[:, None]
    inputs = np.stack([np.sin(turns_NL), np.cos(turns_NL)], 1).astype(np.float32)
    targets = (turns_NL % (2 * np.pi) * 3 / (2 * np.pi)).astype(np.int64)
    targets[:, -2:] = IGNORE  # padding
    return Toy(inputs, targets if tags else label_N)


def facts(part: int, count: int) -> Toy:
    """Heads and relations with one of their tails, among all that are true."""
    known = np.random.default_rng(0).random((ENTITIES, RELATIONS, ENTITIES)) < 0.3
    triples = np.argwhere(known)[np.random.default_rng(part).integers(0, known.sum(), count)]
    return Toy(triples[:, :2] + [0, ENTITIES], triples[:, 2], known)


def filtered_mrr(dataset: Toy, outputs: np.ndarray) -> Mapping[str, float]:
    """The mean of 1 / rank of the tail among the entities that make no other true fact."""
    assert dataset.known is not None
    own = np.take_along_axis(outputs, dataset.targets[:, None], 1)
    above = (outputs > own) & ~dataset.known[dataset.inputs[:, 0], dataset.inputs[:, 1] - ENTITIES]
    return {"mrr": float((1 / (1 + above.sum(1))).mean()), "hits_at_1": float((above.sum(1) == 0).mean())}


def toy(name: str, make: Any, given: InputSpec, target: TargetSpec, **more: Any) -> Task:
    data = TaskData(*(make(part, count) for part, count in enumerate(COUNTS.values())))
    words = dict.fromkeys(("title", "teaches", "source", "licence"), name)
    return Task(
        name=name, kind=KIND, input=given, target=target, counts=SplitCounts(**COUNTS), sha256=content_hash(data),
        load=lambda home, sink: data, dataset=lambda task, part, *, data_seed=0: part, **words, **more,
    )  # fmt: skip


def tone_network(blueprint: Blueprint) -> nn.Module:
    wide = int(8 * blueprint.width)
    stem = nn.Conv1d(blueprint.input.shape[0], wide, 3, padding=1)
    stage, pool = nn.Sequential(nn.BatchNorm1d(wide), nn.ReLU()), nn.Sequential(nn.AdaptiveAvgPool1d(1), nn.Flatten(1))
    parts = {"stem": stem, "stage": stage, "pool": pool, "head": nn.Linear(wide, blueprint.classes)}
    return sequential(parts, ("stage", "pool"), channels_first=True)


def tag_network(blueprint: Blueprint) -> nn.Module:
    wide = int(8 * blueprint.width)
    stem = nn.Conv1d(blueprint.input.shape[0], wide, 3, padding=1)
    stage = nn.Sequential(nn.ReLU(), nn.Unflatten(2, (1, LENGTH)))
    pool = nn.Sequential(nn.Flatten(2), nn.Conv1d(wide, wide, 3, padding=1), nn.ReLU())
    head = nn.Conv1d(wide, blueprint.classes, 1)
    return sequential({"stem": stem, "stage": stage, "pool": pool, "head": head}, ("stage", "pool"))


def fact_network(blueprint: Blueprint) -> nn.Module:
    wide = int(8 * blueprint.width)
    stem = nn.Embedding(blueprint.input.vocabulary or 2, wide)
    pool = nn.Sequential(nn.Flatten(1), nn.Linear(2 * wide, wide), nn.ReLU())
    return sequential({"stem": stem, "pool": pool, "head": nn.Linear(wide, blueprint.classes)}, ("stem", "pool"))


def register(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add the tasks and architectures of this file until the test has ended."""
    for registry in (TASKS, ARCHITECTURES):
        monkeypatch.setattr(registry, "_entries", dict(registry._entries))
    wave, ids = InputSpec(shape=(2, LENGTH)), InputSpec(shape=(2,), dtype="int64", vocabulary=ENTITIES + RELATIONS)
    letters, tags = TargetSpec(classes=tuple("abc")), TargetSpec(classes=tuple("abc"), positions=(LENGTH,))
    TASKS.add(
        toy("tones", lambda part, count: tones(part, count, tags=False), wave, letters),
        toy("tags", lambda part, count: tones(part, count, tags=True), wave, tags),
        toy("facts", facts, ids, TargetSpec(classes=tuple("abcdefgh")), metrics=filtered_mrr),
    )
    for build in (tone_network, tag_network, fact_network):
        words = dict.fromkeys(("title", "family", "paper", "teaches"), build.__name__)
        free = {"accepts": lambda entry, given: None, "widths": (0.5, 1.0), "dense_prediction": build is tag_network}
        ARCHITECTURES.add(Architecture(name=build.__name__, build=build, **words, **free))


@pytest.fixture(autouse=True)
def toys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    register(monkeypatch)
    yield
    profile.cache_clear()


def experiment(task: str, network: str, *methods: str, **changes: Any) -> Experiment:
    """KD, further methods, and KD's network in 8 bits and with fewer channels."""
    small = {"architecture": network, "width": 0.5, "labels": 30, "transfer": "all"}
    int8 = {"start": {"source": "kd", "change": {"step": "int8"}}, "untrained": True, "method": "labels"}
    fewer = {"step": "prune", "choices": {"importance": "taylor"}, "parameters": {"multiple": 1, "keep": 0.7}}
    pruned = {"start": {"source": "kd", "change": fewer}, "method": "kd"}
    students = [{"name": one, "method": one, **small, **changes} for one in ("kd", *methods)]
    teacher = {"kind": "train", "architecture": network, "budget": {"updates": 40, "batch_size": 16}}
    told = {"task": task, "teacher": teacher, "budget": {"updates": 16, "batch_size": 16}}
    return Experiment.of(
        {**told, "students": [*students, {"name": "int8", **small, **int8}, {"name": "pruned", **small, **pruned}]}
    )


@pytest.mark.parametrize(
    ("task", "network", "methods", "metric"),
    [
        ("tones", "tone_network", ("fitnet", "simkd"), "accuracy"),
        ("tags", "tag_network", ("at", "dist"), "accuracy"),
        ("facts", "fact_network", ("rkd", "crd"), "mrr"),
    ],
)
def test_a_job_trains_scores_exports_and_measures(
    tmp_path: Path, task: str, network: str, methods: tuple[str, ...], metric: str
) -> None:
    lab = Lab.open(tmp_path, timer=QUICK_TIMER)
    try:
        job = lab.wait(lab.submit(experiment(task, network, *methods)), 120)
        assert (job.state, job.error) == ("finished", None)
        rows = lab.reports.results([job.id]).set_index("student")
        assert set(rows["state"]) == {"finished"}, rows["message"].tolist()
        assert {"kd", "int8", "pruned", *methods} < set(rows.index)
        assert rows.loc["pruned", "macs"] < rows.loc["kd", "macs"]
        assert set(rows["metric"]) == {metric}
        assert rows[["p50_ms", "macs", "valid_accuracy", "agreement"]].iloc[1:].notna().to_numpy().all()
        assert rows["file"].value_counts().to_dict() == {"float32": len(rows) - 1, "int8": 1}
        check_scores(lab, task, metric, rows.loc["kd", "run_id"])
        told = {(event.metric, event.run) for event in job.events if isinstance(event, ValidPoint | RunFinished)}
        assert told == {(metric, f"{name}/0") for name in rows.index[1:]} | {(metric, "teacher/0")}
        check_texts(lab, job.id, metric)
        summary = lab.reports.summary(job.id).set_index("student")
        assert summary.loc["kd", "test_accuracy"] == rows.loc["kd", "test_accuracy"]
        # One seed is compared by right and wrong examples, which only a task of one label an example has.
        assert summary.loc["kd", "p_value"] > 0 if task == "tones" else np.isnan(summary.loc["kd", "p_value"])
        assert "valid_accuracy" in set(lab.reports.curves({rows.loc["kd", "run_id"]: "kd"})["kind"])
        data = lab.archives.pack([job.id])
        lab.delete(job.id)
        assert lab.archives.unpack(data) == (job.id,)
        assert set(lab.reports.results([job.id])["run_id"]) == set(rows["run_id"])
    finally:
        lab.close()


def check_texts(lab: Lab, job_id: str, metric: str) -> None:
    """The shell's table and objects call a score as the task does."""
    objects, printed = records(lab.reports.results([job_id])), table(lab.reports.summary(job_id))
    names = {name for name in objects[0] if name.startswith(("valid_", "test_")) or name == "metric"}
    own = set() if metric == "accuracy" else {"metric"}
    assert names == {f"valid_{metric}", f"test_{metric}", *own}
    assert f"test {metric}" in printed or metric == "accuracy"
    assert "accuracy" not in printed


def check_scores(lab: Lab, task: str, metric: str, run_id: str) -> None:
    """The row's score is that of the stored predictions; details of a classification stand where there is one."""
    row = lab.reports.result(run_id)
    test = TASKS.get(task).load(Path(), print).test
    outputs = lab.reports.predictions(f"run:{run_id}").test_logits_NC
    assert row["test_accuracy"] == TASKS.get(task).metrics(test, outputs)[metric]
    if metric == "accuracy":
        assert lab.reports.confusion(run_id).sum() == (test.targets != IGNORE).sum()
        assert np.isfinite(row[["ece", "nll_nats"]].tolist()).all()
    else:
        with pytest.raises(CorruptFile, match="no confusion matrix"):
            lab.reports.confusion(run_id)
    with pytest.raises(InvalidSetting, match="a task: expected images"):  # as its pages ask
        lab.catalog.images(task)


@pytest.mark.parametrize(
    ("task", "network", "method", "changes", "reason"),
    [
        ("tags", "tag_network", "rkd", {}, "Relational distillation: expected a task with one label an example"),
        ("facts", "fact_network", "fitnet", {}, "a stage: expected a map; of height 1 for a sequence"),
        ("facts", "fact_network", "patient", {}, "expected examples of numbers, which can be mixed"),
        ("tags", "tag_network", "dkd", {"missing_class": "b"}, "expected a task with one label an example"),
    ],
)
def test_what_an_input_or_a_target_does_not_allow_is_refused_before_training(
    tmp_path: Path, task: str, network: str, method: str, changes: dict[str, Any], reason: str
) -> None:
    lab = Lab.open(tmp_path, timer=QUICK_TIMER)
    try:
        with pytest.raises(InvalidSetting, match=reason):
            lab.wait(lab.submit(experiment(task, network, method, **changes)), 60)
    finally:
        lab.close()
