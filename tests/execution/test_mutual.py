"""Students who teach each other, as a job: planned, filed, kept together, and refused where they cannot be."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from distill_core.errors import CorruptFile, InvalidSetting
from distill_core.events import RunFailed, RunStarted
from distill_core.execution import scoring
from distill_core.methods import METHODS, DistillLoss, FeatureShapes, LossInputs, Settings, StepLoss
from distill_core.planning.cohorts import by_peer_group, find_stored, split_into_cohorts
from distill_core.planning.machine_pace import BUILT_IN
from distill_core.planning.peer_groups import find_peer_groups
from distill_core.planning.resolve import resolve_experiment
from distill_core.planning.runs import PlannedRun, expand
from distill_core.spec import Experiment, Student
from distill_core.store import Store
from tests.quick import KNOWN_TEACHER, estimate, experiment, student, work

MUTUAL = METHODS.get("mutual")
LIMIT = "distill_core.planning.cohorts.MOST_TOGETHER"


def peer(name: str, initial: float = 0, **changes: object) -> Student:
    return student(name, method="mutual", parameters={"initial": initial}, **changes)


def pair(**changes: object) -> list[Student]:
    return [peer("a", **changes), peer("b", 1, **changes)]


def planned(*students: Student, **changes: object) -> dict[str, PlannedRun]:
    return {one.key: one for one in expand(resolve_experiment(experiment(*students, **changes)), KNOWN_TEACHER)}


# Who teaches whom


def test_peers_have_the_same_images_and_seed() -> None:
    few = [peer("few", seeds=(0, 1), labels=50), peer("few, too", 1, seeds=(0, 1), labels=50)]
    every = [
        peer("all", transfer="all"),
        peer("more labels", 1, transfer="all", labels=200),
        peer("whole", 2, labels=None),
    ]
    never = [peer("never", missing_class="3"), peer("never, too", width=1.0, missing_class="3")]
    found = planned(*pair(), *few, *every, *never, student("KD"))
    circle = {key: set(one.peers) for key, one in found.items() if one.peers}
    together = [
        {"a/0", "b/0"}, {"few/0", "few, too/0"}, {"few/1", "few, too/1"}, {"all/0", "more labels/0", "whole/0"},
        {"never/0", "never, too/0"},
    ]  # fmt: skip
    assert circle == {key: one for one in together for key in one}


def test_the_order_within_a_peer_group_is_not_that_of_the_students() -> None:
    names = {"a": 0, "b": 1, "c": 2}
    orders = [("a", "b", "c"), ("c", "a", "b"), ("b", "c", "a")]
    found = [planned(*(peer(name, names[name]) for name in order)) for order in orders]
    assert len({one.peers for plan in found for one in plan.values() if one.peers}) == 1
    # Nor does a name change it.
    renamed = {"z": 0, "b": 1, "m": 2}
    (other,) = {one.peers for one in planned(*map(peer, renamed, renamed.values())).values() if one.peers}
    back = {"z/0": "a/0", "b/0": "b/0", "m/0": "c/0"}
    assert tuple(back[key] for key in other) == found[0]["a/0"].peers


def test_other_methods_are_in_no_peer_group() -> None:
    assert {one.peers for one in planned(student("KD"), student("AT", method="at")).values()} == {()}
    assert find_peer_groups(resolve_experiment(experiment()).students) == {}


REFUSED = [
    (
        [peer("a")],
        "the peers of 'a' with seed 0: expected another student of its method that sees the same examples, got none; "
        "add one with these labels, this transfer set and this seed, or choose another method",
    ),
    ([peer("a", seeds=(0, 1)), peer("b", 1)], "the seeds of students that teach each other: expected the same"),
    ([peer("a"), peer("b", 1, labels=50)], "the peers of 'a' with seed 0: expected another"),
    ([peer("a"), peer("b", 1, transfer="all")], "the peers of 'a' with seed 0: expected another"),
    ([peer("a"), peer("b", 1, missing_class="3")], "the peers of 'a' with seed 0: expected another"),
    (
        [peer("a"), peer("b", temperature=2)],
        "students that teach each other: expected different initial weights, since equal networks learn nothing from "
        "each other, got the same network twice, ",
    ),
    ([peer("a"), peer("b", 0.5)], "initial of 'b': expected a whole number, got 0.5; choose 0 for the weights of the"),
    ([peer("a"), peer("b", 100)], "'b': initial: expected 0 to 99, got 100"),
    ([peer("a"), peer("b")], "students that teach each other: expected different initial weights"),
]


@pytest.mark.parametrize(("students", "message"), REFUSED)
def test_what_cannot_teach_each_other_is_refused_before_it_starts(students: list[Student], message: str) -> None:
    with pytest.raises(InvalidSetting) as error:
        resolve_experiment(experiment(*students))
    assert str(error.value).startswith(message)


# Under which fingerprint they are filed


def fingerprints(*students: Student) -> dict[str, str]:
    return {key: one.fingerprint for key, one in planned(*students).items()}


def test_a_run_is_filed_under_what_its_peers_are() -> None:
    first = fingerprints(*pair())
    assert first == fingerprints(*reversed(pair()))
    renamed = fingerprints(pair()[0], peer("other name", 1))
    assert renamed["a/0"] == first["a/0"]
    assert renamed["other name/0"] == first["b/0"]
    others = [
        peer("b", 2),
        peer("b", 1, temperature=2),
        peer("b", 1, width=1.0),
        peer("b", architecture="resnet8", width=1.0),
        student("b", method="mutual", parameters={"initial": 1, "weight": 2}),
    ]
    found = {fingerprints(pair()[0], other)["a/0"] for other in others}
    found.add(fingerprints(*pair(), peer("c", 2))["a/0"])
    assert len(found | {first["a/0"]}) == 7


def test_peers_change_no_fingerprint_of_others() -> None:
    beside = fingerprints(student("KD"), *pair())
    alone = fingerprints(student("KD"))
    assert {key: beside[key] for key in alone} == alone


def test_with_other_labels_a_peer_is_another_one() -> None:
    one, other = ([peer("a", transfer="all"), peer("b", 1, transfer="all", labels=count)] for count in (100, 200))
    assert fingerprints(*one)["a/0"] != fingerprints(*other)["a/0"]


# In which cohort they train


def test_peers_are_never_parted(monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = (0, 1)
    crowd = [student(f"T {T}", temperature=T, seeds=seeds) for T in (1, 2, 3)]
    full = resolve_experiment(experiment(crowd[0], peer("a", seeds=seeds), *crowd[1:], *(
        peer(name, number, seeds=seeds) for number, name in enumerate("bc", 1)
    )))  # fmt: skip
    missing = expand(full, KNOWN_TEACHER)
    for limit in range(1, 12):
        monkeypatch.setattr(LIMIT, limit)
        parts = split_into_cohorts(missing, full)
        assert sorted(one.key for part in parts for one in part) == sorted(one.key for one in missing)
        assert all(parts)
        for part in parts:
            keys = {one.key for one in part}
            assert all(set(one.peers) <= keys for one in part)
    together = by_peer_group(missing)
    assert sorted(map(len, together)) == [1] * 8 + [3, 3]


def test_what_is_expected_grows_with_peers_that_share_a_thread() -> None:
    # An update costs 6 ms, and its sums next to nothing.
    machine = replace(BUILT_IN, threads=4, update_seconds=0.006, small_macs_per_second=1e15)
    full = resolve_experiment(experiment(*pair(), updates=100_000))
    circle = [one for one in expand(full, KNOWN_TEACHER) if one.peers]
    apart = [replace(one, peers=()) for one in circle]
    seconds = [estimate(full, KNOWN_TEACHER, some, machine=machine).seconds for some in (circle, apart)]
    work_seconds = seconds[0] - seconds[1]
    assert work_seconds == pytest.approx(100_000 * 0.006, rel=0.2)


# Training


def weights(store: Store, job: str) -> dict[str, bytes]:
    return {one.student: store.read_artifact(one.run.id, "weights") for one in store.runs([job])}


def test_a_job_trains_them_beside_others_and_the_order_changes_no_bit(store: Store, tmp_path: Path) -> None:
    trio = [*pair(), peer("c", architecture="resnet8", width=1.0)]
    work(store, tmp_path, resolve_experiment(experiment(student("KD"), *trio)))
    runs = store.runs(["a1"])
    assert [one.run.state for one in runs] == ["finished"] * 7
    kinds = {row["kind"] for one in runs for row in store.curves(one.run.id) if one.student in "abc"}
    assert kinds >= {"loss", "hard", "peers", "valid_accuracy", "insight: ratio"}
    found, names = weights(store, "a1"), ("a", "b", "c", "KD")
    with closing(Store.open(tmp_path / "other")) as other:
        work(other, tmp_path, resolve_experiment(experiment(*reversed(trio), student("KD"))))
        turned = weights(other, "a1")
        assert {name: turned[name] for name in names} == {name: found[name] for name in names}
    with closing(Store.open(tmp_path / "alone")) as alone:
        work(alone, tmp_path, resolve_experiment(experiment(student("KD"))))
        assert weights(alone, "a1")["KD"] == found["KD"]
    assert len({found[name] for name in ("control of KD", "a", "b")}) == 3


def test_where_one_is_not_there_all_of_them_train_again(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk was full, say, when one was exported. Its peer is there already and stays as it was."""
    export, calls = scoring.export_onnx, []

    def full_once(*given: object) -> object:
        calls.append(given)
        if len(calls) == 4:  # the teacher, the control, a, then b
            raise CorruptFile("no room for an ONNX file")
        return export(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(scoring, "export_onnx", full_once)
    full = resolve_experiment(experiment(*pair()))
    with pytest.raises(CorruptFile, match="no room"):
        work(store, tmp_path, full)
    before = {one.student: one.run for one in store.runs(["a1"])}
    assert list(before) == ["Plain CNN", "control", "a"]
    there = find_stored(
        [replace(one, fingerprint=f"{one.key}") for one in expand(full, KNOWN_TEACHER)],
        lambda keys: {key: before["a"] for key in keys if key != "b/0"},
    )
    assert [key for key, run in there.items() if run is None] == ["a/0", "b/0"]
    log = work(store, tmp_path, full, "b2")
    after = {one.student: one.run for one in store.runs(["b2"])}
    assert list(after) == ["Plain CNN", "control", "a", "b"]
    assert after["a"] == before["a"]
    assert [event.run for event in log.snapshot() if isinstance(event, RunStarted)] == ["control/0", "a/0", "b/0"]
    with closing(Store.open(tmp_path / "whole")) as whole:
        work(whole, tmp_path, full)
        assert weights(whole, "a1") == weights(store, "b2")


def _breaks_its_second(settings: Settings, pair: FeatureShapes) -> DistillLoss:
    healthy = MUTUAL.build(settings, pair)

    def loss(inputs: LossInputs) -> StepLoss:
        step = healthy(inputs)
        ill = settings.parameters["initial"] == 1 and inputs.progress >= 2 / 8
        return replace(step, weights={**step.weights, "hard": float("nan")}) if ill else step

    return loss


def test_where_one_diverges_the_record_of_each_tells_it(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(METHODS._entries, "mutual", replace(MUTUAL, build=_breaks_its_second))
    full: Experiment = resolve_experiment(experiment(*pair(), student("KD")))
    log = work(store, tmp_path, full)
    states = {one.student: (one.run.state, str(one.run.message)) for one in store.runs(["a1"])}
    assert states["control"] == states["KD"] == ("finished", "None")
    assert states["a"][0] == states["b"][0] == "failed"
    assert states["b"][1].startswith("the loss of 'b' (seed 0) at update 3: expected a finite number")
    assert states["a"][1].startswith(
        "the peers of 'a' (seed 0) at update 3: expected finite answers, got a loss of 'b'"
    )
    assert sorted(event.run for event in log.snapshot() if isinstance(event, RunFailed)) == ["a/0", "b/0"]
