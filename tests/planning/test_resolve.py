"""What completing adds, what it leaves alone, and what it refuses."""

from typing import Any

import pytest

from distill_core.errors import DistillError, InvalidSetting, UnknownName
from distill_core.planning.resolve import resolve_experiment
from distill_core.spec import Change, Experiment, Start, Student
from tests.quick import experiment, student


def controls(full: Experiment) -> list[tuple[str, tuple[int, ...]]]:
    return [(one.name, one.seeds) for one in full.students if one.role == "control"]


def test_a_control_comes_along_first_with_the_seeds_of_all() -> None:
    full = resolve_experiment(experiment(student("a", seeds=(0, 1)), student("b", seeds=(1, 2), transfer="all")))
    assert controls(full) == [("control", (0, 1, 2))]
    control = full.students[0]
    assert (control.method, control.labels, control.transfer) == ("labels", 100, "labelled")
    assert (control.temperature, control.alpha) == (None, None)


def test_each_network_and_number_of_labels_has_its_own_control() -> None:
    full = resolve_experiment(experiment(student("a"), student("b", labels=200), student("c", width=1.0)))
    assert [name for name, _ in controls(full)] == ["control of a", "control of b", "control of c"]


def test_a_row_of_labels_only_is_the_control_under_its_own_name() -> None:
    full = resolve_experiment(experiment(student("mine", method="labels"), student("KD")))
    assert controls(full) == [("mine", (0,))]
    assert len(full.students) == 2


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        (experiment(student("control")), "control"),
        (experiment(student("a"), student("control of a", labels=50)), "control of a"),
    ],
)
def test_no_student_is_called_like_the_control_beside_it(asked: Experiment, name: str) -> None:
    words = f"a student's name: expected one that is not the control's, which the lab adds, got '{name}'; rename"
    with pytest.raises(InvalidSetting, match=words):
        resolve_experiment(asked)


def test_a_stored_student_called_control_is_still_read() -> None:
    """From before that was refused: the control had got another name then."""
    full = resolve_experiment(experiment(student("a")))
    control, first = full.students
    renamed = (control.model_copy(update={"name": "control (2)"}), first.model_copy(update={"name": "control"}))
    stored = full.model_copy(update={"students": renamed})
    assert resolve_experiment(stored) == stored


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (student("dkd", method="labels", transfer="all", alpha=0.5), "'dkd': alpha: expected nothing"),
        (student("x", method="kdd"), "'x': no method named 'kdd'"),
        (student("x", architecture="resnet8", width=1.5), "'x': ResNet-8: width"),
        (student("x", also=({"method": "nope"},)), "'x': no method named 'nope'"),
        (student("x", labels=5000), "^labels of 'x'"),
    ],
)
def test_a_refusal_names_the_student_once(wrong: Student, words: str) -> None:
    with pytest.raises(DistillError, match=words) as error:
        resolve_experiment(experiment(student("a"), wrong))
    assert str(error.value).count(f"'{wrong.name}'") == 1


def test_completing_again_changes_nothing() -> None:
    full = resolve_experiment(experiment(student("a"), student("b", labels=200, seeds=(3, 4))))
    assert resolve_experiment(full) == full
    assert resolve_experiment(Experiment.from_json(full.to_json())) == full


def test_completing_again_keeps_the_name_of_a_control_that_was_a_row() -> None:
    full = resolve_experiment(experiment(student("my baseline", method="labels"), student("KD")))
    assert resolve_experiment(full) == full
    assert controls(full) == [("my baseline", (0,))]


def test_equal_students_and_labels_alone_are_refused() -> None:
    with pytest.raises(InvalidSetting, match="got 'a' and 'b'"):
        resolve_experiment(experiment(student("a"), student("b")))
    with pytest.raises(InvalidSetting, match="add a student that is taught"):
        resolve_experiment(experiment(student("a", method="labels")))


def test_more_runs_than_allowed_once_controls_are_added_are_refused_in_words() -> None:
    many = [student(f"s{number}", labels=50 + number, seeds=tuple(range(20))) for number in range(12)]
    with pytest.raises(InvalidSetting, match="400"):
        resolve_experiment(experiment(*many))


