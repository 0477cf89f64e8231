"""What a knowledge graph teaches beside its first comparison: another weight of N3, and all facts."""

from distill_core.planning.resolve import resolve_experiment
from distill_core.spec import ShippedTeacher
from distill_core.tasks import TASKS
from distill_core.tasks.graph import medicine
from distill_core.templates.graph import all_facts, missing_facts, own_weight, wrong_facts

TASK = TASKS.get("medicine")
TEACHER = ShippedTeacher(name="medicine_complex")


def test_only_the_weight_of_n3_differs() -> None:
    found = own_weight(TASK, TEACHER, 3)
    assert (TASK.default.optimiser.n3, found.optimiser.n3) == (0.12, 0.003)
    assert [student.name for student in found.students] == ["KD, same questions", "KD, all questions"]
    same = {"optimiser": TASK.default.optimiser, "students": TASK.default.students}
    assert found.model_copy(update=same) == TASK.default
    assert {student.seeds for student in found.students} == {(0, 1, 2)}


def test_all_facts_have_their_control_of_four_dimensions() -> None:
    control, student = resolve_experiment(all_facts(TASK, TEACHER)).students
    assert (control.role, control.width, control.labels) == ("control", 0.125, None)
    assert (student.role, student.width, student.labels, student.transfer) == ("student", 0.125, None, "labelled")


def test_of_each_share_of_missing_facts_as_many_are_known_and_the_control_has_its_own_weight() -> None:
    found = missing_facts(TASK, TEACHER, 3)
    assert {share: one.students[0].labels for share, one in found.items()} == {
        **{0: None, 20: 4173, 40: 3130, 60: 2086},
        **{80: 1043, 90: 522, 95: 261},
    }
    assert [len(one.students) for one in found.values()] == [1, 2, 2, 2, 2, 2, 2]
    assert found[80].model_copy(update={"students": TASK.default.students}) == TASK.default
    assert {one.task for one in wrong_facts(TEACHER).values()} == set(medicine.WRONG_OF_100.values())
