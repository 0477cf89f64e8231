"""Filtered ranks: cases by hand, and 40 questions beside a second, naive implementation."""

from pathlib import Path

import numpy as np
import pytest

from distill_core.tasks import TASKS
from distill_core.tasks.graph.medicine import ENTITIES, read_facts
from distill_core.tasks.graph.questions import InMemoryQuestions
from distill_core.tasks.graph.ranks import filtered_ranks, left_in, ranking

pytestmark = pytest.mark.anywhere


@pytest.mark.parametrize(
    ("scores", "answer", "known", "rank"),
    [
        ([0.9, 0.5, 0.1], 0, [], 1.0),
        ([0.9, 0.5, 0.1], 2, [], 3.0),
        ([0.9, 0.5, 0.1], 2, [0], 2.0),  # a known answer is left out
        ([0.9, 0.5, 0.1], 2, [0, 1, 2], 1.0),
        ([0.5, 0.5, 0.1], 0, [], 1.5),  # the mean of ranks 1 and 2
        ([0.5, 0.5, 0.5], 1, [], 2.0),
        ([0.5, 0.5, 0.5], 1, [0], 1.5),
        ([0.9, 0.5, 0.5, 0.5, 0.1], 2, [3], 2.5),
    ],
)
def test_by_hand(scores: list[float], answer: int, known: list[int], rank: float) -> None:
    known_E = np.isin(np.arange(len(scores)), known)
    assert filtered_ranks(np.array([scores]), np.array([answer]), known_E[None]).tolist() == [rank]


def naive_rank(scores: dict[str, float], answer: str, others: set[str]) -> float:
    """Sort all that may answer, and take the mean of the places of those with the answer's score."""
    rest = sorted((name for name in scores if name == answer or name not in others), key=lambda name: -scores[name])
    places = [place for place, name in enumerate(rest, 1) if scores[name] == scores[answer]]
    return sum(places) / len(places)


def test_forty_questions_beside_a_second_implementation() -> None:
    """It knows facts by their names, asks tail and head in turn, and draws its scores so that many are ties."""
    facts = [
        (ENTITIES[head], relation, ENTITIES[tail])
        for part in read_facts().values()
        for head, relation, tail in part.tolist()
    ]
    task = TASKS.get("medicine")
    test = InMemoryQuestions(task, task.load(Path(), print).test)
    half = len(test) // 2
    chosen = np.concatenate([np.arange(20), half + np.arange(20)])
    scores_NE = np.random.default_rng(0).integers(0, 12, (len(test), len(ENTITIES))).astype(np.float32)
    known_NE = test.known_BE(test.batch(chosen).numpy())
    found = filtered_ranks(scores_NE[chosen], test.targets[chosen], known_NE)
    for place, index in enumerate(chosen):
        head, relation, tail = facts[5_216 + 652 + index % half]
        scores = dict(zip(ENTITIES, scores_NE[index].tolist(), strict=True))
        if index < half:
            answer, others = tail, {t for h, r, t in facts if (h, r) == (head, relation)}
        else:
            answer, others = head, {h for h, r, t in facts if (r, t) == (relation, tail)}
        assert found[place] == naive_rank(scores, answer, others - {answer})
    assert len(set(found % 1)) == 2  # ties with a whole and with half a place


def test_metrics_are_means_over_both_directions() -> None:
    task = TASKS.get("medicine")
    test = InMemoryQuestions(task, task.load(Path(), print).test)
    right_NE = np.eye(len(ENTITIES), dtype=np.float32)[test.targets]
    assert dict(ranking(test, right_NE)) == {"mrr": 1.0, "hits_at_1": 1.0, "hits_at_10": 1.0}
    right_NE[: len(test) // 2] *= -1  # the answer is last
    found = ranking(test, right_NE)
    assert (found["hits_at_1"], found["hits_at_10"]) == (0.5, 0.5)
    assert 0.5 < found["mrr"] < 0.51


def test_the_likeliest_of_what_is_left_in_has_rank_1_where_the_answer_has() -> None:
    """Entity 0 is a better answer that is known too: it is left out, and the answer, 1, is the likeliest."""
    scores_NE = np.array([[9.0, 5.0, 1.0]])
    known_NE = np.array([[True, True, False]])
    assert left_in(scores_NE, np.array([1]), known_NE).argmax(1).tolist() == [1]
    assert filtered_ranks(scores_NE, np.array([1]), known_NE).tolist() == [1]
    assert scores_NE.tolist() == [[9.0, 5.0, 1.0]]
