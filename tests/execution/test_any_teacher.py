"""A teacher of a kind that this file alone describes, and that is no network: a whole job learns from it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import torch
from safetensors.numpy import load
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d

from distill_core.errors import InvalidSetting, NotFound
from distill_core.execution.teacher_sources import TEACHER_LOADERS, LoadedModel, TeacherContext, TeacherLoader
from distill_core.lab import Lab
from distill_core.networks.stored import blueprint_of
from distill_core.planning.job_plan import resolve
from distill_core.planning.stored_plan import of_json, to_json
from distill_core.planning.teacher_sources import TEACHER_SOURCES
from distill_core.planning.teacher_sources.base import ResolvedTeacher, TeacherQuery, TeacherSource
from distill_core.spec import Experiment, TeacherSpec, choice_of_key, fingerprint, teacher, teacher_kind
from distill_core.store import Store
from distill_core.tasks import TASKS
from distill_core.templates.compression_chain import CompressionChain
from tests.quick import QUICK_TIMER, estimate, experiment, student

RULE = {"kind": "rule", "sharpness": 8.0}
# The stages of a rule that is staged: an image in 4 x 4 parts, and the distance from each mean.
STAGES = {"parts": (1, 4, 4), "distances": (10,)}


# The kind: its specification, what it means for a task, and what loads it.


class RuleTeacher(TeacherSpec):
    """The nearest mean of a class, over training images."""

    kind: Literal["rule"] = "rule"
    sharpness: float
    staged: bool = False

    @property
    def key(self) -> str:
        return f"rule:{self.sharpness:g}"

    @classmethod
    def of_key(cls, rest: str) -> "RuleTeacher":
        return cls(sharpness=float(rest))


def _resolve(choice: RuleTeacher, query: TeacherQuery) -> ResolvedTeacher:
    mark = fingerprint("rule", choice, query.task.sha256)
    stages = STAGES if choice.staged else {}
    return ResolvedTeacher(
        choice=choice, title="Nearest mean", blueprint=None, fingerprint=mark, macs=640, stages=stages
    )


class NearestMean:
    head = None

    def __init__(self, means_CD: Tensor, sharpness: float, stages: tuple[str, ...]) -> None:
        self.means_CD, self.sharpness, self.stages = means_CD, sharpness, stages

    def logits(self, batch: Tensor) -> Tensor:
        return -self.sharpness * torch.cdist(batch.flatten(1), self.means_CD) / self.means_CD.shape[1] ** 0.5

    def logits_and_stages(self, batch: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        logits_BC = self.logits(batch)
        stages = {"parts": adaptive_avg_pool2d(batch, 4), "distances": -logits_BC / self.sharpness}
        return logits_BC, tuple(stages[name] for name in self.stages)


def _load(known: ResolvedTeacher, context: TeacherContext) -> LoadedModel:
    train = context.datasets["train"]
    images_ND = train.batch(np.arange(len(train))).flatten(1)
    means = [images_ND[torch.from_numpy(train.targets == label)].mean(0) for label in range(len(context.task.classes))]
    return LoadedModel(model=NearestMean(torch.stack(means), known.choice.sharpness, tuple(known.stages)))


@pytest.fixture(scope="module", autouse=True)
def registered() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(teacher, "TEACHER_KINDS", dict(teacher.TEACHER_KINDS))
        for registry in (TEACHER_SOURCES, TEACHER_LOADERS):
            patch.setattr(registry, "_entries", dict(registry._entries))
        teacher_kind(RuleTeacher)
        TEACHER_SOURCES.add(TeacherSource(name="rule", resolve=_resolve))
        TEACHER_LOADERS.add(TeacherLoader(name="rule", load=_load))
        yield


# The job


def asked(**changes: object) -> Experiment:
    """Two students that learn from the rule alone."""
    pupils = (student("KD", alpha=1.0), student("KD, all", transfer="all", alpha=1.0))
    return experiment(*pupils, updates=40, teacher=RULE, **changes)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    opened = Lab.open(tmp_path_factory.mktemp("rule"), timer=QUICK_TIMER)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def job(lab: Lab) -> str:
    job = lab.wait(lab.submit(asked()), 400)
    assert (job.state, job.error) == ("finished", None)
    return job.id


def test_a_whole_job_learns_from_it(lab: Lab, job: str) -> None:
    table = lab.reports.results([job]).set_index("student")
    teacher = table.loc["Nearest mean"]
    assert (teacher["role"], teacher["architecture"], teacher["state"]) == ("teacher", "foreign", "finished")
    assert 0.8 < teacher["test_accuracy"] < 1
    pupil = table.loc["KD, all"]
    assert pupil["agreement"] > 0.3
    assert pupil["macs"] > 0
    assert np.isnan(teacher["macs"])
    assert np.isnan(teacher["p50_ms"])
    summary = lab.reports.summary(job).set_index("student")
    assert summary.loc["KD", "verdict"]


def test_only_its_scores_and_logits_are_stored(lab: Lab, job: str) -> None:
    teacher = lab._store.runs([job])[0].run
    said = load(lab._store.read_artifact(teacher.id, "predictions"))
    assert (said["test_logits_NC"].argmax(1) == said["test_labels_N"]).mean() == teacher.scores["test_accuracy"]
    for kind in ("weights", "onnx"):
        with pytest.raises(NotFound):
            lab._store.read_artifact(teacher.id, kind)
    with pytest.raises(NotFound, match="only the logits of Nearest mean are stored"):
        blueprint_of(teacher)
    assert lab._store.lacking([teacher.id]) == {}


def test_the_job_is_found_again_and_its_teacher_is_not_judged_twice(lab: Lab, job: str) -> None:
    assert lab.submit(asked()) == job
    before = lab._store.runs([job])[0].run.created_at
    other = lab.wait(lab.submit(asked(data_seed=1, mode="consistent")), 400)
    assert (other.state, other.error) == ("finished", None)
    assert lab._store.runs([other.id])[0].run.created_at == before


def test_its_experiment_travels(lab: Lab, job: str, tmp_path: Path) -> None:
    other = Lab.open(tmp_path, timer=QUICK_TIMER)
    try:
        assert other.archives.unpack(lab.archives.pack([job])) == (job,)
        assert other.reports.unreadable([job]) == ()
    finally:
        other.close()


def test_specification_plan_and_key_come_back(lab: Lab) -> None:
    wanted = asked()
    assert Experiment.from_json(wanted.to_json()) == wanted
    assert wanted.to_json() == Experiment.from_json(wanted.to_json()).to_json()
    assert choice_of_key(wanted.teacher.key) == wanted.teacher
    plan = resolve(wanted, lab._store, lab.tasks)
    assert of_json(to_json(plan)) == plan


def test_a_wrong_one_is_told_like_any_other() -> None:
    with pytest.raises(InvalidSetting, match=r"teacher\.rule\.sharpness: expected a valid number, got 'blunt'"):
        Experiment.of(asked().model_dump() | {"teacher": {**RULE, "sharpness": "blunt"}})
    with pytest.raises(InvalidSetting, match=r"expected shipped, run, train, ensemble(, \w+)* or rule, got magic"):
        Experiment.of(asked().model_dump() | {"teacher": {"kind": "magic"}})
    with pytest.raises(InvalidSetting, match=r"expected shipped:… or run:….*got magic:1"):
        choice_of_key("magic:1")
    with pytest.raises(InvalidSetting, match="expected what can follow rule:, got blunt"):
        choice_of_key("rule:blunt")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"method": "at"},
            "the teacher of 'KD': expected one network, since at looks at its stages, got Nearest mean",
        ),
        ({"method": "simkd"}, "since simkd looks at its stages, got Nearest mean, which has no stages of its own"),
        (
            {"start": {"source": "teacher", "change": None}},
            "the teacher: expected a network of this lab, since 'KD' starts as it, got Nearest mean",
        ),
    ],
)
def test_what_needs_more_than_logits_is_refused_before_anything_trains(
    lab: Lab, changes: dict[str, object], told: str
) -> None:
    with pytest.raises(InvalidSetting, match=told):
        lab.plan(experiment(student(**changes), teacher=RULE))


def test_a_chain_may_learn_from_it_but_not_start_as_it(lab: Lab) -> None:
    own = {"architecture": "plain_cnn", "width": 0.5}
    chain = {"task": "digits", "teacher": RULE, "links": [{"method": "kd"}, {"step": "int8"}]}
    with pytest.raises(InvalidSetting, match="since a chain starts as it, got Nearest mean"):
        lab.catalog.chain_experiment(CompressionChain.of(chain))
    found = lab.plan(lab.catalog.chain_experiment(CompressionChain.of({**chain, "start": own})))
    assert found.runs


def test_each_kind_has_specification_source_and_loader() -> None:
    assert set(TEACHER_SOURCES.names()) == set(TEACHER_LOADERS.names()) == set(teacher.TEACHER_KINDS)


def test_it_is_no_member_of_an_ensemble(lab: Lab) -> None:
    together = {"kind": "ensemble", "members": [RULE, {"kind": "train", "architecture": "plain_cnn"}]}
    with pytest.raises(InvalidSetting, match=r"member 1 of the ensemble.*got no network of this lab \(Nearest mean\)"):
        lab.plan(experiment(student(), teacher=together))


def test_the_estimate_uses_its_own_number(store: Store) -> None:
    plan = resolve(asked(), store, TASKS)
    slow = replace(plan.teacher, macs=10**9)
    quick = estimate(plan.experiment, plan.teacher, plan.runs).seconds
    assert estimate(plan.experiment, slow, plan.runs).seconds > quick + 1


def staged(*methods: str) -> Experiment:
    pupils = [student(method, method=method) for method in methods]
    return experiment(*pupils, updates=10, teacher={**RULE, "staged": True})


def test_methods_on_features_learn_from_the_stages_that_it_tells(lab: Lab) -> None:
    wanted = staged("at", "vid", "rkd")
    plan = lab.plan(wanted).resolved
    assert of_json(to_json(plan)) == plan
    job = lab.wait(lab.submit(wanted), 400)
    assert (job.state, job.error) == ("finished", None)
    table = lab.reports.results([job.id]).set_index("student")
    assert set(table["state"]) == {"finished"}, table["message"].tolist()
    curves = lab.reports.curves({table.loc[name, "run_id"]: name for name in ("at", "vid", "rkd")})
    assert {"attention", "features", "relations"} < set(curves["kind"])


@pytest.mark.parametrize("method", ["simkd", "srrl"])
def test_a_method_that_takes_the_teachers_head_is_refused(lab: Lab, method: str) -> None:
    with pytest.raises(InvalidSetting, match=f"a network of this lab, since {method} takes its head"):
        lab.plan(staged(method))


def test_other_stages_than_were_told_are_refused_before_anything_trains(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(STAGES, "parts", (1, 2, 2))
    job = lab.wait(lab.submit(staged("at")), 400)
    assert job.state == "failed"
    assert "the stages of Nearest mean: expected parts (1, 2, 2), distances (10,), got parts (1, 4, 4)" in job.error