def test_defaults_of_the_method_are_filled_in() -> None:
    kd = resolve_experiment(experiment()).students[1]
    assert (kd.temperature, kd.alpha) == (4.0, 0.9)
    smoothed = resolve_experiment(experiment(student("s", method="label_smoothing"))).students[1]
    assert dict(smoothed.parameters) == {"epsilon": 0.1}


FROM_TEACHER = Start(source="teacher")


@pytest.mark.parametrize(
    ("changes", "may"),
    [
        ({}, False),
        ({"alpha": 1.0, "transfer": "all"}, False),
        ({"alpha": 1.0, "transfer": "all", "start": FROM_TEACHER}, True),
        ({"transfer": "all", "start": FROM_TEACHER}, False),
        ({"alpha": 1.0, "start": FROM_TEACHER}, False),
        ({"method": "labels", "transfer": "all", "start": FROM_TEACHER}, False),
        ({"untrained": True, "start": Start(source=f"run:{16 * 'a'}")}, True),
        ({"untrained": True, "start": FROM_TEACHER.model_copy(update={"change": Change(step="norms")})}, True),
        ({"untrained": True, "start": FROM_TEACHER.model_copy(update={"change": Change(step="int8")})}, False),
    ],
)
def test_a_student_without_a_label_starts_from_a_network_and_reads_none(changes: dict[str, Any], may: bool) -> None:
    given = experiment(student("a", architecture="resnet20", width=1.0, stem_stride=1, **{"labels": 0, **changes}))
    if may:
        assert resolve_experiment(given).students[-1].labels == 0
    else:
        with pytest.raises(InvalidSetting, match=r"^labels of 'a': expected 1 or more"):
            resolve_experiment(given)


def test_all_labels_leave_nothing_unlabelled() -> None:
    full = resolve_experiment(experiment(student("a", labels=1077, transfer="all")))
    assert (full.students[1].labels, full.students[1].transfer) == (None, "labelled")


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        (experiment(task="digit"), UnknownName, "Did you mean 'digits'"),
        (experiment(student(architecture="resnet9")), UnknownName, "no architecture named 'resnet9'"),
        (experiment(student(method="kdd")), UnknownName, "Did you mean 'kd'"),
        (experiment(student(architecture="resnet8", width=1.5)), InvalidSetting, "width"),
        (experiment(student(labels=5000)), InvalidSetting, "expected 1 to 1,077"),
        (experiment(student(method="labels", alpha=0.5)), InvalidSetting, "'labels' does not use it"),
        (experiment(student(parameters={"beta": 1})), InvalidSetting, "those of 'kd'"),
        (experiment(student(method="label_smoothing", parameters={"epsilon": 2})), InvalidSetting, "epsilon"),
        (
            experiment(student("a"), student("p", method="patient"), mode="cached"),
            InvalidSetting,
            "the mode of 'p': expected consistent: its teacher is asked about every batch, "
            "since each mixes examples anew, "
            "got cached; choose the consistent mode, or another method",
        ),
        (experiment(student("p", method="patient", alpha=0.5), mode="consistent"), InvalidSetting, "does not use it"),
        (experiment(student(role="control")), InvalidSetting, "not a control"),
        (experiment(student("a"), student("c", role="control", method="nope")), UnknownName, "nope"),
        (experiment(student("a"), student("c", role="control", method="kd")), InvalidSetting, "the control 'c'"),
        (
            experiment(student("a"), student("c", role="control", method="labels", labels=50)),
            InvalidSetting,
            '50 labels; leave it out, it is added by itself; or make it a student with "role": "student"',
        ),
    ],
)
def test_what_cannot_be_trained_is_refused_before_it_starts(
    wrong: Experiment, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        resolve_experiment(wrong)


def test_methods_on_top_are_completed_and_labels_with_one_on_top_are_no_control() -> None:
    full = resolve_experiment(experiment(student("a", method="labels", also=[{"method": "rkd"}])))
    assert [one.role for one in full.students] == ["control", "student"]
    (added,) = full.students[1].also
    assert added.parameters == {"hard_weight": 0.0, "weight": 1.0, "distance_weight": 25.0, "angle_weight": 50.0}
    assert resolve_experiment(full) == full
    with pytest.raises(UnknownName, match="rdk"):
        resolve_experiment(experiment(student("a", also=[{"method": "rdk"}])))
