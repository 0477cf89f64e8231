"""Which measurements of several networks can be held against each other: those of one round that nothing disturbed."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from distill_core.store import Measurement

__all__ = ["COMPARED", "SAME", "LatencyRounds", "is_compared", "is_onnxruntime", "is_round", "latest", "of_rounds"]

# What a latency depends on beside the device.
SAME = ("onnxruntime", "threads")
# Threads and images at a time with which networks are held against each other.
COMPARED = (1, 1)


def is_onnxruntime(one: Measurement) -> bool:
    """Whether this is how fast a server's onnxruntime runs the file as it was exported."""
    return one.place == "server" and one.precision == "float32" and one.provider.endswith("ExecutionProvider")


def is_compared(one: Measurement) -> bool:
    """Whether networks are held against each other with it: one image, on one thread."""
    return is_onnxruntime(one) and (one.threads, one.batch_size) == COMPARED


class LatencyRounds:
    """What one server measured of one image on one thread of onnxruntime, in the order in which it was made; of each
    graph with the versions with which it was measured last."""

    def __init__(self, measured: Iterable[Measurement]) -> None:
        found: dict[str, list[Measurement]] = {}
        for one in measured:
            if is_compared(one):
                found.setdefault(one.graph, []).append(one)
        self._by_graph = {
            graph: [one for one in some if _versions(one) == _versions(some[-1])] for graph, some in found.items()
        }
        self._rounds = of_rounds([one for some in self._by_graph.values() for one in some])
        self._newest = {graph: _newest(some) for graph, some in self._by_graph.items()}

    def of(self, graphs: Collection[str]) -> dict[str, Measurement]:
        """For each of these graphs that was measured its latency: all of the newest round that has every one of them
        and was not disturbed; where there is none, each graph's newest that was not, else its newest."""
        known = [graph for graph in graphs if graph in self._by_graph]
        if not known:
            return {}
        # A teacher is of every job's round: the rarest graph has the fewest to look at.
        rarest = min(known, key=lambda graph: len(self._by_graph[graph]))
        for one in reversed(self._by_graph[rarest]):
            of_round = self._rounds.get(one.round_id or "", {})
            found = {graph: of_round[graph] for graph in known if graph in of_round}
            if len(found) == len(known) and is_round(found):
                return found
        return {graph: self._newest[graph] for graph in known}


def latest(measured: Iterable[Measurement], graphs: Collection[str]) -> dict[str, Measurement]:
    """``LatencyRounds.of`` of these."""
    return LatencyRounds(measured).of(graphs)


def of_rounds(measured: Sequence[Measurement]) -> dict[str, dict[str, Measurement]]:
    """By round, the oldest first, the measurement of each graph."""
    found: dict[str, dict[str, Measurement]] = {}
    for one in sorted(measured, key=lambda one: one.id or 0):
        if one.round_id is not None:
            found.setdefault(one.round_id, {})[one.graph] = one
    return found


def is_round(found: Mapping[str, Measurement]) -> bool:
    """Whether these are of one round, and nothing disturbed it."""
    rounds = {one.round_id for one in found.values()}
    return len(rounds) == 1 and None not in rounds and all(one.disturbed == "" for one in found.values())


def _newest(some: Sequence[Measurement]) -> Measurement:
    return next((one for one in reversed(some) if one.disturbed == ""), some[-1])


def _versions(one: Measurement) -> list[object]:
    return [one.environment.get(name) for name in SAME]
