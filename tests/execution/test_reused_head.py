"""A SimKD student as a job: it ships with an adapter and its teacher's head, and both count."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.numpy import load
from torch import nn

from distill_core.deployment.eager import EAGER
from distill_core.deployment.runtime import example_feed, session
from distill_core.deployment.server_measurement import latency_tasks, run_latency_task
from distill_core.lab import Lab
from distill_core.networks import Blueprint, profile
from distill_core.networks.stored import blueprint_of
from distill_core.networks.weights import from_bytes
from distill_core.spec import StoredTeacher
from distill_core.store import RunRecord
from tests.quick import QUICK_TIMER, experiment, student
from ui.findings.described import describe_experiment

TEACHER = Blueprint.for_images(architecture="plain_cnn", classes=10, size_px=8)
# At half width a plain CNN ends in 24 channels; the teacher's embedding has 48 features.
KERNELS = 24 * 24 + 9 * 24 * 24 + 24 * 48
ADDED = KERNELS + 2 * (24 + 24 + 48) + (48 - 24) * 10
ADDED_MACS = 2 * 2 * KERNELS + (48 - 24) * 10


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    opened = Lab.open(tmp_path_factory.mktemp("reused"), timer=QUICK_TIMER)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def rows(lab: Lab) -> pd.DataFrame:
    chosen = experiment(student(), student("SimKD", method="simkd"), updates=20)
    plan = lab.plan(chosen).resolved
    job = lab.wait(lab.submit(chosen), 120)
    assert (job.state, job.error) == ("finished", None)
    sentences = describe_experiment(plan.experiment, plan.teacher, lab.tasks.get("digits"))
    said = "SimKD: Plain CNN of width 0.5 with the teacher's head, SimKD ("
    assert any(said in sentence.text for sentence in sentences)
    return lab.reports.results([job.id]).set_index("student")


def network(lab: Lab, run_id: str) -> nn.Module:
    return from_bytes(blueprint_of(record(lab, run_id)), lab.reports.artifact(run_id, "weights").read_bytes())


def record(lab: Lab, run_id: str) -> RunRecord:
    return lab._store.run(run_id)


def tensors(lab: Lab, rows: pd.DataFrame, name: str) -> dict[str, np.ndarray]:
    return load(lab.reports.artifact(rows.loc[name, "run_id"], "weights").read_bytes())


def test_adapter_and_head_count_in_every_size(rows: pd.DataFrame) -> None:
    own, plain = rows.loc["SimKD"], rows.loc["control"]
    assert own["parameters"] - plain["parameters"] == ADDED
    assert own["macs"] - plain["macs"] == ADDED_MACS
    # Norms keep a mean, a variance and a count beside their parameters.
    assert own["size_bytes"] - plain["size_bytes"] > 4 * ADDED
    assert own["onnx_bytes"] - plain["onnx_bytes"] > 4 * (KERNELS + (48 - 24) * 10)
    assert (own["architecture"], own["width"]) == (plain["architecture"], plain["width"])


def test_a_plan_tells_the_larger_size(lab: Lab, rows: pd.DataFrame) -> None:
    plan = lab.plan(experiment(student("SimKD", method="simkd")))
    sizes = {one.student: (one.parameters, one.macs) for one in plan.runs}
    assert sizes["SimKD"] == (rows.loc["SimKD", "parameters"], rows.loc["SimKD", "macs"])
    assert sizes["control"] == (rows.loc["control", "parameters"], rows.loc["control", "macs"])


def test_the_head_is_the_teachers_bit_by_bit_after_training(lab: Lab, rows: pd.DataFrame) -> None:
    teacher = rows.index[rows["role"] == "teacher"][0]
    own, other = tensors(lab, rows, "SimKD"), tensors(lab, rows, teacher)
    for name in ("head.weight", "head.bias"):
        assert own[name].tobytes() == other[name].tobytes()
    assert not np.array_equal(own["stem.0.weight"], tensors(lab, rows, "KD")["stem.0.weight"])


def test_the_teacher_stays_as_it_was(lab: Lab, rows: pd.DataFrame, tmp_path: Path) -> None:
    alone = Lab.open(tmp_path, timer=QUICK_TIMER)
    job = alone.wait(alone.submit(experiment(student())), 120)
    fresh = alone.reports.results([job.id]).set_index("student")
    teacher = fresh.index[fresh["role"] == "teacher"][0]
    weights = [one.reports.artifact(table.loc[teacher, "run_id"], "weights").read_bytes()
               for one, table in ((alone, fresh), (lab, rows))]  # fmt: skip
    assert weights[0] == weights[1]
    alone.close()


def test_its_record_says_what_it_was_built_from(lab: Lab, rows: pd.DataFrame) -> None:
    run = record(lab, rows.loc["SimKD", "run_id"])
    assert blueprint_of(run).teacher_head == TEACHER
    assert profile(blueprint_of(run)).parameters == rows.loc["SimKD", "parameters"]
    assert "graft" not in record(lab, rows.loc["KD", "run_id"]).scores
    assert blueprint_of(record(lab, rows.loc["KD", "run_id"])).teacher_head is None


@pytest.mark.parametrize("precision", ["float32", "float16"])
def test_its_file_holds_the_head_and_answers_as_torch_does(lab: Lab, rows: pd.DataFrame, precision: str) -> None:
    run_id = rows.loc["SimKD", "run_id"]
    opened = session(lab.devices.model(run_id, precision).data, threads=1)
    feed = example_feed(opened, 5)
    (answered_BC,) = opened.run(["logits"], feed)
    with torch.no_grad():
        expected_BC = network(lab, run_id)(torch.from_numpy(feed["images"])).numpy()
    assert answered_BC.shape == (5, 10)
    assert np.abs(answered_BC - expected_BC).max() < (1e-4 if precision == "float32" else 0.05)
    assert record(lab, run_id).scores["graph"] != record(lab, rows.loc["KD", "run_id"]).scores["graph"]


def test_the_server_measures_it_on_every_backend(lab: Lab, rows: pd.DataFrame) -> None:
    run, store = record(lab, rows.loc["SimKD", "run_id"]), lab._store
    measured = [run_latency_task(one, store, lambda: None, QUICK_TIMER) for one in latency_tasks([run], (2,))]
    assert {one.provider for one in measured} == {"CPUExecutionProvider", EAGER}
    assert all(one.p50_ms > 0 and one.graph == run.scores["graph"] for one in measured)
    assert rows.loc["SimKD", "p50_ms"] > 0


def test_it_is_compared_with_the_plain_student(lab: Lab, rows: pd.DataFrame) -> None:
    (job,) = set(rows["job_id"])
    summary = lab.reports.summary(job).set_index("student")
    assert summary.loc["SimKD", "control"] == "control"
    assert summary.loc["SimKD", "parameters"] == summary.loc["control", "parameters"] + ADDED


def test_it_can_teach_and_hand_its_head_on(lab: Lab, rows: pd.DataFrame) -> None:
    teacher = StoredTeacher(run=rows.loc["SimKD", "run_id"]).model_dump()
    chosen = experiment(
        student("KD"), student("SimKD", method="simkd"), student("SRRL", method="srrl"), teacher=teacher
    )
    job = lab.wait(lab.submit(chosen), 120)
    assert (job.state, job.error) == ("finished", None)
    taught = lab.reports.results([job.id]).set_index("student")
    assert taught.loc["SimKD", "parameters"] == rows.loc["SimKD", "parameters"]
    assert blueprint_of(record(lab, taught.loc["SimKD", "run_id"])).teacher_head == blueprint_of(
        record(lab, rows.loc["SimKD", "run_id"])
    )
    heads = [tensors(lab, table, "SimKD")["head.weight"] for table in (rows, taught)]
    assert heads[0].tobytes() == heads[1].tobytes()


def test_a_plain_student_trains_to_the_same_bits_beside_it(lab: Lab, rows: pd.DataFrame, tmp_path: Path) -> None:
    alone = Lab.open(tmp_path, timer=QUICK_TIMER)
    job = alone.wait(alone.submit(experiment(student(), updates=20)), 120)
    fresh = alone.reports.results([job.id]).set_index("student")
    for name in ("KD", "control"):
        assert tensors(alone, fresh, name).keys() == tensors(lab, rows, name).keys()
        ours = alone.reports.artifact(fresh.loc[name, "run_id"], "weights").read_bytes()
        assert ours == lab.reports.artifact(rows.loc[name, "run_id"], "weights").read_bytes()
    alone.close()
