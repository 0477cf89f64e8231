"""A class that the student never sees: no image of it, its own control, and a score that says how it fares."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load

from distill_core.errors import InvalidSetting
from distill_core.evaluation.missing_class import score_missing_class
from distill_core.execution import cohort_runner
from distill_core.execution.losses import student_config
from distill_core.lab import Lab
from distill_core.planning.resolve import resolve_experiment
from distill_core.planning.runs import PlannedRun, expand
from distill_core.reports.description import title
from distill_core.spec import Budget, Experiment, fingerprint
from distill_core.tasks import TASKS, load_task, null_sink
from distill_core.templates.presets import default_experiment
from tests.quick import KNOWN_TEACHER, QUICK_TIMER, experiment, student
from ui.findings.described import describe_experiment

DIGITS = TASKS.get("digits")
# From before there was such a field. Whoever changes them files every stored result under another name.
SPECIFICATION = "91a5930f6696fd4071d97995b02cdab7500f606b2a312aae420bd915e35eb903"
CONTROL = "8846dc5c1000030b1e82d2df98aa7a025569f93d0ed4e1d03e36b72de7529a45"
RUNS = {
    "control/0": "b7e627fe56f4e8d9e971f2796a1839246c9884003d717d0ce9eaa68c18eac664",
    "KD, same images/0": "47233a29d7e2930ca232cde1cbf7ee3efcc8753a79410e404cf4e54de5d3616b",
    "KD, all images/0": "05a692019fc28e455d81e596801e7aa494f45e41de8ce78d6443ac4a86cdf59f",
}


def pair(**changes: object) -> Experiment:
    """Two students that differ in what they miss alone, and one that misses nothing."""
    shared: dict[str, Any] = {"transfer": "all", "alpha": 1.0, **changes}
    three, five = student("no 3", missing_class="3", **shared), student("no 5", missing_class="5", **shared)
    return resolve_experiment(experiment(three, five, student("all", **shared), views=2))


def planned(full: Experiment) -> dict[str, PlannedRun]:
    return {one.key: one for one in expand(full, KNOWN_TEACHER)}


@pytest.fixture(scope="module")
def labels_N(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return load_task(DIGITS, tmp_path_factory.mktemp("data"), null_sink).train.labels_N


# What is filed under which name


def test_a_specification_without_a_missing_class_is_filed_as_before() -> None:
    full = resolve_experiment(default_experiment().model_copy(update={"precision": "float32"}))
    assert "missing_class" not in full.to_json()
    assert fingerprint(full) == SPECIFICATION
    found = {one.key: one for one in expand(full, KNOWN_TEACHER)}
    assert {key: one.fingerprints[-1] for key, one in found.items()} == RUNS
    # Since a control serves every teacher it is filed under another one, and found under that of before.
    assert {key: one.fingerprint for key, one in found.items()} == RUNS | {"control/0": CONTROL}


def test_a_missing_class_is_another_student() -> None:
    known = planned(pair())
    assert len({one.fingerprint for one in known.values()}) == len(known) == 6
    assert {key: one.missing_index for key, one in known.items()} == {
        **{"control of no 3/0": 3, "control of no 5/0": 5, "control of all/0": None},
        **{"no 3/0": 3, "no 5/0": 5, "all/0": None},
    }


# What comes before the student


@pytest.mark.parametrize("key", ["no 3/0", "control of no 3/0"])
@pytest.mark.parametrize("transfer", ["all", "labelled"])
def test_no_image_of_the_class_comes_before_student_or_control(key: str, transfer: str, labels_N: Any) -> None:
    found = student_config(planned(pair(transfer=transfer))[key], 0, labels_N)
    other = student_config(planned(pair(transfer=transfer))[key.replace("3", "5")], 0, labels_N)
    assert 3 not in labels_N[found.visible_M]
    assert 3 not in labels_N[found.labelled_N]
    assert {*range(10)} - {3} == set(labels_N[found.labelled_N]) == set(labels_N[found.visible_M])
    assert 3 in labels_N[other.visible_M]


def test_all_others_are_there(labels_N: Any) -> None:
    known = planned(pair())
    whole, without = (student_config(known[key], 0, labels_N) for key in ("all/0", "no 3/0"))
    control = student_config(known["control of no 3/0"], 0, labels_N)
    assert without.visible_M.tolist() == np.flatnonzero(labels_N != 3).tolist()
    # Of 100 labels, ten a class.
    assert whole.labelled_N.sum() == 100
    assert np.array_equal(without.labelled_N, whole.labelled_N & (labels_N != 3))
    assert without.labelled_N.sum() == 90
    assert control.visible_M.tolist() == np.flatnonzero(without.labelled_N).tolist()


def test_with_every_label_too_the_class_is_left_out(labels_N: Any) -> None:
    found = student_config(
        planned(resolve_experiment(experiment(student("a", labels=None, missing_class="9"))))["a/0"], 0, labels_N
    )
    assert found.visible_M.tolist() == np.flatnonzero(labels_N != 9).tolist()
    assert np.array_equal(found.labelled_N, labels_N != 9)


def test_labels_of_the_missing_class_alone_are_too_few(labels_N: Any) -> None:
    # Classes take their turns, so the one label is that of a 0.
    lonely = planned(resolve_experiment(experiment(student("a", labels=1, missing_class="0"))))["a/0"]
    with pytest.raises(InvalidSetting, match=r"expected an example of another class than 0.*more labels"):
        student_config(lonely, 0, labels_N)
    other = planned(resolve_experiment(experiment(student("a", labels=1, missing_class="1"))))["a/0"]
    assert student_config(other, 0, labels_N).labelled_N.sum() == 1


# What completing makes of it


def test_an_unknown_class_is_refused_with_those_that_there_are() -> None:
    wanted = r"missing class of 'a': expected a class of digits \(0, 1, .*, 9\), got Bag; choose one of these"
    with pytest.raises(InvalidSetting, match=wanted):
        resolve_experiment(experiment(student("a", missing_class="Bag")))


def test_students_that_differ_in_what_they_miss_alone_have_a_control_each() -> None:
    controls = [(one.name, one.missing_class, one.role) for one in pair().students if one.role == "control"]
    assert controls == [
        ("control of no 3", "3", "control"),
        ("control of no 5", "5", "control"),
        ("control of all", None, "control"),
    ]
    assert resolve_experiment(pair()) == pair()
    assert resolve_experiment(Experiment.from_json(pair().to_json())) == pair()


def test_a_written_control_that_misses_another_class_is_refused_and_told_so() -> None:
    shared = {"method": "labels", "role": "control"}
    misses = student("a", missing_class="3")
    assert resolve_experiment(experiment(misses, student("c", missing_class="3", **shared))).students[0].name == "c"
    for wrong, said in ((None, "100 labels;"), ("5", "100 labels, never 5;")):
        with pytest.raises(InvalidSetting, match=f"the missing class of a student, got labels, plain_cnn, {said}"):
            resolve_experiment(experiment(misses, student("c", missing_class=wrong, **shared)))


def test_the_plan_says_it() -> None:
    _, control, _, whole, student, _, everything, _ = (
        one.text for one in describe_experiment(pair(), KNOWN_TEACHER, DIGITS)
    )
    assert control == "Control: Plain CNN of width 0.5, Labels only, 100 labels without those of 3, 1 seed."
    assert student == (
        "no 3: Plain CNN of width 0.5, Knowledge distillation (T 4, alpha 1), 100 labels without those of 3 "
        "and the teacher's answers to all images but those of 3, 1 seed."
    )
    # 8 steps of 16 images: how many a missing class leaves nobody knows here, so no passes are told.
    assert whole == "Control: Plain CNN of width 0.5, Labels only, 100 labels, 1.28 passes, 1 seed."
    assert everything.endswith("100 labels and the teacher's answers to all 1,077 images, 0.119 passes, 1 seed.")


@pytest.mark.parametrize(("updates", "often"), [(1, "1 pass"), (2, "2 passes")])
def test_one_pass_is_not_told_as_several(updates: int, often: str) -> None:
    asked = pair().model_copy(update={"budget": Budget(updates=updates, batch_size=100)})
    assert f"100 labels, {often}, 1 seed." in [one.text for one in describe_experiment(asked, KNOWN_TEACHER, DIGITS)][3]


def test_a_student_without_a_class_that_hears_nothing_of_other_images_is_told_so() -> None:
    alone = resolve_experiment(experiment(student("a", missing_class="3", labels=None)))
    (said,) = (one.text for one in describe_experiment(alone, KNOWN_TEACHER, DIGITS) if one.student == "a")
    how = "Knowledge distillation (T 4, alpha 0.9)"
    assert said == f"a: Plain CNN of width 0.5, {how}, all labels without those of 3, 1 seed."


def test_its_title_names_the_class_that_is_missing() -> None:
    assert title(pair()) == "3 students: Plain CNN; 100 labels; never a 3; 1 seed"
    assert "never" not in title(resolve_experiment(experiment()))


# Trained


@dataclass(frozen=True)
class Trained:
    lab: Lab
    job: str
    seen: dict[str, Any]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trained]:
    seen: dict[str, Any] = {}
    loop = cohort_runner.train_cohort

    def watched(recipes: Any, *given: Any, **more: Any) -> Any:
        seen.update({one.run: one for one in recipes})
        return loop(recipes, *given, **more)

    lab = Lab.open(tmp_path_factory.mktemp("lab"), timer=QUICK_TIMER)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cohort_runner, "train_cohort", watched)
        submitted = lab.submit(pair())
        assert lab.wait(submitted, 120).state == "finished"
    yield Trained(lab, submitted, seen)
    lab.close()


def test_the_loop_is_given_what_the_recipe_says(trained: Trained, labels_N: Any) -> None:
    assert trained.seen.keys() == planned(pair()).keys()
    for key, one in trained.seen.items():
        missing = planned(pair())[key].missing_index
        for places in (one.visible_M, one.labelled_N):
            assert {*labels_N[places]} == {*range(10)} - {missing}


def test_the_score_is_that_of_the_stored_logits(trained: Trained) -> None:
    results = trained.lab.reports.results([trained.job]).set_index("student")
    valid, test = trained.lab.catalog.images("digits")
    for name, missing in (("no 3", 3), ("no 5", 5), ("control of no 3", 3), ("control of no 5", 5)):
        run = results.loc[name, "run_id"]
        said = load(trained.lab.reports.artifact(run, "predictions").read_bytes())
        wanted = score_missing_class(
            said["valid_logits_NC"], valid.labels_N, said["test_logits_NC"], test.labels_N, missing
        ).to_dict()
        assert results.loc[name, "unseen"] == wanted
        assert wanted["before"]["accuracy"] == results.loc[name, "test_accuracy"]
        assert results.loc[name, "missing_class"] == str(missing)
    assert results.loc[["all", "control of all", "Plain CNN"], "unseen"].isna().all()
    assert results.loc[["all", "control of all", "Plain CNN"], "missing_class"].isna().all()


def test_the_summary_pairs_a_student_with_the_control_that_misses_the_same(trained: Trained) -> None:
    summary = trained.lab.reports.summary(trained.job).set_index("student")
    assert summary.loc[["no 3", "no 5", "all"], "control"].tolist() == [
        *("control of no 3", "control of no 5", "control of all")
    ]
    for name in ("no 3", "no 5", "all"):
        gain = summary.loc[name, "test_accuracy"] - summary.loc[f"control of {name}", "test_accuracy"]
        assert summary.loc[name, "delta_points"] == pytest.approx(100 * gain)


def test_another_missing_class_is_trained_and_not_found_again(trained: Trained) -> None:
    plan = trained.lab.plan(pair())
    assert plan.job_id == trained.job
    assert all(run.stored for run in plan.runs)
    other = resolve_experiment(experiment(student("x", missing_class="4", transfer="all", alpha=1.0), views=2))
    assert [run.stored for run in trained.lab.plan(other).runs] == [False, False]


def test_too_few_labels_end_the_job_with_the_reason_and_no_student(tmp_path: Path) -> None:
    lab = Lab.open(tmp_path, timer=QUICK_TIMER)
    view = lab.wait(lab.submit(experiment(student("a", labels=1, missing_class="0"))), 120)
    assert view.state == "failed"
    assert "expected an example of another class than 0" in str(view.error)
    assert lab.reports.results([view.id])["role"].tolist() == ["teacher"]
    lab.close()
