"""Chains with real networks: every stage is a run that starts as its source, and invalid links are refused."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load

from distill_core.deployment.runtime import run_onnx
from distill_core.errors import DistillError, InvalidSetting, Stopped
from distill_core.events import Event, RunFinished, RunStarted
from distill_core.methods import METHODS
from distill_core.networks import profile
from distill_core.networks.stored import blueprint_of
from distill_core.planning.resolve import resolve_experiment
from distill_core.planning.runs import expand
from distill_core.reports.description import title
from distill_core.reports.results import results_table
from distill_core.reports.summary import summarise
from distill_core.spec import Experiment, Student
from distill_core.store import LinkedRun, Store
from distill_core.tasks import TASKS
from distill_core.templates.compression_chain import (
    CompressionChain,
    chain_experiment,
    chain_stages,
    default_chain,
    from_random,
    is_chain,
)
from tests.execution.test_job import BROKEN
from tests.quick import KNOWN_TEACHER, estimate, experiment, student, work
from ui.findings.described import describe_experiment

KD = {"method": "kd"}
SLICE = {"step": "slice", "width": 0.5}
LINKS = [
    SLICE,
    {"method": "kd"},
    {"step": "prune", "parameters": {"keep": 0.6, "multiple": 1.0}},
    {"method": "kd"},
    {"step": "int8"},
]


def chain(*links: dict[str, Any], **changes: Any) -> Experiment:
    base = experiment()
    told = {
        "task": base.task,
        "teacher": base.teacher.model_dump(),
        "budget": base.budget.model_dump(),
        "links": links or LINKS,
        **changes,
    }
    return resolve_experiment(
        chain_experiment(CompressionChain.of(told), KNOWN_TEACHER.blueprint).model_copy(update={"views": 2})
    )


@dataclass(frozen=True)
class Worked:
    store: Store
    full: Experiment
    told: tuple[Event, ...]
    home: Path

    def at(self, name: str, seed: int = 0) -> LinkedRun:
        return next(one for one in self.store.runs(["a1"]) if (one.student, one.run.seed) == (name, seed))

    def weights(self, name: str) -> dict[str, np.ndarray]:
        return load(self.store.read_artifact(self.at(name).run.id, "weights"))


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worked]:
    store, home, full = Store.open(tmp_path_factory.mktemp("chain")), tmp_path_factory.mktemp("data"), chain()
    told = work(store, home, full).snapshot()
    yield Worked(store=store, full=full, told=told, home=home)
    store.close()


def test_the_pipeline_stands_in_its_order_and_the_same_from_random_weights_beside_it(worked: Worked) -> None:
    assert is_chain(worked.full)
    assert [name.split(".")[0] for name in chain_stages(worked.full)] == ["1", "2", "3", "4", "5"]
    beside = [one.name for one in worked.full.students if one.name not in chain_stages(worked.full)]
    assert [name.startswith("random weights, ") for name in beside] == [True] * 4
    (control,) = (one for one in worked.full.students if one.role == "control")
    assert (control.name, control.method) == ("random weights, labels", "labels")


def test_every_stage_is_a_finished_run(worked: Worked) -> None:
    linked = worked.store.runs(["a1"])
    assert {one.run.state for one in linked} == {"finished"}
    steps = [worked.at(name).run.scores["step"] for name in chain_stages(worked.full)]
    assert steps == ["slice", "train", "prune", "train", "int8"]
    updates = [worked.at(name).run.updates for name in chain_stages(worked.full)]
    assert updates == [0, 8, 0, 8, 0]


def test_a_stage_begins_where_the_one_before_ended(worked: Worked) -> None:
    """The first update moves little; a start from random weights would share nothing with what was there."""
    _, distilled, pruned, again, _ = chain_stages(worked.full)
    name = "head.weight"
    wide, narrow = worked.weights(distilled)[name], worked.weights(pruned)[name]
    assert narrow.shape[1] < wide.shape[1]
    kept = [bool((np.abs(wide - column[:, None]).max(axis=0) == 0).any()) for column in narrow.T]
    assert all(kept)
    assert worked.weights(again)[name].shape == narrow.shape
    assert np.abs(worked.weights(again)[name] - narrow).max() > 0


def test_the_form_is_stored_with_the_run(worked: Worked) -> None:
    _, distilled, pruned, again, int8 = (worked.at(name).run for name in chain_stages(worked.full))
    assert profile(blueprint_of(pruned)).macs <= 0.6 * profile(blueprint_of(distilled)).macs
    assert blueprint_of(pruned) == blueprint_of(again) == blueprint_of(int8)
    assert again.scores["parameters"] == profile(blueprint_of(again)).parameters


def test_the_int8_stage_speaks_of_its_file(worked: Worked) -> None:
    *_, again, int8 = (worked.at(name).run for name in chain_stages(worked.full))
    file = worked.store.read_artifact(int8.id, "onnx")
    assert int8.scores["file"] == "int8"
    assert int8.scores["onnx_bytes"] == int8.scores["size_bytes"] == len(file)
    assert int8.scores["zipped_bytes"] == len(zlib.compress(file, 9))
    assert int8.scores["graph"] != again.scores["graph"]
    kept = load(worked.store.read_artifact(int8.id, "predictions"))
    data = np.zeros((1, 1, 8, 8), np.float32)
    assert run_onnx(file, data).shape == (1, 10)
    right = (kept["test_logits_NC"].argmax(1) == kept["test_labels_N"]).mean()
    assert int8.scores["test_accuracy"] == pytest.approx(right)
    assert worked.store.measurements(graphs=[int8.scores["graph"]])


def test_the_same_size_from_random_weights_trains_as_often(worked: Worked) -> None:
    pruned = blueprint_of(worked.at(chain_stages(worked.full)[2]).run)
    for name in ("random weights, labels", "random weights, labels, 1 of 2"):
        run = worked.at(name).run
        assert blueprint_of(run) == pruned
        assert run.updates == 8


def test_every_stage_sends_events(worked: Worked) -> None:
    started = [event.run for event in worked.told if isinstance(event, RunStarted) and event.run != "teacher/0"]
    finished = [event.run for event in worked.told if isinstance(event, RunFinished)]
    assert sorted(started) == sorted(finished) == sorted(f"{one.name}/0" for one in worked.full.students)
    stages = [f"{name}/0" for name in chain_stages(worked.full)]
    assert [run for run in finished if run in stages] == stages


def test_the_control_is_that_of_the_stage_with_its_form_and_as_many_trainings(worked: Worked) -> None:
    table = summarise(results_table(worked.store, ["a1"]), lambda run: _right(worked.store, run)).set_index("student")
    slice_, distilled, pruned, again, int8 = chain_stages(worked.full)
    judged = table.loc[list(chain_stages(worked.full)), "control"]
    assert judged[again] == "random weights, labels"
    assert judged[[slice_, distilled, pruned, int8]].isna().all()
    other = next(name for name in from_random(worked.full) if name != "random weights, labels")
    assert table.loc[other, "control"] == "random weights, labels"
    assert table.loc[again, "delta_points"] == table.loc[again, "delta_points"]
    assert list(table.loc[list(chain_stages(worked.full)), "step"]) == ["slice", "train", "prune", "train", "int8"]


def _right(store: Store, run: str) -> np.ndarray:
    kept = load(store.read_artifact(run, "predictions"))
    return kept["test_logits_NC"].argmax(1) == kept["test_labels_N"]  # type: ignore[no-any-return]


def test_stopping_keeps_the_stages_that_are_finished_and_goes_on_from_them(tmp_path: Path) -> None:
    store, full = Store.open(tmp_path / "home"), chain(controls=False)
    done: list[str] = []

    def checkpoint() -> None:
        done[:] = [one.student for one in store.runs(["a1"])]
        if chain_stages(full)[2] in done:
            raise Stopped("stopped")

    with pytest.raises(Stopped):
        work(store, tmp_path, full, checkpoint=checkpoint)
    assert done[1:] == list(chain_stages(full)[:3])
    first = {one.student: one.run for one in store.runs(["a1"])}
    work(store, tmp_path, full, "b2")
    again = {one.student: one.run for one in store.runs(["b2"])}
    assert set(again) == {*first, *chain_stages(full)}
    assert all(again[name].created_at == run.created_at for name, run in first.items())
    store.close()


def test_a_stage_of_a_failed_source_fails_with_the_reason_and_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(METHODS._entries, "broken", BROKEN)
    store = Store.open(tmp_path / "home")
    students = student("bad", method="broken"), student("after", start={"source": "bad"}), student("beside")
    work(store, tmp_path, resolve_experiment(experiment(*students)))
    found = {one.student: (one.run.state, one.run.message) for one in store.runs(["a1"])}
    assert {name for name, (state, _) in found.items() if state == "failed"} == {"bad", "after"}
    assert str(found["after"][1]).startswith("'bad' (seed 0), as which it starts, failed: the loss of 'bad'")
    store.close()


def test_a_chain_that_ends_with_labels_has_one_line_from_random_weights() -> None:
    full = chain(SLICE, {"method": "labels"})
    assert from_random(full) == ("random weights, labels",)
    assert [one.role for one in full.students if one.name in from_random(full)] == ["control"]


def test_what_was_set_to_zero_is_zero_in_the_networks_from_random_weights_too(tmp_path: Path) -> None:
    store, full = Store.open(tmp_path / "home"), chain({"step": "sparsify", "parameters": {"zeros": 0.7}}, KD)
    work(store, tmp_path, full)
    runs = {one.student: one.run for one in store.runs(["a1"])}
    shares = {name: _zeros(store, runs[name].id) for name in (*chain_stages(full), *from_random(full))}
    assert all(0.6 < share < 0.75 for share in shares.values())
    sparse = runs[chain_stages(full)[0]]
    dense = next(one.run for one in store.runs(["a1"]) if one.role == "teacher")
    assert sparse.scores["graph"] != dense.scores["graph"]
    assert store.measurements(graphs=[sparse.scores["graph"]])
    store.close()


def _zeros(store: Store, run: str) -> float:
    kept = load(store.read_artifact(run, "weights"))
    weights = [tensor.ravel() for name, tensor in kept.items() if tensor.ndim > 1]
    return float((np.concatenate(weights) == 0).mean())


def test_the_control_of_a_chain_starts_from_random_weights() -> None:
    control = student("beside", method="labels", role="control", start={"source": "KD"})
    with pytest.raises(InvalidSetting, match="the control of a chain: expected one, from random weights"):
        resolve_experiment(experiment(student(), control))


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "an untrained slice in a file": ({"links": [SLICE, {"step": "int8"}]}, "has not learnt in this form"),
    "after a file": ({"links": [{"step": "int8"}, {"method": "kd"}]}, "a file in int8"),
    "nothing cut away": ({"links": [{"step": "prune", "parameters": {"keep": 1.0}}]}, "keep"),
    "rank 0": ({"links": [{"step": "tucker", "parameters": {"keep": 0.0}}]}, "keep"),
    "random weights and no training": (
        {"start": {"architecture": "plain_cnn"}, "links": [{"step": "int8"}]},
        "expected a training, since the pipeline starts from random weights",
    ),
    "an unknown step": ({"links": [{"step": "fold"}]}, "no step named 'fold'"),
    "after what comes later": ({"links": [SLICE, {"method": "kd", "after": 2}]}, "step 2: after: expected 0 to 1"),
    "a cut of random weights": (
        {"start": {"architecture": "plain_cnn"}, "links": [{"method": "labels"}, {"step": "round", "after": 0}]},
        "step 2: expected a training",
    ),
    "a larger slice": ({"links": [{"step": "slice", "width": 2.0}]}, "slice"),
}


@pytest.mark.parametrize(("changes", "words"), WRONG.values(), ids=WRONG)
def test_chains_that_make_no_sense_are_refused_before_they_start(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(DistillError) as refused:
        expand(chain(**{"links": LINKS, **changes}), KNOWN_TEACHER)
    assert words in str(refused.value).lower() or words in str(refused.value)


def test_a_network_of_another_form_is_refused() -> None:
    other = student("other", width=0.75, start={"source": "KD"})
    with pytest.raises(InvalidSetting, match="'other': its network: expected that of 'KD'"):
        expand(resolve_experiment(experiment(student(), other)), KNOWN_TEACHER)


def test_a_start_counts_by_what_it_is_not_by_its_name() -> None:
    def prints(name: str) -> list[str]:
        first = student(name)
        return [one.fingerprint for one in expand(resolve_experiment(experiment(first, after(name))), KNOWN_TEACHER)]

    def after(name: str) -> Student:
        return student("after", start={"source": name})

    assert prints("KD") == prints("another name")
    colder = resolve_experiment(experiment(student(temperature=2.0), after("KD")))
    assert [one.fingerprint for one in expand(colder, KNOWN_TEACHER)][-1] != prints("KD")[-1]


def test_untrained_stages_take_no_training_time() -> None:
    sliced, trained = chain(SLICE), chain(SLICE, {"method": "kd"}, controls=False)
    planned = expand(sliced, KNOWN_TEACHER)
    assert not any(one.trains for one in planned)
    seconds = [estimate(full, KNOWN_TEACHER, expand(full, KNOWN_TEACHER)).seconds for full in (sliced, trained)]
    assert seconds[0] < seconds[1]


def test_a_chain_says_what_it_does(worked: Worked) -> None:
    told = [one.text for one in describe_experiment(worked.full, KNOWN_TEACHER, TASKS.get("digits"))]
    assert "1. Slice: made of the teacher, cut to Plain CNN of width 0.5, not trained." in told
    assert any("in the form of 4. " in one and "from random weights" in one for one in told)
    assert title(worked.full).startswith("Pipeline of 5: ")


def test_a_link_may_take_an_earlier_network() -> None:
    aware = {"method": "kd", "int8_aware": True, "after": 1}
    full = chain(SLICE, {"method": "kd"}, {"step": "int8"}, aware, {"step": "int8"})
    sources = {one.name[:1]: one.start.source for one in full.students if one.start and one.name in chain_stages(full)}
    assert sources["1"] == "teacher"
    assert {place: source[:2] for place, source in sources.items() if place != "1"} == {
        "2": "1.",
        "3": "2.",
        "4": "1.",
        "5": "4.",
    }
    assert len(expand(full, KNOWN_TEACHER)) == 7
    # From random weights it trains as often as the way that leads to the last form, once and not twice.
    assert [one.name for one in full.students if one.name.startswith("random")] == [
        "random weights, Knowledge distillation",
        "random weights, labels",
    ]


def test_three_steps_may_each_take_the_start() -> None:
    full = chain(*({"step": "round", "parameters": {"decimals": float(many)}, "after": 0} for many in (3, 2, 1)))
    assert [one.start.source for one in full.students if one.start] == ["teacher"] * 3


def test_the_default_chain_is_one() -> None:
    assert [getattr(link, "step", "train") for link in default_chain().links] == [
        "slice",
        "train",
        "prune",
        "train",
        "int8",
    ]
