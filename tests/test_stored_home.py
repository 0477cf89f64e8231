"""A home that the lab of commit 27610a0 wrote: migrated, shown, and answered from wherever nothing was revised."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load

from distill_core.deployment.runtime import run_onnx
from distill_core.lab import JobView, Lab
from distill_core.networks.blueprint import Blueprint
from distill_core.networks.stored import blueprint_of
from distill_core.networks.weights import from_bytes
from distill_core.tasks import TASKS, normalised
from tests.homes.unpack import unpack
from tests.quick import QUICK_TIMER

WAIT = 120
COMPARED = ["Plain CNN", "control", "KD", "SimKD"]


@pytest.fixture
def lab(home: Path) -> Iterator[Lab]:
    unpack("27610a0", home)
    opened = Lab.open(home, timer=QUICK_TIMER)
    yield opened
    opened.close()


def jobs_of(lab: Lab) -> tuple[JobView, JobView, JobView]:
    """The comparison, the chain, and that of the ensemble."""
    ensemble, chain, comparison = lab.jobs()
    return comparison, chain, ensemble


def runs_of(lab: Lab, job: JobView) -> dict[str, str]:
    table = lab.reports.results([job.id])
    return dict(zip(table["student"], table["run_id"], strict=True))


def test_jobs_runs_tables_and_curves_are_shown(lab: Lab) -> None:
    comparison, chain, ensemble = jobs_of(lab)
    assert [job.state for job in lab.jobs()] == ["finished"] * 3
    assert comparison.title == "2 students: Plain CNN; 100 labels; 1 seed"
    summary = lab.reports.summary(comparison.id).set_index("student")
    assert list(summary.index) == COMPARED
    assert summary["test_accuracy"].between(0.1, 1).all()
    assert summary.loc["KD", "agreement"] == pytest.approx(213 / 360)
    assert summary.loc["KD", "verdict"] == "one seed: these two networks, worse"
    assert (summary[["parameters", "macs", "onnx_bytes", "p50_ms"]] > 0).all(axis=None)
    assert lab.reports.summary(chain.id)["step"].fillna("").tolist() == ["", "prune", "int8"]
    assert lab.reports.results([ensemble.id])["architecture"].tolist() == ["ensemble", "plain_cnn", "plain_cnn"]
    runs = runs_of(lab, comparison)
    curves = lab.reports.curves({run_id: name for name, run_id in runs.items()})
    assert set(curves["student"]) == set(COMPARED)
    assert lab.reports.insights({runs["KD"]: "KD"})["value"].notna().any()
    assert lab.reports.confusion(runs["KD"]).sum() == 360
    assert lab.reports.disagreements(runs["KD"], runs["Plain CNN"])


def test_measurements_and_trials_that_are_still_true_are_shown(lab: Lab) -> None:
    kd = runs_of(lab, jobs_of(lab)[0])["KD"]
    assert set(lab.devices.timings([kd])["provider"]) == {"CPUExecutionProvider", "torch eager"}
    # Attacks have been revised since.
    assert lab.robustness.scores([kd])["disturbance"].tolist() == ["clean", *["fog"] * 5]


def test_what_lacks_its_files_is_named(lab: Lab) -> None:
    comparison, chain, ensemble = jobs_of(lab)
    assert lab.reports.unreadable([comparison.id, chain.id]) == ()
    assert {one.run_id for one in lab.reports.unreadable()} == set(runs_of(lab, ensemble).values())


def test_files_give_the_stored_predictions(lab: Lab) -> None:
    task = TASKS.get("digits")
    test = lab.catalog.images("digits")[1]
    images_BCHW = normalised(task, test.images_NHWC)
    comparison, chain, _ = jobs_of(lab)
    for run_id in {*runs_of(lab, comparison).values(), *runs_of(lab, chain).values()}:
        said_NC = load(lab.reports.artifact(run_id, "predictions").read_bytes())["test_logits_NC"]
        answered_NC = run_onnx(lab.reports.artifact(run_id, "onnx").read_bytes(), images_BCHW)
        # A processor without instructions for 8 bits rounds otherwise.
        close = 0.5 if lab.reports.result(run_id)["file"] == "int8" else 1e-3
        np.testing.assert_allclose(answered_NC, said_NC, atol=close)


def test_weights_load_into_the_networks_of_their_rows(lab: Lab) -> None:
    import torch

    comparison, chain, _ = jobs_of(lab)
    images_BCHW = torch.from_numpy(normalised(TASKS.get("digits"), lab.catalog.images("digits")[1].images_NHWC))
    runs = {**runs_of(lab, comparison), **runs_of(lab, chain)}
    blueprints: dict[str, Blueprint] = {}
    for name, run_id in runs.items():
        blueprints[name] = blueprint_of(lab._store.run(run_id))
        network = from_bytes(blueprints[name], lab.reports.artifact(run_id, "weights").read_bytes()).eval()
        said_NC = load(lab.reports.artifact(run_id, "predictions").read_bytes())["test_logits_NC"]
        if lab.reports.result(run_id)["file"] != "int8":
            np.testing.assert_allclose(network(images_BCHW).detach().numpy(), said_NC, atol=1e-3)
    assert blueprints["SimKD"].teacher_head == blueprints["Plain CNN"]
    assert blueprints["1. Prune channels"].changes


def test_a_job_started_again_trains_what_was_revised_alone(lab: Lab) -> None:
    comparison, _, _ = jobs_of(lab)
    before = runs_of(lab, comparison)
    again = lab.wait(lab.restart(comparison.id), WAIT)
    assert (again.state, again.error) == ("finished", None)
    after = runs_of(lab, again)
    # SimKD's adapter now starts from random numbers of its own.
    assert [name for name in COMPARED if before[name] != after[name]] == ["SimKD"]


def test_fingerprints_are_those_that_were_stored(lab: Lab) -> None:
    comparison, chain, ensemble = jobs_of(lab)
    stored = {run.student: run.stored for job in (comparison, chain) for run in lab.plan(job.experiment).runs}
    # Pruning is in its second revision.
    assert [name for name, there in stored.items() if not there] == ["SimKD", "1. Prune channels"]
    for job in (chain, ensemble):
        assert lab.plan(job.experiment).fingerprint == lab._store.job(job.id).fingerprint
