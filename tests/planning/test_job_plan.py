"""A plan is made once: it is shown, stored with its job, and executed as it is."""

import json
from typing import Any

import numpy as np
import pytest
import torch

from distill_core.compression import Settings as StepSettings
from distill_core.execution.losses import student_config
from distill_core.lab import Lab
from distill_core.methods import METHODS, LossInputs, MethodSettings, Settings
from distill_core.planning.job_plan import JobPlan, resolve
from distill_core.planning.stored_plan import of_json, to_json
from distill_core.spec import Experiment
from distill_core.store import Store
from distill_core.tasks import TASKS
from distill_core.templates.compression_chain import chain_experiment, default_chain
from distill_core.templates.presets import LESSONS, default_experiment
from tests.quick import experiment, student

FIRST = student("first")
SMALL = {"architecture": "resnet8", "width": 1.0}
SHIPPED = [{"kind": "shipped", "name": name} for name in ("fashion_inception", "fashion_resnet20")]
STEP = {"step": "sparsify"}
SPARSE: dict[str, Any] = {"start": {"source": "first", "change": STEP}, "temperature": 2.0}
BLURRED = {"start": {"source": "teacher"}, "width": 1.0, "scene": {"corruption": "fog", "severity": 2}}
ASKED = {
    "the usual": default_experiment(2),
    "on top": experiment(student(method="dkd", also=[{"method": "dist", "weight": 2.0}, {"method": "rkd"}])),
    "one by one": experiment(FIRST, student("second", taught_by="first", missing_class="3"), student("thin", **SPARSE)),
    "circle": experiment(student("a", method="mutual"), student("b", method="mutual", **SMALL)),
    "another's head": experiment(student(method="simkd")),
    "scene": experiment(student("adapted", **BLURRED)),
    "ensemble": experiment(task="fashion_mnist_small", teacher={"kind": "ensemble", "members": SHIPPED}),
    **{lesson.name: lesson.experiment for lesson in LESSONS},
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_a_plan_comes_back_as_it_was_stored(asked: Experiment, store: Store) -> None:
    plan = resolve(asked, store, TASKS)
    text = to_json(plan)
    assert of_json(text) == plan
    assert to_json(of_json(text)) == text
    # What the experiment tells is told once.
    assert not any({"labels", "transfer", "also"} & run.keys() for run in json.loads(text)["runs"])


def test_the_chain_comes_back_too(store: Store) -> None:
    teacher = resolve(default_experiment(), store, TASKS).teacher.blueprint
    plan = resolve(chain_experiment(default_chain(), teacher), store, TASKS)
    assert of_json(to_json(plan)) == plan
    settings = {one.student.name: one.initial and one.initial.step_settings for one in plan.runs if one.start_of}
    changes = {one.name: one.start.change for one in plan.experiment.students if one.start}
    for name, change in changes.items():
        assert settings[name] == (change and StepSettings(parameters=change.parameters, choices=change.choices))
    assert any(one and one.choices for one in settings.values())


def test_every_method_has_complete_settings_in_the_plan(store: Store) -> None:
    asked = student(temperature=3.0, also=[{"method": "dkd", "weight": 0.5, "parameters": {"other_weight": 2.0}}])
    *_, planned = resolve(experiment(asked), store, TASKS).runs
    own, added = planned.method_settings
    assert own == MethodSettings(method="kd", settings=Settings(temperature=3.0, alpha=METHODS.get("kd").alpha))
    assert (added.method, added.weight, added.settings.temperature) == ("dkd", 0.5, METHODS.get("dkd").temperature)
    assert added.settings.parameters == {**METHODS.get("dkd").defaults, "other_weight": 2.0, "hard_weight": 0.0}


def test_losses_are_built_from_the_settings_of_the_plan_alone(store: Store) -> None:
    """Not from the student, which would be resolving it a second time."""
    plan = resolve(experiment(student(alpha=0.25, temperature=2.0)), store, TASKS)
    values = json.loads(to_json(plan))
    values["runs"][-1]["method_settings"][0]["settings"] |= {"alpha": 0.75, "temperature": 8.0}
    config = student_config(of_json(json.dumps(values)).runs[-1], 0, np.arange(400) % 10)
    batch = LossInputs(
        student_BC=torch.zeros(2, 10),
        teacher_BC=torch.eye(10)[:2],
        targets_B=torch.tensor([0, 1]),
        progress=0.0,
    )
    assert config.loss(batch).weights == {"hard": 0.25, "soft": 0.75}


def test_what_is_shown_is_stored_and_executed(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    executed: list[JobPlan] = []
    monkeypatch.setattr("distill_core.lab.executors.run_job", lambda job_id, plan, context: executed.append(plan))
    shown = lab.plan(experiment())
    monkeypatch.setattr("distill_core.lab.lab.resolve", lambda *given: pytest.fail("planned a second time"))
    job = lab.submit(shown)
    assert lab.wait(job, 60).error is None
    assert executed == [shown.resolved]
    assert of_json(lab._store.plan(job) or "") == shown.resolved
    assert lab._store.job(job).fingerprint == shown.fingerprint
