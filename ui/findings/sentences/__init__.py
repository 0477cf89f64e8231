"""Sentences that tell facts: a file a subject, one function a kind of fact, each sentence whole."""

from ui.findings.sentences import (
    balance,
    benchmark,
    change,
    comparison,
    disturbed,
    front,
    goal,
    grid,
    layers,
    learning,
    lessons,
    limits,
    pair,
    pipeline,
    plan,
    robustness,
    standings,
)
from ui.findings.sentences.base import paragraphs, say

__all__ = [
    "balance",
    "benchmark",
    "change",
    "comparison",
    "disturbed",
    "front",
    "goal",
    "grid",
    "layers",
    "learning",
    "lessons",
    "limits",
    "pair",
    "paragraphs",
    "pipeline",
    "plan",
    "robustness",
    "say",
    "standings",
]
