"""How a comparison of methods ended: which are shown to be better or worse than the control and than plain KD."""

from collections.abc import Sequence
from dataclasses import dataclass

from ui.findings.facts import Estimate, Gap

__all__ = ["CONTROL", "KD", "Group", "Judged", "NoneBetter", "grouped"]

# What methods are compared with.
CONTROL, KD = "control", "kd"
VERDICTS = ("better", "worse", "no difference shown", "too few seeds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The methods with one verdict against ``other``."""

    other: str
    verdict: str
    gaps: tuple[tuple[str, Gap], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoneBetter:
    """Methods were judged against ``other``, and none is better."""

    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How verdicts were come by: p-values with the control and with plain KD."""

    with_control: int
    with_kd: int
    one_seed: bool


def grouped(other: str, gaps: Sequence[tuple[str, float, float | None, str]]) -> tuple[Group | NoneBetter, ...]:
    """Facts of (student, points, half width, verdict)."""
    groups = [
        Group(
            other=other,
            verdict=verdict,
            gaps=tuple(
                (student, Gap(points=Estimate.of(points, half), verdict=own))
                for student, points, half, own in gaps
                if own == verdict
            ),
        )
        for verdict in VERDICTS
    ]
    told = tuple(group for group in groups if group.gaps)
    judged = {group.verdict for group in told} - {"too few seeds"}
    return told if "better" in judged or not judged else (NoneBetter(other=other), *told)
