"""A goal from the search to the finished network: what was counted before any training is what the file has."""

import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest

from distill_core.deployment.rounds import COMPARED
from distill_core.deployment.untrained import untrained_file
from distill_core.errors import InvalidSetting
from distill_core.lab import Lab
from distill_core.networks import ARCHITECTURES, Blueprint
from distill_core.spec import Budget
from distill_core.templates.compression_chain import chain_stages
from distill_core.templates.goal import Goal, Timed
from tests.quick import QUICK_TIMER, experiment


def goal(**limits: object) -> Goal:
    quick = {"task": "digits", "teacher": experiment().teacher.model_dump(), "budget": Budget(updates=8, batch_size=16)}
    return Goal.of({**quick, "budget": quick["budget"].model_dump(), **limits})


@pytest.fixture(autouse=True)
def one_family(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("distill_core.lab.goals.taking", lambda *given: (ARCHITECTURES.get("plain_cnn"),))


def searched(lab: Lab, asked: Goal) -> None:
    lab.goals.search(asked)
    ended = lab.goals.wait(asked, 120)
    assert ended is not None
    assert (ended.finished, ended.error) == (True, None)


def test_a_goal_is_reached_to_the_byte(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = goal(most_bytes=20_000)
    assert lab.goals.found(asked) is None
    searched(lab, asked)
    found = lab.goals.found(asked)
    assert found is not None
    assert found.chosen.size_bytes <= 20_000
    # What is trained afterwards changes no search.
    other = lab.goals.found(asked.model_copy(update={"least_accuracy": 0.9, "seeds": 3}))
    assert other is not None
    assert (other.chosen, lab.goals.chain(other).seeds) == (found.chosen, 3)
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


def test_searches_run_one_after_the_other_and_their_askers_alone_stop_them(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()

    def stay(asked: Goal, offered: object, scales: object) -> None:
        begun.set()
        while True:
            scales.report(0, "Plain CNN")  # type: ignore[attr-defined]

    monkeypatch.setattr("distill_core.lab.goals.propose", stay)
    first, second = goal(most_bytes=100), goal(most_bytes=200)
    lab.goals.search(first, "Ada")
    assert begun.wait(60)
    lab.goals.search(second, "Bob")
    assert [task.title for task in lab.background_tasks()] == ["Finding the largest network that fits"]
    lab.goals.stop(first, "Bob")
    lab.goals.stop(second, "Bob")
    ended = lab.goals.wait(second, 60)
    assert ended is not None
    assert ended.stopped
    running = lab.goals.searching(first)
    assert running is not None
    assert not running.finished
    lab.goals.stop(first, "Ada")
    ended = lab.goals.wait(first, 60)
    assert ended is not None
    assert ended.stopped


class Noisy:
    """A timer that something disturbs for some tries; the median of each try."""

    def __init__(self, medians: Sequence[float], disturbed: int) -> None:
        self.tries = [(ms, "another program" * (place < disturbed)) for place, ms in enumerate(medians)]

    def __call__(self, *calls: object, **more: object) -> tuple[object, ...]:
        timing = QUICK_TIMER(*calls, **more)[0]  # type: ignore[arg-type]
        p50_ms, disturbed = self.tries.pop(0)
        return (replace(timing, p50_ms=p50_ms, disturbed=disturbed),)


@pytest.mark.parametrize(
    ("medians", "disturbed", "found"),
    [((3.0, 2.0), 1, Timed(p50_ms=2.0)), ((3.0, 1.0, 2.0), 3, Timed(p50_ms=1.0, approximate=True))],
)
def test_a_latency_that_stays_disturbed_is_approximate(
    lab: Lab, medians: tuple[float, ...], disturbed: int, found: Timed
) -> None:
    data = untrained_file(Blueprint.for_images(architecture="plain_cnn", classes=10), "float32").data
    assert lab.goals._timed(data, Noisy(medians, disturbed), lambda: None) == found
    assert lab.goals._timed(data, lab.goals._quick, lambda: None).approximate
