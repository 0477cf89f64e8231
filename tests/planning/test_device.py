"""A device is planned once and filed: the CPU as if there were no other, another one apart."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from distill_core.accelerator import ResolvedDevice, device_of
from distill_core.errors import InvalidSetting
from distill_core.execution import pace_measurement
from distill_core.execution.pace_measurement import estimate_here
from distill_core.machine import environment
from distill_core.planning import job_plan
from distill_core.planning.cohorts import TRAINING
from distill_core.planning.duration import PACE_JOBS, Estimate
from distill_core.planning.job_plan import JobPlan, resolve
from distill_core.planning.machine_pace import BUILT_IN
from distill_core.planning.progress import GETTING_READY
from distill_core.planning.stored_plan import of_json, to_json
from distill_core.planning.stored_runs import find_stored_runs
from distill_core.spec import Experiment
from distill_core.store import JobState, Store
from distill_core.tasks import TASKS
from tests.quick import experiment
from tests.store.records import a_job, a_run

Offer = Callable[..., None]


@pytest.fixture
def offer(monkeypatch: pytest.MonkeyPatch) -> Offer:
    """Let this machine have these devices."""

    def offered(*devices: ResolvedDevice) -> None:
        monkeypatch.setattr("distill_core.accelerator.available_devices", lambda: devices)
        monkeypatch.setattr(job_plan, "accelerator_name", lambda one: None if one == "cpu" else f"{one} in {devices}")

    return offered


def fingerprints(plan: JobPlan) -> set[str]:
    return {plan.fingerprint, plan.teacher.fingerprint, *(one.fingerprint for one in plan.runs)}


def test_a_specification_names_a_device_only_where_one_was_chosen() -> None:
    assert "device" not in experiment().to_json()
    chosen = experiment(device="cpu")
    assert Experiment.from_json(chosen.to_json()) == chosen != experiment()


def test_the_cpu_is_filed_as_before_there_was_a_choice(store: Store, offer: Offer) -> None:
    offer("cpu")
    auto, chosen = (
        resolve(experiment(precision="float32"), store, TASKS),
        resolve(experiment(precision="float32", device="cpu"), store, TASKS),
    )
    assert "device" not in auto.experiment.to_json()
    assert fingerprints(auto) == fingerprints(chosen)
    offer("cuda", "cpu")
    assert fingerprints(resolve(chosen.experiment, store, TASKS)) == fingerprints(auto)


def test_another_device_is_filed_apart_and_kept_in_the_plan(store: Store, offer: Offer) -> None:
    asked = experiment(precision="float32")
    offer("cpu")
    here = resolve(asked, store, TASKS)
    offer("cuda", "cpu")
    there = resolve(asked, store, TASKS)
    assert fingerprints(here).isdisjoint(fingerprints(there))
    assert device_of(of_json(to_json(there)).experiment) == "cuda"
    assert of_json(to_json(there)) == there
    assert resolve(there.experiment, store, TASKS) == there


def test_a_plan_from_before_stays_on_the_cpu_beside_a_card(store: Store, offer: Offer) -> None:
    offer("cpu")
    text = to_json(resolve(experiment(), store, TASKS))
    offer("cuda", "cpu")
    assert device_of(of_json(text).experiment) == "cpu"


def test_a_time_comes_from_what_was_trained_on_the_device_and_from_nothing_before(
    store: Store, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("distill_core.machine.accelerator_name", lambda one: None if one == "cpu" else f"{one} (card)")
    offer("cuda", "cpu")

    def estimate(*, measured: bool) -> Estimate:
        monkeypatch.setattr(pace_measurement, "_measured", [replace(BUILT_IN, measured=True)] if measured else [])
        plan = resolve(experiment(precision="float32"), store, TASKS)
        return estimate_here(find_stored_runs(plan, store), TASKS.get("digits"), store)

    finished(store, 0, environment(), seconds=100.0)
    unknown = estimate(measured=True)
    assert (unknown.pace_known, unknown.device_slowness) == (False, None)
    finished(store, 1, environment("cuda"), seconds=1.0)
    finished(store, 2, {**environment("cuda"), "device": "cuda (another card)"}, seconds=50.0)
    known = estimate(measured=False)
    assert known.pace_known
    assert known.device_slowness < 1 < known.slowness
    slow = replace(known, device_slowness=2 * known.device_slowness)
    training = {name for name, seconds in known.stages().items() if slow.stages()[name] != seconds}
    assert all(name.startswith((TRAINING, GETTING_READY)) for name in training)
    assert known.seconds < slow.seconds
    for number in range(3, 3 + PACE_JOBS):
        finished(store, number, environment(), seconds=100.0)
    assert estimate(measured=False).device_slowness == known.device_slowness
    (run, *_) = (run for run in known.stored.plan.runs if run.trains)
    assert 2 * known.training_seconds(run) == pytest.approx(slow.training_seconds(run))
    offer("cpu")
    assert estimate(measured=True).device_slowness is None
    assert estimate(measured=True).pace_known
    assert not estimate(measured=False).pace_known


def finished(store: Store, number: int, made: Mapping[str, object], *, seconds: float) -> None:
    """A finished job of one network of 1,000 updates that took so long where it was made."""
    run = a_run(
        f"{number:016x}",
        fingerprint=f"{number:064x}",
        updates=1000,
        seconds=seconds,
        batch_size=16,
        macs=2_500_000,
        environment=dict(made),
    )
    store.add_job(a_job(f"job{number}", owner=store.lab_id))
    store.save_run(run, curves=[], files={})
    store.link_run(f"job{number}", run.id, position=1, student="KD", role="student")
    store.set_job_state(f"job{number}", JobState.FINISHED)


def test_a_device_that_this_machine_lacks_is_refused(store: Store, offer: Offer) -> None:
    offer("cpu")
    with pytest.raises(InvalidSetting, match="device: expected auto or cpu, got cuda, which"):
        resolve(experiment(device="cuda"), store, TASKS)
