"""Work cut into pieces, so that somebody else may do them side by side; here they are done one by one."""

from collections.abc import Callable, Sequence

__all__ = ["Chain", "SideBySide", "one_by_one"]

# Pieces that depend on each other, in their order.
Chain = Sequence[Callable[[], None]]
# Does all pieces: each chain in its order, different chains in any order or at once.
SideBySide = Callable[[Sequence[Chain]], None]


def one_by_one(chains: Sequence[Chain]) -> None:
    """Every piece in the calling thread."""
    for chain in chains:
        for piece in chain:
            piece()
