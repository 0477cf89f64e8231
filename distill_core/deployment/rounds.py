"""Rounds of measurements: latencies of several networks are comparable within one undisturbed round."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from distill_core.store import Measurement

# Environment keys that a latency depends on, in addition to the device.
SAME = ("onnxruntime", "threads")
# Threads and batch size at which networks are compared.
COMPARED = (1, 1)


def is_onnxruntime(taken: Measurement) -> bool:
    """Whether a server's onnxruntime ran the run's own file."""
    return taken.place == "server" and taken.precision == "float32" and taken.provider.endswith("ExecutionProvider")


def is_compared(taken: Measurement) -> bool:
    """Whether networks are compared by it: onnxruntime, one image, one thread."""
    return is_onnxruntime(taken) and (taken.threads, taken.batch_size) == COMPARED


class LatencyRounds:
    """Compared measurements of one server, the oldest first; for each graph those with the versions of its newest."""

    def __init__(self, measured: Iterable[Measurement]) -> None:
        by_graph: dict[str, list[Measurement]] = {}
        for taken in measured:
            if is_compared(taken):
                by_graph.setdefault(taken.graph, []).append(taken)
        self._by_graph = {
            graph: [taken for taken in some if _versions(taken) == _versions(some[-1])]
            for graph, some in by_graph.items()
        }
        self._rounds = of_rounds([taken for some in self._by_graph.values() for taken in some])
        self._newest = {graph: _newest(some) for graph, some in self._by_graph.items()}

    def of(self, graphs: Collection[str]) -> dict[str, Measurement]:
        """The measurement of each measured graph: from the newest undisturbed round with all of these graphs; without
        such a round each graph's newest undisturbed measurement, else its newest."""
        known = [graph for graph in graphs if graph in self._by_graph]
        if not known:
            return {}
        # A teacher's graph is in every job's round; the rarest graph has the fewest rounds to search.
        rarest = min(known, key=lambda graph: len(self._by_graph[graph]))
        for taken in reversed(self._by_graph[rarest]):
            of_round = self._rounds.get(taken.round_id or "", {})
            together = {graph: of_round[graph] for graph in known if graph in of_round}
            if len(together) == len(known) and is_round(together):
                return together
        return {graph: self._newest[graph] for graph in known}


def of_rounds(measured: Sequence[Measurement]) -> dict[str, dict[str, Measurement]]:
    """Measurements by round (the oldest first) and graph."""
    rounds: dict[str, dict[str, Measurement]] = {}
    for taken in sorted(measured, key=lambda taken: taken.id or 0):
        if taken.round_id is not None:
            rounds.setdefault(taken.round_id, {})[taken.graph] = taken
    return rounds


def is_round(group: Mapping[str, Measurement]) -> bool:
    """Whether these measurements are from one undisturbed round."""
    rounds = {taken.round_id for taken in group.values()}
    return len(rounds) == 1 and None not in rounds and all(taken.disturbed == "" for taken in group.values())


def _newest(some: Sequence[Measurement]) -> Measurement:
    return next((taken for taken in reversed(some) if taken.disturbed == ""), some[-1])


def _versions(taken: Measurement) -> list[object]:
    return [taken.environment.get(name) for name in SAME]
