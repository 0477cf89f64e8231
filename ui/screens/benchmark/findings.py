"""What was measured on this device, in sentences computed from the numbers."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from distill_core.decimals import fixed
from ui.screens.benchmark.numbers import Numbers, right
from ui.text import taken, words

__all__ = ["fine_print", "sentences", "times"]

Row = Mapping[Any, Any]
# What differs by less than this is called equal: another try may turn it round.
SAME = 1.05
# What was measured, and no cause: that was not.
LOST = {"wasm-n": " More threads bring nothing here.", "webgpu": " WebGPU brings nothing here."}


def sentences(numbers: Numbers, batch_size: int) -> tuple[str, ...]:
    """Who is fastest here and by how much, what threads and WebGPU bring, the server beside it, and who answers
    something else. ``numbers`` are those of one batch size and one precision."""
    mine = numbers.mine
    lines = (
        _fastest(mine, batch_size),
        _teacher(mine, numbers.roles),
        _against(mine, "wasm-n", "wasm-1"),
        _against(mine, "webgpu", "wasm"),
        _server(numbers),
        _partly(mine),
        _wrong(mine),
        _disturbed(mine),
    )
    return tuple(sentence for sentence in lines if sentence)


def times(fast_ms: float, slow_ms: float) -> str:
    """How many times as fast: ``1.9`` or ``13``."""
    ratio = slow_ms / fast_ms
    return fixed(ratio, 1) if ratio < 9.95 else f"{ratio:,.0f}"


def best(rows: pd.DataFrame) -> pd.DataFrame:
    """The fastest right measurement of each network, the fastest network first."""
    counted = right(rows).sort_values("p50_ms")
    return counted.drop_duplicates("network")


def _fastest(mine: pd.DataFrame, batch_size: int) -> str:
    first = best(mine).head(1).to_dict("records")
    if not first:
        return ""
    row = first[0]
    what = "an image" if batch_size == 1 else f"{batch_size} images at once"
    verb = "is fastest:" if mine["network"].nunique() > 1 else "takes"
    return (
        f"On this device {_name(row)} {verb} **{_time(row)}** for {what} "
        f"(p50; {_most(row['runs_per_sample'])} at most {words.milliseconds(row['p95_ms'])}), with {row['called']}."
    )


def _most(runs_per_sample: int) -> str:
    """Of what p95 speaks: a mean of many runs hides the slow ones among them."""
    return "19 of 20 runs take" if runs_per_sample == 1 else f"in 19 of 20 rows of {runs_per_sample:,} runs a run takes"


def _teacher(mine: pd.DataFrame, roles: Mapping[str, str]) -> str:
    found = best(mine).to_dict("records")
    teacher = next((row for row in found if roles[row["network"]] == "teacher"), None)
    others = [row for row in found if roles[row["network"]] != "teacher"]
    if teacher is None or not others:
        return ""
    each = [f"{_name(row)} {_pace(row, teacher)}" for row in others[:4]]
    more = f", and {len(others) - 4} more beside it" if len(others) > 4 else ""
    apart = _apart([(row, teacher) for row in others[:4]])
    return f"The teacher takes {_time(teacher)}; beside it {words.join(each)}{more}.{apart}"


def _pace(own: Row, other: Row) -> str:
    """How many times as fast it is; of what was not taken in one undisturbed round its time alone."""
    return _ratio(own["p50_ms"], other["p50_ms"]) if taken.together(own, other) else f"takes {_time(own)}"


def _times(own: Row, other: Row) -> str:
    """The times behind ``_pace``, without the one that it tells itself."""
    return f"{_time(own)}, not {_time(other)}" if taken.together(own, other) else f"not {_time(other)}"


def _time(row: Row) -> str:
    return taken.milliseconds(row["p50_ms"], row.get("disturbed"))


def _apart(pairs: Sequence[tuple[Row, Row]]) -> str:
    """Why some of these are not held against each other."""
    why = next(filter(None, (taken.why_not(*pair) for pair in pairs)), "")
    return f" Where no ratio is told, {why}." if why else ""


def _disturbed(mine: pd.DataFrame) -> str:
    rows = mine.to_dict("records")
    names = dict.fromkeys(str(row["network"]) for row in rows if taken.is_disturbed(row.get("disturbed")))
    return f"{taken.disturbed(list(names))} {taken.AGAIN_HERE}" if names else ""


def _ratio(own_ms: float, other_ms: float) -> str:
    if max(own_ms, other_ms) < SAME * min(own_ms, other_ms):
        return "is as fast"
    if own_ms < other_ms:
        return f"is **{times(own_ms, other_ms)} times as fast**"
    return f"takes **{times(other_ms, own_ms)} times as long**"


def _against(mine: pd.DataFrame, way: str, base: str) -> str:
    """What one backend brings beside another, for each network that ran on both and answered rightly."""
    counted = right(mine)
    rows_of_best = best(counted[counted["way"] == way])
    other = {row["network"]: row for row in best(counted[counted["way"].str.startswith(base)]).to_dict("records")}
    rows = [row for row in rows_of_best.to_dict("records") if row["network"] in other]
    if not rows:
        return ""
    pairs = [(row, other[row["network"]]) for row in rows]
    each = [f"{_name(row)} {_pace(row, beside)} ({_times(row, beside)})" for row, beside in pairs[:3]]
    more = f", and {len(rows) - 3} more" if len(rows) > 3 else ""
    instead = f"On {rows[0]['threads']} threads instead of one" if way == "wasm-n" else "With WebGPU, not WebAssembly,"
    lost = all(taken.together(*pair) and pair[0]["p50_ms"] > SAME * pair[1]["p50_ms"] for pair in pairs)
    return f"{instead} {words.join(each)}{more}.{LOST[way] if lost else ''}{_apart(pairs[:3])}"


def _server(numbers: Numbers) -> str:
    server = numbers.server[numbers.server["backend_key"] == "onnxruntime"]
    there = best(server).set_index("network")
    rows = [row for row in best(numbers.mine).to_dict("records") if row["network"] in there.index]
    if not rows:
        return ""
    row = rows[0]
    other = there.loc[row["network"]]
    # Of two machines there is no round.
    beside = f"this device {_ratio(row['p50_ms'], other['p50_ms'])}"
    if not taken.quiet(row, other):
        beside = f"how many times as fast this device is cannot be said, {_why(row, other)}"
    return f"The server runs the same file of {_name(row)} in {_time(other)} ({other['called']}): {beside}."


def _why(*rows: Row) -> str:
    reason = next((row["disturbed"] for row in rows if taken.is_disturbed(row.get("disturbed"))), "")
    return f"since a measurement was disturbed ({reason})" if reason else "since nobody looked what else ran meanwhile"


def _partly(mine: pd.DataFrame) -> str:
    rows = mine[~mine["whole_graph"]]
    names = [words.plain(name) for name in dict.fromkeys(rows["network"])]
    if not names:
        return ""
    return f"WebGPU could not run all of {words.join(names)}: the CPU did the rest, so this counts for neither."


def _wrong(mine: pd.DataFrame) -> str:
    rows = mine[~mine["agrees"]].to_dict("records")
    if not rows:
        return ""
    each = [f"{_name(row)} with {row['called']} ({_difference(row['largest_difference'])})" for row in rows[:3]]
    more = f" and {len(rows) - 3} more" if len(rows) > 3 else ""
    return f"**Outputs differ from the server's, excluded:** {words.join(each)}{more}."


def _difference(value: float) -> str:
    return "no comparable answer" if pd.isna(value) else f"off by up to {value:.2g}"


def _name(row: Mapping[str, object]) -> str:
    return words.plain(str(row["network"]))


def fine_print(numbers: Numbers) -> str:
    """The grey line: where the numbers come from."""
    return " · ".join([*_browser(numbers.mine), *_machine(numbers.server)])


def _browser(mine: pd.DataFrame) -> list[str]:
    if mine.empty:
        return []
    row = mine.iloc[-1]  # in the order in which they were kept
    here = row["environment"]
    parts = [f"this device: {row['label']}", row["device"]]
    parts += [f"{here['memory_gb']:g} GB or more"] if here.get("memory_gb") else []
    parts += ["isolated page" if here["isolated"] else "page not isolated: one thread and a coarse clock"]
    parts += [f"clock step {_step(here['clock_ms'])}"] if here["clock_ms"] else []
    parts += [here["adapter"]] if here.get("adapter") else []
    return [words.plain(part) for part in (*parts, f"onnxruntime-web {here['onnxruntime_web']}")]


def _step(clock_ms: float) -> str:
    return f"{clock_ms:g} ms" if clock_ms >= 0.1 else f"{1000 * clock_ms:.0f} µs"


def _machine(server: pd.DataFrame) -> list[str]:
    if server.empty:
        return []
    here = server.iloc[-1]["environment"]
    parts = [f"server: {here['cpu']}"] if "cpu" in here else ["server"]
    parts += [words.plural(int(here["threads"]), "thread")] if "threads" in here else []
    return [words.plain(part) for part in parts + [f"{n} {here[n]}" for n in ("onnxruntime", "torch") if n in here]]
