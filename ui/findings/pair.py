"""What two networks have against each other, seed by seed."""

from dataclasses import dataclass

from ui.findings.facts import Gap

__all__ = ["Apart", "NoSharedSeed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """The mean difference of the ``first`` from the ``second`` over ``seeds`` seeds; its interval is None under
    three."""

    first: str
    second: str
    gap: Gap
    seeds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSharedSeed:
    """No difference seed by seed can be told."""

    first: str
    second: str
