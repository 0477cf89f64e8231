"""Which measurements of several networks can be held against each other: those of one round that nothing disturbed."""

from collections.abc import Collection, Mapping, Sequence

from distill_core.store import Measurement

__all__ = ["SAME", "is_onnxruntime", "is_round", "latest", "of_rounds"]

# What a latency depends on beside the device.
SAME = ("onnxruntime", "threads")


def is_onnxruntime(one: Measurement) -> bool:
    """Whether this is how fast a server's onnxruntime runs the file as it was exported."""
    return one.place == "server" and one.precision == "float32" and one.provider.endswith("ExecutionProvider")


def latest(measured: Sequence[Measurement], graphs: Collection[str]) -> dict[str, Measurement]:
    """For each of these graphs its latency, one image on one thread of onnxruntime, of measurements of one server in
    the order in which they were made.

    All of the newest round that has every one of them and was not disturbed; where there is none, each graph's newest
    that was not, else its newest.
    """
    own = _by_graph(measured, graphs)
    for found in reversed(of_rounds([one for some in own.values() for one in some]).values()):
        if found.keys() == own.keys() and is_round(found):
            return found
    return {graph: _newest(some) for graph, some in own.items()}


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


def _by_graph(measured: Sequence[Measurement], graphs: Collection[str]) -> dict[str, list[Measurement]]:
    """Those that count, of the versions with which each graph was measured last."""
    found: dict[str, list[Measurement]] = {}
    for one in measured:
        if one.graph in graphs and is_onnxruntime(one) and (one.batch_size, one.threads) == (1, 1):
            found.setdefault(one.graph, []).append(one)
    return {graph: [one for one in some if _versions(one) == _versions(some[-1])] for graph, some in found.items()}


def _newest(some: Sequence[Measurement]) -> Measurement:
    return next((one for one in reversed(some) if one.disturbed == ""), some[-1])


def _versions(one: Measurement) -> list[object]:
    return [one.environment.get(name) for name in SAME]
