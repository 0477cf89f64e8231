"""The facts of ``medicine``: none on both sides of a split, what the published split leaks, both ends of a fact."""

from pathlib import Path

import numpy as np
import pytest

from distill_core.tasks import TASKS, TaskData
from distill_core.tasks.graph import medicine
from distill_core.tasks.graph.medicine import ENTITIES, LEAKS, RELATIONS, read_facts
from distill_core.tasks.graph.questions import (
    InMemoryQuestions,
    Questions,
    asked,
    backwards,
    known_answers,
    with_wrong,
)

pytestmark = pytest.mark.anywhere

TASK = TASKS.get("medicine")
E, R = len(ENTITIES), len(RELATIONS)


@pytest.fixture(scope="module")
def data() -> TaskData:
    return TASK.load(Path(), print)


def dataset(part: Questions) -> InMemoryQuestions:
    return InMemoryQuestions(TASK, part)


def answered(questions_N2: np.ndarray, answers_N: np.ndarray) -> set[tuple[int, ...]]:
    """Questions with their answers."""
    return {(*question, answer) for question, answer in zip(questions_N2.tolist(), answers_N.tolist(), strict=True)}


def test_it_has_the_published_numbers() -> None:
    facts = read_facts()
    assert (E, R) == (135, 46)
    assert {part: len(found) for part, found in facts.items()} == {"train": 5_216, "valid": 652, "test": 661}
    assert TASK.input.vocabulary == 135 + 2 * 46


def test_names_are_as_in_the_files() -> None:
    head, relation, tail = read_facts()["train"][0]
    assert (ENTITIES[head], RELATIONS[relation], ENTITIES[tail]) == (
        "acquired abnormality",
        "location of",
        "experimental model of disease",
    )
    assert medicine.titled("disease_or_syndrome") in ENTITIES
    assert medicine.titled("isa") == "is a" in RELATIONS
    assert not [name for name in ENTITIES + RELATIONS if "_" in name or name != name.strip()]


def test_no_fact_is_on_both_sides_of_a_split_asked_from_either_end(data: TaskData) -> None:
    sides = []
    for part in (data.train, data.valid, data.test):
        other_N2, ends_N = backwards(part.questions_N2, part.labels_N, E, R)
        sides.append(answered(part.questions_N2, part.labels_N) | answered(other_N2, ends_N))
    assert [len(side) for side in sides] == [2 * 5_216, 2 * 652, 2 * 661]
    assert len(set.union(*sides)) == sum(map(len, sides))


@pytest.mark.parametrize(
    ("part", "mirrored", "same_pair", "pair_turned"), [("valid", 81, 334, 224), ("test", 97, 345, 270)]
)
def test_what_the_published_split_leaks(part: str, mirrored: int, same_pair: int, pair_turned: int) -> None:
    """Facts with a training fact of the same relation and the ends exchanged, of another relation between the same
    ends, and of any relation between the ends exchanged. ``LEAKS`` is what the task's page says."""
    train = {tuple(fact) for fact in read_facts()["train"].tolist()}
    pairs = {(head, tail) for head, _, tail in train}
    facts = [tuple(fact) for fact in read_facts()[part].tolist()]
    assert sum((tail, relation, head) in train for head, relation, tail in facts) == mirrored
    assert sum((head, tail) in pairs for head, _, tail in facts) == same_pair
    assert sum((tail, head) in pairs for head, _, tail in facts) == pair_turned
    if part == "test":
        assert mirrored == LEAKS
        assert f"Of 661 test facts, {LEAKS} " in TASK.teaches


def test_a_test_fact_is_asked_from_both_ends(data: TaskData) -> None:
    half = len(data.test) // 2
    (head, relation), tail = data.test.questions_N2[0].tolist(), int(data.test.labels_N[0])
    assert (ENTITIES[head], RELATIONS[relation - E], ENTITIES[tail]) == ("steroid", "interacts with", "eicosanoid")
    assert data.test.questions_N2[half].tolist() == [tail, relation + R]
    assert data.test.labels_N[half] == head


def test_an_odd_view_asks_from_the_other_end(data: TaskData) -> None:
    train, examples = dataset(data.train), np.array([0, 0, 7, 7])
    asked_B2, answers_B = train.batch(examples, np.arange(4)).numpy(), train.batch_targets(examples, np.arange(4))
    plain_B2, plain_B = train.batch(examples).numpy(), train.batch_targets(examples)
    for even, odd in ((0, 1), (2, 3)):
        assert asked_B2[even].tolist() == plain_B2[even].tolist()
        assert asked_B2[odd].tolist() == [plain_B[even], plain_B2[even, 1] + R]
        assert answers_B[odd] == plain_B2[even, 0]


def test_twice_backwards_is_what_was() -> None:
    questions_N2, answers_N = asked(np.array([[0, 1, 2], [2, 0, 1]]), 3)
    assert questions_N2.tolist() == [[0, 4], [2, 3]]
    once = backwards(questions_N2, answers_N, 3, 2)
    assert once[0].tolist() == [[2, 6], [1, 5]]
    twice = backwards(*once, 3, 2)
    assert (twice[0].tolist(), twice[1].tolist()) == (questions_N2.tolist(), answers_N.tolist())
    known_ERE = known_answers(questions_N2, answers_N, 3, 2)
    assert np.argwhere(known_ERE).tolist() == [[0, 1, 2], [1, 2, 2], [2, 0, 1], [2, 3, 0]]


def test_answers_of_all_parts_are_known(data: TaskData) -> None:
    assert data.train.known_ERE.sum() == 2 * 6_529
    for part in (data.train, data.valid, data.test):
        known_BE = dataset(part).known_BE(part.questions_N2)
        assert known_BE[np.arange(len(part)), part.labels_N].all()


def test_a_fifth_of_the_facts_is_wrong_and_none_of_these_is_true(data: TaskData) -> None:
    wrong = TASKS.get("medicine_wrong_facts").load(Path(), print)
    for part in ("valid", "test"):
        assert getattr(wrong, part).content_hash() == getattr(data, part).content_hash()
    changed_N = wrong.train.labels_N != data.train.labels_N
    assert changed_N.sum() == 1_043
    known_NE = dataset(wrong.train).known_BE(wrong.train.questions_N2)
    assert not known_NE[changed_N, wrong.train.labels_N[changed_N]].any()
    assert np.array_equal(wrong.train.questions_N2, data.train.questions_N2)


def test_the_wrong_facts_of_a_lower_share_are_among_those_of_a_higher_one(data: TaskData) -> None:
    train = data.train
    none, few, many = (with_wrong(train.questions_N2, train.labels_N, train.known_ERE, share) for share in (0, 10, 40))
    assert np.array_equal(none, train.labels_N)
    assert np.array_equal(few[few != train.labels_N], many[few != train.labels_N])


def test_a_wrong_answer_is_one_that_no_fact_gives() -> None:
    """Of three entities two answer each question of the only relation, in one direction or the other."""
    known_ERE = np.array([[[True, False, True]] * 2] * 3)
    questions_N2, answers_N = np.array([[0, 3]] * 9), np.zeros(9, np.int64)
    assert with_wrong(questions_N2, answers_N, known_ERE, 100).tolist() == [1] * 9
