"""A device is planned once and filed: the CPU as if there were no other, another one apart."""

from collections.abc import Callable

import pytest

from distill_core.accelerator import ResolvedDevice, device_of
from distill_core.errors import InvalidSetting
from distill_core.planning import job_plan
from distill_core.planning.job_plan import JobPlan, resolve
from distill_core.planning.stored_plan import of_json, to_json
from distill_core.spec import Experiment
from distill_core.store import Store
from distill_core.tasks import TASKS
from tests.quick import experiment

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


def test_a_device_that_this_machine_lacks_is_refused(store: Store, offer: Offer) -> None:
    offer("cpu")
    with pytest.raises(InvalidSetting, match="device: expected auto or cpu, got cuda, which"):
        resolve(experiment(device="cuda"), store, TASKS)
