"""What was measured on this device: facts, their sentences, and the grey line."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from distill_core.tasks.base import Kind
from ui.findings import disturbed, taken
from ui.findings.benchmark import (
    BesideTeacher,
    Fastest,
    Instead,
    Mismatch,
    NotHere,
    OnlyServer,
    OnServer,
    Pace,
    Partly,
    Wrong,
)
from ui.findings.disturbed import Again
from ui.findings.facts import Fact, Latency, WhyApart, known, told_once
from ui.findings.sentences import say
from ui.screens.benchmark.numbers import Numbers, right
from ui.text import words
from ui.text.language import _, ngettext

__all__ = ["fine_print", "found", "sentences", "times"]

Row = Mapping[Any, Any]
# What differs by less than this is called equal: another try may turn it round.
SAME = 1.05
MOST_STUDENTS, MOST_PAIRS, MOST_WRONG = 4, 3, 3
# Ends the name of an adapter without a graphics card (js/environment.js).
IN_SOFTWARE = " (in software)"


def sentences(numbers: Numbers, batch_size: int) -> tuple[str, ...]:
    """The sentences of ``found``."""
    return tuple(say(fact) for fact in found(numbers, batch_size))


def found(numbers: Numbers, batch_size: int) -> tuple[Fact, ...]:
    """Who is fastest here and by how much, what threads and WebGPU bring, the server beside it, and who answers
    something else; where this browser has measured none, who is fastest on the server. ``numbers`` are those of one
    batch size and one precision."""
    mine = numbers.mine
    if mine.empty:
        only = _only_server(numbers, batch_size)
        return (only, NotHere()) if only else (NotHere(),)
    facts = (
        _fastest(mine, numbers.kind, batch_size),
        _beside_teacher(mine, numbers.roles),
        _instead(mine, "wasm-n", "wasm-1"),
        _instead(mine, "webgpu", "wasm"),
        _server(numbers),
        _partly(mine),
        _wrong(mine),
        _disturbed(mine),
    )
    return told_once(fact for fact in facts if fact)


def times(fast_ms: float, slow_ms: float) -> str:
    """How many times as fast: ``1.9`` or ``13``."""
    return words.times(slow_ms / fast_ms)


def best(rows: pd.DataFrame) -> pd.DataFrame:
    """The fastest right measurement of each network, the fastest network first."""
    counted = right(rows).sort_values("p50_ms")
    return counted.drop_duplicates("network")


def _fastest(mine: pd.DataFrame, kind: Kind, batch_size: int) -> Fastest | None:
    first = best(mine).head(1).to_dict("records")
    if not first:
        return None
    (row,) = first
    return Fastest(
        network=row["network"],
        latency=_latency(row),
        p95_ms=row["p95_ms"],
        kind=kind,
        batch_size=batch_size,
        runs_per_sample=row["runs_per_sample"],
        way=row["called"],
        alone=mine["network"].nunique() == 1,
    )


def _latency(row: Row) -> Latency:
    return Latency(p50_ms=row["p50_ms"], disturbed=taken.is_disturbed(row.get("disturbed")))


def _pace(own: Row, other: Row, *, compared: bool) -> Pace:
    times = _times(own["p50_ms"], other["p50_ms"]) if compared else None
    return Pace(network=own["network"], own=_latency(own), other=_latency(other), times=times)


def _times(own_ms: float, other_ms: float) -> float:
    alike = max(own_ms, other_ms) < SAME * min(own_ms, other_ms)
    return 1.0 if alike else other_ms / own_ms


def _why(pairs: Sequence[tuple[Row, Row]]) -> WhyApart | None:
    """Why some of these are not compared."""
    return next(filter(None, (taken.why_not(*pair) for pair in pairs)), None)


def _paces(pairs: Sequence[tuple[Row, Row]]) -> tuple[Pace, ...]:
    return tuple(_pace(own, other, compared=taken.together(own, other)) for own, other in pairs)


def _beside_teacher(mine: pd.DataFrame, roles: Mapping[str, str]) -> BesideTeacher | None:
    rows = best(mine).to_dict("records")
    teacher = next((row for row in rows if roles[row["network"]] == "teacher"), None)
    others = [row for row in rows if roles[row["network"]] != "teacher"]
    if teacher is None or not others:
        return None
    pairs = [(row, teacher) for row in others[:MOST_STUDENTS]]
    return BesideTeacher(teacher=_latency(teacher), paces=_paces(pairs), more=len(others) - len(pairs), why=_why(pairs))


def _instead(mine: pd.DataFrame, way: str, base: str) -> Instead | None:
    """What one backend brings beside another, for each network that ran on both and answered rightly."""
    counted = right(mine)
    rows_of_best = best(counted[counted["way"] == way])
    other = {row["network"]: row for row in best(counted[counted["way"].str.startswith(base)]).to_dict("records")}
    rows = [row for row in rows_of_best.to_dict("records") if row["network"] in other]
    if not rows:
        return None
    pairs = [(row, other[row["network"]]) for row in rows]
    return Instead(
        threads=int(rows[0]["threads"]) if way == "wasm-n" else None,
        paces=_paces(pairs[:MOST_PAIRS]),
        more=max(len(pairs) - MOST_PAIRS, 0),
        lost=all(pace.times is not None and pace.times < 1 for pace in _paces(pairs)),
        why=_why(pairs[:MOST_PAIRS]),
    )


def _of_file(numbers: Numbers) -> pd.DataFrame:
    """The server's measurements of the file that a browser runs too."""
    return numbers.server[numbers.server["backend_key"] == "onnxruntime"]


