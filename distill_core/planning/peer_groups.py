"""Peer groups: students that teach each other, with a mutual method on the same batches."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from distill_core.errors import InvalidSetting, said
from distill_core.methods import METHODS
from distill_core.spec import Student, fingerprint

# The parameter of a mutual method that numbers the initial weights.
INITIAL = "initial"
PeerGroup = tuple[Student, ...]


def training_identity(student: Student) -> dict[str, Any]:
    """The fields of a student that identify a training. Left out are name, role and other seeds, which change nothing
    in it, and the names of its teacher and source, whose own fingerprints count instead."""
    left_out: dict[str, Any] = {"name": True, "role": True, "seeds": True, "taught_by": True, "start": {"source": True}}
    return student.model_dump(mode="json", exclude=left_out)


def find_peer_groups(students: Sequence[Student]) -> Mapping[tuple[str, int], PeerGroup]:
    """The peer group of each student with a mutual method, by its name and seed; the student itself is in it. The order
    follows from the students' fields, so that their order in the specification changes no bit of a sum."""
    mutual = [student for student in students if METHODS.get(student.method).mutual]
    readers: dict[object, list[Student]] = defaultdict(list)
    for student in sorted(mutual, key=lambda student: fingerprint(training_identity(student))):
        for seed in student.seeds:
            readers[_stream(student, seed)].append(student)
    return {
        (student.name, seed): tuple(readers[_stream(student, seed)]) for student in mutual for seed in student.seeds
    }


def check_peer_groups(students: Sequence[Student]) -> None:
    """Raises InvalidSetting for a student without a peer, for peers with equal initial weights, and for students whose
    peers differ from seed to seed."""
    for student in students:
        _check_initial(student)
    _refuse_unequal_seeds(students)
    for (name, seed), peer_group in find_peer_groups(students).items():
        if len(peer_group) < 2:
            raise InvalidSetting(
                said("the peers of {name!r} with seed {seed}", name, seed),
                expected="another student of its method that sees the same examples",
                got="none",
                hint="add one with these labels, this transfer set and this seed, or choose another method",
            )
        _refuse_equal_starts(peer_group)


def _stream(student: Student, seed: int) -> object:
    """What peers share: method, seed and images."""
    images = None if student.transfer == "all" else student.labels
    return student.method, seed, images, student.missing_class


def _check_initial(student: Student) -> None:
    initial = student.parameters.get(INITIAL, 0.0)
    if METHODS.get(student.method).mutual and initial != int(initial):
        what, hint = (
            said("{setting} of {student!r}", INITIAL, student.name),
            "choose 0 for the weights of the control, 1 for the next ones",
        )
        raise InvalidSetting(what, expected="a whole number", got=said("{value:g}", initial), hint=hint)


def _refuse_unequal_seeds(students: Sequence[Student]) -> None:
    mutual = [student for student in students if METHODS.get(student.method).mutual]
    for student in mutual:
        for peer in mutual:
            if _stream(student, 0) == _stream(peer, 0) and set(student.seeds) != set(peer.seeds):
                got = said(
                    "{seeds} of {student!r} and {others} of {peer!r}",
                    list(student.seeds),
                    student.name,
                    list(peer.seeds),
                    peer.name,
                )
                what, expected = "the seeds of students that teach each other", "the same for all"
                raise InvalidSetting(what, expected=expected, got=got, hint="give all of them these seeds")


def _refuse_equal_starts(peer_group: PeerGroup) -> None:
    known: dict[object, str] = {}
    for student in peer_group:
        start = student.architecture, student.width, student.stem_stride, student.parameters.get(INITIAL)
        if start in known:
            raise InvalidSetting(
                "students that teach each other",
                expected="different initial weights, since equal networks learn nothing from each other",
                got=said("the same network twice, {first!r} and {student!r}", known[start], student.name),
                hint=said("give one of them another number under {setting!r}, or another network", INITIAL),
            )
        known[start] = student.name
