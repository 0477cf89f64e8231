"""Facts in memory, and the questions that they answer. N facts or questions, B of a batch, E entities, R relations.

A fact is head, relation, tail. A question is two ids: an entity from 0 on, then E + a relation; relations from R on are
those of the first R backwards, so each fact answers two questions: (head, relation) with its tail, and (tail, relation
backwards) with its head. Source of reciprocal relations: Lacroix, Usunier, Obozinski 2018 (arXiv:1806.07297).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from distill_core.lazy_torch import Tensor, torch
from distill_core.tasks.draws import view_bits
from distill_core.tasks.in_memory import InMemory
from distill_core.tasks.splits import sha256_of


@dataclass(frozen=True, slots=True)
class Questions:
    """One part of a graph. ``questions_N2``: ids, int64; ``labels_N``: the entity that answers each, int64.

    ``known_ERE``: whether an entity answers entity and relation in any part of the graph; 2 R relations.
    """

    questions_N2: np.ndarray
    labels_N: np.ndarray
    known_ERE: np.ndarray

    def __len__(self) -> int:
        return len(self.labels_N)

    def content_hash(self) -> str:
        """SHA-256 (hex) of questions and answers."""
        return sha256_of(self.questions_N2, self.labels_N)


class InMemoryQuestions(InMemory):
    """One part of a graph: a ``Dataset``. An odd view of a question asks the same fact from its other end, so what has
    a label has it for both."""

    def batch(self, examples_B: np.ndarray, views_B: np.ndarray | None = None) -> Tensor:
        """(B, 2), int64; without views the questions as they are."""
        asked_B2, answers_B = self.part.questions_N2[examples_B], self.part.labels_N[examples_B]
        if views_B is not None:
            asked_B2, _ = _turned(asked_B2, answers_B, views_B, self.part.known_ERE.shape)
        return torch.from_numpy(asked_B2)

    def batch_targets(self, examples_B: np.ndarray, views_B: np.ndarray | None = None) -> np.ndarray:
        """(B,), int64: the answers to what ``batch`` gives."""
        asked_B2, answers_B = self.part.questions_N2[examples_B], self.part.labels_N[examples_B]
        if views_B is not None:
            _, answers_B = _turned(asked_B2, answers_B, views_B, self.part.known_ERE.shape)
        return np.asarray(answers_B)

    def known_BE(self, questions_B2: np.ndarray) -> np.ndarray:
        """(B, E): whether an entity is a known answer to a question, in any part of the graph."""
        known_ERE: np.ndarray = self.part.known_ERE
        known_BE: np.ndarray = known_ERE[questions_B2[:, 0], questions_B2[:, 1] - len(known_ERE)]
        return known_BE


def asked(facts_N3: np.ndarray, entities: int) -> tuple[np.ndarray, np.ndarray]:
    """(N, 2), (N,): the question for the tail of each fact, and its answer."""
    return np.stack([facts_N3[:, 0], facts_N3[:, 1] + entities], 1), facts_N3[:, 2].copy()


def backwards(
    questions_N2: np.ndarray, answers_N: np.ndarray, entities: int, relations: int
) -> tuple[np.ndarray, np.ndarray]:
    """The same facts asked from their other end; ``relations``: R. Twice makes what was."""
    other_N = (questions_N2[:, 1] - entities + relations) % (2 * relations) + entities
    return np.stack([answers_N, other_N], 1), questions_N2[:, 0].copy()


def known_answers(questions_N2: np.ndarray, answers_N: np.ndarray, entities: int, relations: int) -> np.ndarray:
    """(E, 2 R, E): whether an entity answers, by all facts that these questions ask, from both ends."""
    known_ERE = np.zeros((entities, 2 * relations, entities), bool)
    for asked_N2, found_N in ((questions_N2, answers_N), backwards(questions_N2, answers_N, entities, relations)):
        known_ERE[asked_N2[:, 0], asked_N2[:, 1] - entities, found_N] = True
    return known_ERE


def with_wrong(questions_N2: np.ndarray, answers_N: np.ndarray, known_ERE: np.ndarray, wrong_of_100: int) -> np.ndarray:
    """(N,): the answers, about so many of a hundred exchanged for an entity that is no known answer. Which ones follows
    from the place of a question alone, and those of a lower share are among those of a higher one."""
    entities, places_N = len(known_ERE), np.arange(len(answers_N))
    bits_N = view_bits(0, places_N, np.zeros_like(places_N))
    exchanged_N = bits_N % np.uint64(100) < wrong_of_100
    further_N = (bits_N >> np.uint64(8)).astype(np.int64) % entities
    known_NE = known_ERE[questions_N2[:, 0], questions_N2[:, 1] - entities]
    # The first of all entities from this one on, in their order, that answers no such question.
    order_NE = (further_N[:, None] + np.arange(entities)) % entities
    first_N = np.take_along_axis(known_NE, order_NE, 1).argmin(1)
    return np.where(exchanged_N, order_NE[places_N, first_N], answers_N)


def _turned(
    asked_B2: np.ndarray, answers_B: np.ndarray, views_B: np.ndarray, shape: tuple[int, int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Questions and answers, those of odd views from the other end; ``shape``: (E, 2 R, E)."""
    odd_B = views_B % 2 == 1
    other_B2, ends_B = backwards(asked_B2, answers_B, shape[0], shape[1] // 2)
    return np.where(odd_B[:, None], other_B2, asked_B2), np.where(odd_B, ends_B, answers_B)
