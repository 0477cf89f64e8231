"""Students that teach students: assistants and generations, with real networks, each taught by the run of its seed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load

from distill_core.errors import InvalidSetting
from distill_core.events import Event, Progress, RunFailed, RunStarted
from distill_core.execution import cohort_runner
from distill_core.execution.losses import check_pairs
from distill_core.methods import METHODS, FeatureShapes
from distill_core.planning.cohorts import split_into_cohorts
from distill_core.planning.resolve import resolve_experiment
from distill_core.planning.runs import expand
from distill_core.reports.results import results_table
from distill_core.reports.summary import summarise
from distill_core.spec import Experiment, Student
from distill_core.store import LinkedRun, Store
from distill_core.tasks import TASKS
from tests.execution.test_job import BROKEN
from tests.quick import KNOWN_TEACHER, estimate, experiment, student, work
from ui.findings.described import describe_experiment

MIDDLE: dict[str, Any] = {"width": 1.0, "transfer": "all", "seeds": (0, 1)}
CHAIN = ("middle", "small", "last")


def chain(count: int = 3, **changes: object) -> Experiment:
    """Teacher, assistant, student, and a student of that one; the last has one of the two seeds."""
    asked = (
        student("middle", **MIDDLE),
        student("small", width=0.75, taught_by="middle", seeds=(0, 1)),
        student("last", width=0.5, taught_by="small", temperature=2.0, seeds=(1,)),
    )
    return resolve_experiment(experiment(*asked[:count], views=2, **changes))


def at(store: Store, name: str, seed: int, job_id: str = "a1") -> LinkedRun:
    return next(one for one in store.runs([job_id]) if (one.student, one.run.seed) == (name, seed))


def said(store: Store, one: LinkedRun) -> np.ndarray:
    return load(store.read_artifact(one.run.id, "predictions"))["test_logits_NC"].argmax(1)


@dataclass(frozen=True)
class Worked:
    """The chain in one job, and in another home the assistant first, then the whole chain in a second job."""

    whole: Store
    told: tuple[Event, ...]
    parts: Store
    trained_again: list[list[str]]
    home: Path


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worked]:
    whole, parts = (Store.open(tmp_path_factory.mktemp(name)) for name in ("whole", "parts"))
    home = tmp_path_factory.mktemp("data")
    trained: list[list[str]] = []
    loop = cohort_runner.train_cohort

    def counted(recipes: Any, *given: Any, **more: Any) -> Any:
        trained.append([recipe.run for recipe in recipes])
        return loop(recipes, *given, **more)

    told = work(whole, home, chain()).snapshot()
    work(parts, home, chain(1))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cohort_runner, "train_cohort", counted)
        work(parts, home, chain(), "b2")
    yield Worked(whole=whole, told=told, parts=parts, trained_again=trained, home=home)
    whole.close()
    parts.close()


def test_every_student_of_the_line_is_trained_and_names_its_teacher(worked: Worked) -> None:
    linked = [one for one in worked.whole.runs(["a1"]) if one.student in CHAIN]
    assert [(one.student, one.run.seed, one.run.state, one.taught_by) for one in linked] == [
        ("middle", 0, "finished", None),
        ("middle", 1, "finished", None),
        ("small", 0, "finished", "middle"),
        ("small", 1, "finished", "middle"),
        ("last", 1, "finished", "small"),
    ]


def test_a_teacher_is_finished_before_its_students(worked: Worked) -> None:
    started = [event.run for event in worked.told if isinstance(event, RunStarted)]
    assert started.index("middle/1") < started.index("small/0") < started.index("small/1") < started.index("last/1")


def test_a_stage_names_its_generation(worked: Worked) -> None:
    stages = list(dict.fromkeys(event.stage for event in worked.told if isinstance(event, Progress)))
    assert stages[2:-1] == [
        "Evaluating the teacher",
        "Training, generation 1 of 3: networks 1 to 7 of 10",
        "Evaluating and exporting, generation 1 of 3: networks 1 to 7 of 10",
        "Training, generation 2 of 3: networks 8 to 9 of 10",
        "Evaluating and exporting, generation 2 of 3: networks 8 to 9 of 10",
        "Training, generation 3 of 3: network 10 of 10",
        "Evaluating and exporting, generation 3 of 3: network 10 of 10",
    ]


def test_the_time_left_counts_every_generation(worked: Worked) -> None:
    progress = [event for event in worked.told if isinstance(event, Progress)]
    assert all(event.seconds_left is not None and event.seconds_left >= 0 for event in progress)


def test_agreement_is_with_the_teacher_of_the_same_seed(worked: Worked) -> None:
    store = worked.whole
    agreed = results_table(store, ["a1"]).set_index(["student", "seed"])["agreement"]
    for name, above, seed in (("small", "middle", 0), ("small", "middle", 1), ("last", "small", 1)):
        one, other = at(store, name, seed), at(store, above, seed)
        assert agreed[name, seed] == pytest.approx((said(store, one) == said(store, other)).mean())
    (of_teacher,) = (one for one in store.runs(["a1"]) if one.role == "teacher")
    middle = at(store, "middle", 0)
    assert agreed["middle", 0] == pytest.approx((said(store, middle) == said(store, of_teacher)).mean())


def test_an_assistant_that_is_stored_is_loaded_and_no_bit_is_another(worked: Worked) -> None:
    assert [sorted(part) for part in worked.trained_again] == [
        ["control of last/1", "control of small/0", "control of small/1"],
        ["small/0", "small/1"],
        ["last/1"],
    ]
    for one in worked.whole.runs(["a1"]):
        other = at(worked.parts, one.student, one.run.seed, "b2")
        assert (other.run.id, other.position, other.taught_by) == (one.run.id, one.position, one.taught_by)
        for kind in ("weights", "predictions"):
            assert worked.parts.read_artifact(one.run.id, kind) == worked.whole.read_artifact(one.run.id, kind)  # type: ignore[arg-type]
        assert worked.parts.curves(one.run.id) == worked.whole.curves(one.run.id)


def test_it_is_as_if_the_assistant_were_the_experiment_s_teacher(worked: Worked) -> None:
    """The same run, under the same fingerprint and to the last bit, as with the stored assistant as the teacher."""
    assistant = at(worked.parts, "middle", 1)
    pupil = student("pupil", width=0.75, seeds=(1,))
    full = resolve_experiment(experiment(pupil, views=2, teacher={"kind": "run", "run": assistant.run.id}))
    store = Store.open(worked.home / "other")
    work(store, worked.home, chain(1))
    work(store, worked.home, full, "b2")
    ours, theirs = at(worked.whole, "small", 1), at(store, "pupil", 1, "b2")
    assert ours.run.fingerprint == theirs.run.fingerprint
    assert worked.whole.read_artifact(ours.run.id, "weights") == store.read_artifact(theirs.run.id, "weights")
    both = results_table(worked.whole, ["a1"]), results_table(store, ["b2"])
    first, second = (table.set_index("run_id")["agreement"][ours.run.id] for table in both)
    assert first == second
    store.close()


def test_tables_name_the_teacher_of_each_student(worked: Worked) -> None:
    results = results_table(worked.whole, ["a1"])
    summary = summarise(results, lambda run: np.ones(360, dtype=bool)).set_index("student")
    assert summary["taught_by"].dropna().to_dict() == {"small": "middle", "last": "small"}
    assert set(results.loc[results["student"] == "small", "taught_by"]) == {"middle"}


def test_the_plan_says_it_in_a_sentence() -> None:
    told = [one.text for one in describe_experiment(chain(), KNOWN_TEACHER, TASKS.get("digits"))]
    taught = "small: Plain CNN of width 0.75, taught by middle once that is finished, Knowledge distillation"
    assert taught in "\n".join(told)


# Other shapes


def test_two_generations_of_one_network_in_consistent_mode(store: Store, tmp_path: Path) -> None:
    full = resolve_experiment(experiment(student("first"), student("second", taught_by="first"), mode="consistent"))
    work(store, tmp_path, full)
    first, second = at(store, "first", 0), at(store, "second", 0)
    assert (first.run.state, second.run.state) == ("finished", "finished")
    assert store.read_artifact(first.run.id, "weights") != store.read_artifact(second.run.id, "weights")
    assert first.run.fingerprint != second.run.fingerprint


def test_features_are_those_of_the_students_own_teacher(store: Store, tmp_path: Path) -> None:
    middle = student("middle", architecture="resnet8", width=1.0)
    full = resolve_experiment(experiment(middle, student("pupil", method="at", taught_by="middle")))
    pupil = next(one for one in expand(full, KNOWN_TEACHER) if one.student.name == "pupil")
    assert pupil.teacher_blueprint.architecture == "resnet8"
    check_pairs([pupil])
    work(store, tmp_path, full)
    assert at(store, "pupil", 0).run.state == "finished"


def test_a_student_of_a_student_changes_no_bit_of_others(worked: Worked, store: Store, tmp_path: Path) -> None:
    """Two pupils of one stream and of different assistants are trained beside each other."""
    more = (student("other", **{**MIDDLE, "width": 0.6}), student("its pupil", width=0.75, taught_by="other"))
    asked = [one for one in chain(2).students if one.role == "student"]
    work(store, tmp_path, resolve_experiment(experiment(*asked, *more, views=2)))
    for seed in (0, 1):
        ours, theirs = at(worked.whole, "small", seed), at(store, "small", seed)
        assert worked.whole.read_artifact(ours.run.id, "weights") == store.read_artifact(theirs.run.id, "weights")
    its, small = at(store, "its pupil", 0), at(store, "small", 0)
    assert store.read_artifact(its.run.id, "weights") != store.read_artifact(small.run.id, "weights")


def test_the_student_of_a_failed_teacher_is_recorded_with_the_reason(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(METHODS._entries, "broken", BROKEN)
    asked = (
        student("healthy"),
        student("middle", method="broken"),
        student("small", taught_by="middle"),
        student("last", taught_by="small", temperature=2.0),
    )
    full = resolve_experiment(experiment(*asked))
    log = work(store, tmp_path, full)
    states = {one.student: one.run.state for one in store.runs(["a1"])}
    assert states == {"Plain CNN": "finished", "control": "finished", "healthy": "finished"} | dict.fromkeys(
        CHAIN, "failed"
    )
    message = str(at(store, "small", 0).run.message)
    assert message.startswith("'middle' (seed 0) should have taught it and failed: the loss of 'middle'")
    assert at(store, "small", 0).run.updates == 0
    failed = [event.run for event in log.snapshot() if isinstance(event, RunFailed)]
    assert failed == ["middle/0", "small/0", "last/0"]
    again = work(store, tmp_path, full, "b2")
    assert [event.run for event in again.snapshot() if isinstance(event, RunFailed)] == failed
    assert len(store.runs(["b2"])) == 6


# Plans


def test_only_the_last_generation_is_cut_off_where_the_others_are_stored() -> None:
    planned = expand(chain(), KNOWN_TEACHER)
    assert [{one.level for one in part} for part in split_into_cohorts(planned, chain())] == [{0}, {1}, {2}]
    last = [one for one in planned if one.level == 2]
    assert split_into_cohorts(last, chain()) == (tuple(last),)
    assert [(one.taught_by, one.teacher_blueprint.width) for one in last] == [("small/1", 0.75)]


def test_the_estimate_counts_the_forward_passes_of_every_teacher() -> None:
    together = resolve_experiment(experiment(*(replaced(one, None) for one in asked()), updates=400, mode="consistent"))
    one_by_one = resolve_experiment(experiment(*asked(), updates=400, mode="consistent"))
    first, second = (
        estimate(full, KNOWN_TEACHER, expand(full, KNOWN_TEACHER)).seconds for full in (together, one_by_one)
    )
    assert second > first


def asked() -> list[Student]:
    return [student("a", transfer="all"), student("b", transfer="all", taught_by="a", temperature=2.0)]


def replaced(one: Student, above: str | None) -> Student:
    return one.model_copy(update={"taught_by": above})


def test_the_fingerprint_depends_on_the_teacher_and_not_on_names() -> None:
    def of(*students: Student) -> str:
        return expand(resolve_experiment(experiment(*students)), KNOWN_TEACHER)[-1].fingerprint

    pupil = student("pupil", temperature=2.0)
    first, other = student("a"), student("a", temperature=9.0)
    taught = of(first, replaced(pupil, "a"))
    assert taught == of(student("b"), replaced(pupil, "b"))
    assert len({taught, of(other, replaced(pupil, "a")), of(first, pupil)}) == 3


# Refusals

WRONG: dict[str, tuple[list[Student], str]] = {
    "unknown": ([student("a", taught_by="nobody")], "got an unknown name"),
    "itself": ([student("a", taught_by="a")], "a cycle ('a' after 'a')"),
    "circle": (
        [student("a", taught_by="c"), student("b", taught_by="a"), student("c", taught_by="b")],
        "a cycle ('a' after 'c' after 'b' after 'a')",
    ),
    "control": (
        [student("KD"), student("alone", method="labels", role="control"), student("a", taught_by="alone")],
        "got a control",
    ),
    "becomes a control": (
        [student("KD"), student("alone", method="labels"), student("a", taught_by="alone", temperature=2.0)],
        "'alone', which is a control",
    ),
    "seeds": (
        [student("a", seeds=(0, 1)), student("b", taught_by="a", seeds=(1, 2, 3))],
        "seeds of 'a': expected all of 'b', which it teaches seed by seed, got none of [2, 3]",
    ),
    "method": (
        [student("a"), student("b", method="label_smoothing", taught_by="a")],
        "expected one that uses a teacher",
    ),
}


@pytest.mark.parametrize(("students", "words"), WRONG.values(), ids=WRONG)
def test_what_cannot_work_is_refused_before_anything_trains(students: list[Student], words: str) -> None:
    plain = experiment().model_dump() | {"students": [one.model_dump() for one in students]}
    with pytest.raises(InvalidSetting) as refused:
        resolve_experiment(Experiment.of(plain))
    assert words in str(refused.value)


def test_a_pair_that_cannot_be_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The experiment's teacher would do, the student that teaches does not."""

    def fits(pair: FeatureShapes) -> None:
        if pair.teacher_taps[-1] == (64,):
            raise InvalidSetting("too wide")

    monkeypatch.setitem(METHODS._entries, "at", replace(METHODS.get("at"), fits=fits))
    middle, pupil = student("middle", architecture="resnet8", width=1.0), student("pupil", method="at")
    check_pairs(expand(resolve_experiment(experiment(middle, pupil)), KNOWN_TEACHER))
    with pytest.raises(InvalidSetting, match="'pupil' with Attention transfer: too wide"):
        check_pairs(expand(resolve_experiment(experiment(middle, replaced(pupil, "middle"))), KNOWN_TEACHER))
