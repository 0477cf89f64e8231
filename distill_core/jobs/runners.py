"""Work cut into pieces, so that somebody else may do them side by side; here they are done one by one."""

from collections.abc import Callable, Sequence

__all__ = ["ParallelRunner", "WorkChain", "run_serially"]

# Pieces that depend on each other, in their order.
WorkChain = Sequence[Callable[[], None]]
# Does all pieces: each chain in its order, different chains in any order or at once.
ParallelRunner = Callable[[Sequence[WorkChain]], None]


def run_serially(chains: Sequence[WorkChain]) -> None:
    """Every piece in the calling thread."""
    for chain in chains:
        for piece in chain:
            piece()
