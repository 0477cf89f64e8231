"""A chain that starts as a finished network of this lab, beside another teacher."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load

from distill_core.errors import CorruptFile, InvalidSetting, NotFound
from distill_core.lab import Lab
from distill_core.planning.runs import expand
from distill_core.spec import Experiment, StoredTeacher
from distill_core.templates.compression_chain import INITIAL, CompressionChain, chain_stages
from tests.archive.packed import changed
from tests.quick import QUICK_TIMER, experiment, student
from ui.findings.described import describe_experiment
from ui.jobs import copying
from ui.networks import style
from ui.screens.compress import findings, pipeline_chart
from ui.screens.compress.pipeline import build_pipeline

PRUNE = {"step": "prune", "parameters": {"keep": 0.6, "multiple": 1.0}}
pytestmark = pytest.mark.usefixtures("trained")


@pytest.fixture
def own(lab: Lab) -> str:
    """The run of the student that learned by distillation."""
    results = lab.reports.results()
    return str(results[results["student"] == "KD"]["run_id"].iloc[0])


def chain(own: str, **changes: object) -> CompressionChain:
    usual = experiment()
    told = {"task": "digits", "teacher": usual.teacher.model_dump(), "budget": usual.budget.model_dump()}
    links = [PRUNE, {"method": "kd"}, {"step": "int8", "parameters": {"images": 32}}]
    return CompressionChain.of({**told, "start": {"run": own}, "links": links, **changes})


def other_start(rows: dict[str, Any]) -> None:
    """Another network of the same form: nothing but the fingerprints tells."""
    *_, chain = rows["jobs"]
    own, other = (next(run["id"] for run in rows["runs"] if run["student"] == name) for name in ("KD", "KD, all"))
    chain["specification"] = chain["specification"].replace(own, other)


def test_it_starts_as_that_network_and_its_teacher_teaches(lab: Lab, own: str, tmp_path: Path) -> None:
    asked = lab.catalog.chain_experiment(chain(own))
    assert CompressionChain.from_json(chain(own).to_json()).start == StoredTeacher(run=own)
    assert Experiment.from_json(asked.to_json()) == asked
    job = lab.wait(lab.submit(asked), timeout_seconds=180)
    assert (job.state, job.error) == ("finished", None)
    assert job.title.startswith("Pipeline of 3: ")
    assert chain_stages(job.experiment)[0] == INITIAL
    results = lab.reports.results([job.id]).set_index("student")
    before, same = lab.reports.result(own), results.loc[INITIAL]
    assert same["test_accuracy"] == before["test_accuracy"]
    first, copy = (load(lab._store.read_artifact(run, "weights")) for run in (own, same["run_id"]))
    assert all(np.array_equal(first[name], copy[name]) for name in first)
    pruned = results.loc[chain_stages(job.experiment)[1]]
    assert pruned["macs"] <= 0.6 * same["macs"]
    (teacher,) = results[results["role"] == "teacher"]["run_id"]
    known = lab.reports.results()
    assert teacher in set(known[known["role"] == "teacher"]["run_id"])
    # The control: its form from random weights, trained once, as the chain trains once.
    assert len(results[results["role"] == "control"]) == 1
    shown = build_pipeline(job.experiment, lab.reports.summary(job.id), lab.reports.results([job.id]))
    _, begun, cut, *_ = shown.stages
    assert (begun.name, begun.step, begun.seedless, shown.before(cut)) == (INITIAL, None, True, begun)
    looks = style.looks({stage.name: stage.role for stage in shown.all_stages()}, dark=False)
    assert f"{INITIAL} " in pipeline_chart.chart(shown, looks, dark=False).alt
    assert findings.sentences(shown, classes=10, verdicts={})
    # The network that it began as travels with it: another lab checks the pipeline, and could repeat it.
    there, packed = Lab.open(tmp_path / "there", timer=QUICK_TIMER), lab.archives.pack([job.id])
    assert there.archives.look(packed).title == job.title
    with pytest.raises(CorruptFile, match=r"the archive's runs: expected .* with fingerprint"):
        there.archives.unpack(changed(packed, rows=other_start))
    _, moved = there.archives.unpack(packed)
    assert there.reports.results([moved])["run_id"].tolist() == lab.reports.results([job.id])["run_id"].tolist()
    assert there.plan(asked).job_id == moved
    there.close()


def test_a_network_that_is_not_trained_again_has_no_interval_over_seeds(lab: Lab, own: str) -> None:
    asked = lab.catalog.chain_experiment(chain(own, links=[{"method": "kd"}], seeds=3, controls=False))
    job = lab.wait(lab.submit(asked), timeout_seconds=180)
    assert (job.state, job.error) == ("finished", None)
    found = lab.reports.summary(job.id).set_index("student")
    begun, taught = chain_stages(job.experiment)
    assert found.loc[[begun, taught], "seeds"].tolist() == [3, 3]
    assert found.loc[[begun, taught], "test_accuracy_half_width"].notna().tolist() == [False, True]


def test_the_same_network_serves_every_teacher_and_is_found_again(lab: Lab, own: str) -> None:
    other = {"teacher": {"kind": "run", "run": own}}
    plans = [lab.plan(lab.catalog.chain_experiment(chain(own, **more))).resolved for more in ({}, other)]
    begun, pruned, taught, _ = zip(*(plan.runs[:4] for plan in plans), strict=True)
    assert begun[0].fingerprint == begun[1].fingerprint
    assert pruned[0].fingerprint == pruned[1].fingerprint
    assert taught[0].fingerprint != taught[1].fingerprint
    assert f"the finished network of run {own}" in str(
        describe_experiment(plans[0].experiment, plans[0].teacher, lab.tasks.get("digits"))
    )


def test_without_the_run_that_it_starts_as_nothing_is_planned(lab: Lab, own: str) -> None:
    planned = lab.plan(lab.catalog.chain_experiment(chain(own))).resolved
    with pytest.raises(NotFound, match=f"no run '{own}', as which '{INITIAL}' starts"):
        expand(planned.experiment, planned.teacher)


def test_what_it_cannot_start_as_is_refused(lab: Lab, own: str) -> None:
    with pytest.raises(NotFound):
        lab.catalog.chain_experiment(chain("0123456789abcdef"))
    with pytest.raises(InvalidSetting, match="expected a task that it was trained for"):
        lab.catalog.chain_experiment(chain(own, task="fashion_mnist_small"))
    with pytest.raises(InvalidSetting, match="run"):
        chain("../weights")
    with pytest.raises(ValueError, match="keys of runs"):
        experiment(student(f"run:{own}"))
    of_other_form = student("wide", width=1.0, start={"source": f"run:{own}"}, untrained=True)
    with pytest.raises(InvalidSetting, match="its network"):
        lab.plan(experiment(of_other_form))


def test_it_is_not_deleted_while_a_chain_waits_that_starts_as_it(lab: Lab, own: str) -> None:
    (known,) = lab.jobs()
    with lab._queue.hold():
        lab.submit(lab.catalog.chain_experiment(chain(own)))
        with pytest.raises(InvalidSetting, match=r"which .* needs"):
            lab.delete(known.id)


def test_a_copy_of_it_is_offered_while_what_it_starts_as_is_here(lab: Lab, own: str) -> None:
    asked = lab.catalog.chain_experiment(chain(own))
    found = copying.specification(lab, "job:a", asked)
    assert isinstance(found, CompressionChain)
    assert lab.catalog.chain_experiment(found) == asked
    (known,) = lab.jobs()
    lab.delete(known.id)
    assert copying.specification(lab, "job:a", asked) is None
