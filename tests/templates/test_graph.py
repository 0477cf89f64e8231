"""What a knowledge graph teaches beside its first comparison: another weight of N3, and all facts."""

from distill_core.planning.resolve import resolve_experiment
from distill_core.spec import ShippedTeacher
from distill_core.tasks import TASKS
from distill_core.templates.graph import all_facts, own_weight

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
