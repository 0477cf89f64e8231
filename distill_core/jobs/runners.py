"""Chains of work items and their runners; the runner here is serial, ``WorkerPool`` is parallel."""

from collections.abc import Callable, Sequence

# Work items that depend on each other, in their order.
WorkChain = Sequence[Callable[[], None]]
# Runs all work items: each chain in its order, different chains in any order or at once.
ParallelRunner = Callable[[Sequence[WorkChain]], None]


def run_serially(chains: Sequence[WorkChain]) -> None:
    """Run every work item in the calling thread."""
    for chain in chains:
        for item in chain:
            item()