def _only_server(numbers: Numbers, batch_size: int) -> OnlyServer | None:
    there = best(_of_file(numbers))
    if there.empty:
        return None
    row = there.iloc[0].to_dict()
    return OnlyServer(
        network=row["network"],
        latency=_latency(row),
        kind=numbers.kind,
        batch_size=batch_size,
        way=row["called"],
        alone=len(there) == 1,
    )


def _server(numbers: Numbers) -> OnServer | None:
    there = best(_of_file(numbers)).set_index("network")
    rows = [row for row in best(numbers.mine).to_dict("records") if row["network"] in there.index]
    if not rows:
        return None
    row = rows[0]
    other = there.loc[row["network"]].to_dict()
    # Of two machines there is no round.
    pace = _pace(row, other, compared=taken.quiet(row, other))
    why = taken.why_not(row, other)
    return OnServer(pace=pace, way=other["called"], why=why if why and why.disturbed else None)


def _partly(mine: pd.DataFrame) -> Partly | None:
    networks = tuple(dict.fromkeys(mine[~mine["whole_graph"]]["network"]))
    return Partly(networks=networks) if networks else None


def _wrong(mine: pd.DataFrame) -> Wrong | None:
    rows = mine[~mine["agrees"]].to_dict("records")
    shown = tuple(
        Mismatch(network=row["network"], way=row["called"], largest=known(row["largest_difference"]))
        for row in rows[:MOST_WRONG]
    )
    return Wrong(mismatches=shown, more=len(rows) - len(shown)) if rows else None


def _disturbed(mine: pd.DataFrame) -> disturbed.Disturbed | None:
    rows = mine.to_dict("records")
    names = dict.fromkeys(str(row["network"]) for row in rows if taken.is_disturbed(row.get("disturbed")))
    return disturbed.disturbed(list(names), Again.HERE) if names else None


def fine_print(numbers: Numbers) -> str:
    """The grey line: where the numbers come from."""
    return " · ".join([*_browser(numbers.mine), *_machine(numbers.server)])


def _browser(mine: pd.DataFrame) -> list[str]:
    if mine.empty:
        return []
    row = mine.iloc[-1]  # in the order in which they were kept
    here = row["environment"]
    parts = [_("this device: {name}", name=row["label"]), row["device"]]
    parts += [_("{memory} GB or more", memory=words.short(here["memory_gb"]))] if here.get("memory_gb") else []
    parts += [_("isolated page") if here["isolated"] else _("page not isolated: one thread and a coarse clock")]
    parts += [_("clock step {step}", step=_step(here["clock_ms"]))] if here["clock_ms"] else []
    parts += [_adapter(here["adapter"])] if here.get("adapter") else []
    return [words.plain(part) for part in (*parts, f"onnxruntime-web {here['onnxruntime_web']}")]


def _adapter(name: str) -> str:
    """The graphics adapter; a browser without a graphics card lets the processor do its work."""
    if not name.endswith(IN_SOFTWARE):
        return name
    adapter = name.removesuffix(IN_SOFTWARE)
    return _("{adapter}, computed by the processor: the browser uses no graphics card", adapter=adapter)


def _step(clock_ms: float) -> str:
    return f"{words.short(clock_ms)} ms" if clock_ms >= 0.1 else f"{words.number(1000 * clock_ms)} µs"


def _machine(server: pd.DataFrame) -> list[str]:
    if server.empty:
        return []
    here = server.iloc[-1]["environment"]
    parts = [_("server: {cpu}", cpu=here["cpu"])] if "cpu" in here else [_("server")]
    parts += (
        [ngettext("{count} thread", "{count} threads", here["threads"])] if isinstance(here.get("threads"), int) else []
    )
    return [words.plain(part) for part in parts + [f"{n} {here[n]}" for n in ("onnxruntime", "torch") if n in here]]
