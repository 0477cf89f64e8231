"""A goal from the search to the finished network: what was counted before any training is what the file has."""

from dataclasses import replace

import pytest

from distill_core.deployment.rounds import COMPARED
from distill_core.errors import InvalidSetting
from distill_core.lab import Lab
from distill_core.networks import ARCHITECTURES
from distill_core.spec import Budget
from distill_core.templates.compression_chain import chain_stages
from distill_core.templates.goal import Goal
from tests.quick import experiment


def goal(**limits: object) -> Goal:
    quick = {"task": "digits", "teacher": experiment().teacher.model_dump(), "budget": Budget(updates=8, batch_size=16)}
    return Goal.of({**quick, "budget": quick["budget"].model_dump(), **limits})


@pytest.fixture(autouse=True)
def one_family(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("distill_core.lab.goals.taking", lambda given: (ARCHITECTURES.get("plain_cnn"),))


def searched(lab: Lab, asked: Goal) -> None:
    lab.goals.search(asked)
    ended = lab.goals.wait(120)
    assert ended is not None
    assert (ended.finished, ended.error) == (True, None)


def test_a_goal_is_reached_to_the_byte(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = goal(most_bytes=20_000)
    assert lab.goals.found(asked) is None
    searched(lab, asked)
    found = lab.goals.found(asked)
    assert found is not None
    assert found.chosen.size_bytes <= 20_000
    chain = lab.catalog.chain_experiment(lab.goals.chain(found))
    job = lab.wait(lab.submit(chain), timeout_seconds=180)
    assert (job.state, job.error) == ("finished", None)
    results = lab.reports.results([job.id]).set_index("student")
    last = results.loc[chain_stages(job.experiment)[-1]]
    assert last["onnx_bytes"] == found.chosen.size_bytes
    # Its latency is stored now: a search by time takes it from there, and times nothing; unless it was disturbed.
    measured = lab._store.measurements(graphs=[lab._store.run(last["run_id"]).scores["graph"]])
    stored = [one.p50_ms for one in measured if (one.threads, one.batch_size) == COMPARED]
    for disturbed, known in (("", stored), ("another program", [None]), (None, [None])):
        same = [replace(one, disturbed=disturbed) for one in measured]
        monkeypatch.setattr(lab._store, "measurements", lambda same=same, **which: same)
        assert lab.goals._measured(measured[0].graph) in known


def test_a_goal_out_of_reach_is_kept_as_its_refusal(lab: Lab) -> None:
    asked = goal(most_bytes=100)
    searched(lab, asked)
    with pytest.raises(InvalidSetting, match="the nearest is Plain CNN"):
        lab.goals.found(asked)
    assert lab.goals.found(goal(most_bytes=200)) is None


def test_two_searches_do_not_run_at_once(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def stay(asked: Goal, offered: object, scales: object) -> None:
        while True:
            scales.report(0, "Plain CNN")  # type: ignore[attr-defined]

    monkeypatch.setattr("distill_core.lab.goals.propose", stay)
    lab.goals.search(goal(most_bytes=100))
    with pytest.raises(InvalidSetting, match="wait until it is done"):
        lab.goals.search(goal(most_bytes=200))
    assert [task.title for task in lab.background_tasks()] == ["Finding the largest network that fits"]
    lab.goals.stop()
    ended = lab.goals.wait(60)
    assert ended is not None
    assert ended.stopped
