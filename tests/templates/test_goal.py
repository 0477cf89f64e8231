"""Goals: the largest network that keeps to its limits, the pipeline that makes it, and refusals with the nearest."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from distill_core.compression import STEPS
from distill_core.errors import InvalidSetting
from distill_core.networks import ARCHITECTURES, Blueprint, profile
from distill_core.planning.resolve import resolve_experiment
from distill_core.tasks import TASKS
from distill_core.templates.compression_chain import chain_experiment, is_chain
from distill_core.templates.goal import Candidate, Goal, Timed, candidates, goal_chain, outcomes
from distill_core.templates.goal_search import Scales, fits, propose

FORM = Blueprint.for_images(architecture="resnet8", classes=10)
TEACHER = Blueprint.for_images(architecture="resnet20", classes=10)


def candidate(macs: int, number_format: str = "float32", **changes: object) -> Candidate:
    """One with a blueprint of its own."""
    return replace(
        Candidate(
            blueprint=replace(FORM, options=(("width", 1 + macs),)),
            number_format=number_format,
            sliced=True,
            macs=macs,
            parameters=macs,
            least_bytes=macs,
        ),
        **changes,
    )


def scales(ms: Mapping[int, float] = {}) -> tuple[Scales, list[str]]:
    """A file has 10 bytes beside its weights; the names of what is timed exactly are noted."""
    timed: list[str] = []

    def roughly(one: Candidate) -> Timed:
        return Timed(p50_ms=ms[one.macs], approximate=True)

    def exactly(one: Candidate) -> Timed:
        timed.append(str(one.macs))
        return Timed(p50_ms=ms[one.macs])

    return Scales(size_bytes=lambda one: one.least_bytes + 10, roughly=roughly, exactly=exactly), timed


OFFERED = tuple(candidate(macs) for macs in (400, 200, 100, 50))


def test_the_largest_file_that_fits_is_proposed_and_the_next_larger_named() -> None:
    found = propose(Goal(most_bytes=205), OFFERED, scales()[0])
    assert (found.chosen.candidate.macs, found.chosen.size_bytes, found.candidates) == (100, 110, 4)
    # 200 by its weights alone, 210 with the rest.
    assert found.larger is not None
    assert (found.larger.candidate.macs, found.larger.size_bytes) == (200, 210)


def test_what_cannot_fit_by_its_weights_is_not_built() -> None:
    built: list[int] = []

    def size_bytes(one: Candidate) -> int:
        built.append(one.macs)
        return one.least_bytes

    unmeasured = scales()[0]
    found = propose(Goal(most_bytes=60), OFFERED, replace(unmeasured, size_bytes=size_bytes))
    assert built == [50, 100], "and the next larger one, to name it"
    assert found.larger is not None
    assert found.larger.size_bytes == 100


def test_a_latency_is_taken_exactly_only_where_a_rough_one_may_do() -> None:
    weighed, timed = scales({400: 8.0, 200: 4.0, 100: 2.05, 50: 1.0})
    found = propose(Goal(most_ms=2.0), OFFERED, weighed)
    assert (found.chosen.candidate.macs, found.chosen.timed) == (50, Timed(p50_ms=1.0))
    assert found.larger is not None
    assert found.larger.timed == Timed(p50_ms=2.05)
    assert timed == ["100", "50"]
    found = propose(Goal(most_ms=1.5), OFFERED, weighed)
    assert found.larger is not None
    assert found.larger.timed == Timed(p50_ms=2.05, approximate=True)


def test_what_is_known_exactly_is_not_timed_again() -> None:
    weighed, timed = scales({400: 8.0, 200: 4.0, 100: 2.0, 50: 1.0})
    propose(Goal(most_ms=2.0), OFFERED, replace(weighed, roughly=weighed.exactly))
    assert timed == ["400", "200", "100"]


def tried(offered: tuple[Candidate, ...]) -> list[int]:
    """Which candidates are timed for a goal of 1 ms, where 50 multiplications take one in a ResNet, 500 in a CNN."""
    found: list[int] = []

    def roughly(one: Candidate) -> Timed:
        found.append(one.macs)
        pace = 50 if one.blueprint.architecture == "resnet8" else 500
        return Timed(p50_ms=one.macs / pace)

    propose(Goal(most_ms=1.0), offered, replace(scales()[0], roughly=roughly))
    return found


def test_what_would_have_to_work_far_faster_than_its_family_is_not_timed() -> None:
    # 50 multiplications a ms, at most twice as many: 200 in 1 ms are out of reach.
    assert tried(OFFERED) == [400, 100, 50]
    plain = tuple(replace(one, blueprint=replace(one.blueprint, architecture="plain_cnn")) for one in OFFERED[:2])
    assert tried((*OFFERED[:1], *plain)) == [400, 400]


@pytest.mark.parametrize(
    ("goal", "nearest"),
    [
        (Goal(most_bytes=20), "ResNet-8, width 51 in float32 with 60 bytes"),
        (Goal(most_ms=0.5), "ResNet-8, width 51 in float32 with about 1 ms"),
        (Goal(most_bytes=20, most_ms=0.5), "60 bytes and about 1 ms"),
    ],
)
def test_a_goal_out_of_reach_is_refused_with_the_nearest(goal: Goal, nearest: str) -> None:
    weighed, _ = scales({400: 8.0, 200: 4.0, 100: 2.0, 50: 1.0})
    with pytest.raises(InvalidSetting, match=nearest):
        propose(goal, OFFERED, weighed)


def test_a_goal_without_a_limit_is_refused() -> None:
    with pytest.raises(InvalidSetting, match="bytes or milliseconds"):
        Goal.of({"least_accuracy": 0.9})


def networks(*names: str) -> list:
    return [ARCHITECTURES.get(name) for name in names]


def test_candidates_are_the_networks_of_a_task_no_larger_than_the_teacher() -> None:
    task = TASKS.get("fashion_mnist_small")
    offered = candidates(task, networks("resnet8", "resnet14", "resnet32", "plain_cnn"), TEACHER)
    assert max(one.macs for one in offered) <= profile(TEACHER).macs
    assert (1.0, 1) not in {(one.blueprint.width, one.blueprint.stem_stride) for one in offered if "32" in one.title}
    order = [(one.sliced, one.macs) for one in offered]
    assert order == sorted(order, reverse=True)
    assert order[0][0] is True
    of_resnet = {one.number_format for one in offered if one.blueprint == FORM}
    assert of_resnet == {"float32", "float16", "int8"}
    # No part of the teacher: another family, or another stem stride.
    foreign = [one for one in offered if not one.sliced]
    assert {one.number_format for one in foreign} == {"float16", "int8"}
    plain = {one.blueprint.architecture for one in foreign if one.blueprint.stem_stride == 1}
    assert plain == {"resnet32", "plain_cnn"}
    (small,) = (one for one in offered if one.blueprint == FORM and one.number_format == "int8")
    assert small.least_bytes < small.parameters < 1.1 * small.least_bytes


def test_a_teacher_that_looks_its_weights_up_leaves_networks_that_multiply_more_but_are_smaller() -> None:
    names = ("hashed_ngrams", "byte_cnn", "byte_transformer")
    task = TASKS.get("languages")
    teacher = Blueprint(architecture="hashed_ngrams", classes=20, input=task.input)
    offered = candidates(task, networks(*names), teacher)
    assert {one.blueprint.architecture for one in offered} == set(names)
    assert max(one.parameters for one in offered) <= profile(teacher).parameters
    small = propose(Goal(task="languages", most_bytes=60_000), offered, scales()[0]).chosen.candidate
    assert small.title.startswith("Byte CNN")


@pytest.mark.parametrize(
    ("chosen", "steps"),
    [
        (candidate(1, "int8", blueprint=FORM), ["1. Slice", "2. Knowledge distillation", "3. 8-bit integers"]),
        (candidate(1, blueprint=FORM), ["1. Slice", "2. Knowledge distillation"]),
        (
            candidate(1, "float16", sliced=False, blueprint=FORM),
            ["1. Knowledge distillation", "2. Half-precision numbers"],
        ),
        (candidate(1, "int8", blueprint=TEACHER), ["1. 8-bit integers"]),
    ],
)
def test_a_candidate_becomes_a_pipeline(chosen: Candidate, steps: list[str]) -> None:
    experiment = chain_experiment(goal_chain(Goal(most_bytes=1, seeds=2), chosen, TEACHER), TEACHER)
    assert [student.name for student in experiment.students] == steps
    assert {student.architecture for student in experiment.students} == {chosen.blueprint.architecture}
    assert is_chain(experiment)
    resolve_experiment(experiment)
    assert {"slice", "int8", "float16"} <= {step.name for step in STEPS}


def test_what_was_reached_is_told_for_each_limit() -> None:
    goal = Goal(most_bytes=100, most_ms=0.2, least_accuracy=0.9)
    found = outcomes(goal, size_bytes=90, p50_ms=None, accuracy=0.85)
    assert [(one.what, one.met) for one in found] == [("bytes", True), ("ms", None), ("accuracy", False)]
    assert [one.what for one in outcomes(Goal(most_bytes=1), size_bytes=1, p50_ms=1, accuracy=1)] == ["bytes"]


@pytest.mark.parametrize(
    ("accuracy", "half_width", "met", "whole"),
    [
        (0.92, 0.01, True, True),
        (0.905, 0.01, True, False),
        (0.895, 0.01, False, False),
        (0.88, 0.01, False, True),
        (0.92, None, True, None),
    ],
)
def test_an_accuracy_is_reached_by_its_whole_interval_or_by_its_value(
    accuracy: float, half_width: float | None, met: bool, whole: bool | None
) -> None:
    goal = Goal(most_bytes=1, least_accuracy=0.9)
    *_, found = outcomes(goal, size_bytes=1, p50_ms=None, accuracy=accuracy, half_width=half_width)
    assert (found.met, found.whole) == (met, whole)


def test_a_limit_is_kept_to_where_it_is_met_exactly() -> None:
    found = propose(Goal(most_bytes=110, most_ms=2.0), OFFERED, scales({400: 8.0, 200: 4.0, 100: 2.0, 50: 1.0})[0])
    assert fits(Goal(most_bytes=110, most_ms=2.0), found.chosen)
    assert found.chosen.size_bytes == 110
