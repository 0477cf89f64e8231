"""Filtered ranks of answers. N questions, E entities.

Source of the filtered protocol: Bordes et al. 2013, "Translating embeddings for modeling multi-relational data"; of
the mean rank of ties: Berrendorf et al. 2020 (arXiv:2002.06914), the "realistic" rank.
"""

from collections.abc import Mapping

import numpy as np

from distill_core.tasks.base import Dataset

HITS = (1, 10)
LEFT_OUT = -1e9


def filtered_ranks(scores_NE: np.ndarray, answers_N: np.ndarray, known_NE: np.ndarray) -> np.ndarray:
    """(N,) float64, from 1: the rank of each answer among the entities that are no other known answer.

    Entities with the answer's own score share the mean of their ranks.
    """
    own_N1 = np.take_along_axis(scores_NE, answers_N[:, None], 1)
    others_NE = ~known_NE
    np.put_along_axis(others_NE, answers_N[:, None], False, 1)
    above_N = ((scores_NE > own_N1) & others_NE).sum(1)
    equal_N = ((scores_NE == own_N1) & others_NE).sum(1)
    ranks_N: np.ndarray = 1 + above_N + equal_N / 2
    return ranks_N


def left_in(scores_NE: np.ndarray, answers_N: np.ndarray, known_NE: np.ndarray) -> np.ndarray:
    """(N, E): the scores, far below all others for entities that are another known answer, which a filtered rank leaves
    out."""
    others_NE = known_NE.copy()
    np.put_along_axis(others_NE, answers_N[:, None], False, 1)
    kept_NE: np.ndarray = np.where(others_NE, LEFT_OUT, scores_NE)
    return kept_NE


def ranking(dataset: Dataset, outputs: np.ndarray) -> Mapping[str, float]:
    """Filtered mean reciprocal rank, and the shares of answers in rank 1 and up to rank 10, 0 to 1, over all questions
    of a part. ``outputs``: (N, E)."""
    questions_N2 = dataset.batch(np.arange(len(dataset))).numpy()
    known_NE = dataset.known_BE(questions_N2)  # type: ignore[attr-defined]
    ranks_N = filtered_ranks(outputs, dataset.targets, known_NE)
    return {"mrr": float((1 / ranks_N).mean()), **{f"hits_at_{k}": float((ranks_N <= k).mean()) for k in HITS}}
