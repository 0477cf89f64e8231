"""All devices as rows of one chart, and what they show in sentences."""

from collections.abc import Sequence
from itertools import chain, count
from textwrap import wrap

import pandas as pd

from ui.findings import taken
from ui.screens.benchmark import findings
from ui.screens.benchmark.numbers import Numbers, right
from ui.screens.benchmark.whiskers import OWN
from ui.text import words
from ui.text.language import N_, _, ngettext

__all__ = ["FASTEST", "MINE", "build", "sentences"]

FASTEST = "fastest"
# What of the server stands beside a browser's backend: none beside WebGPU.
BESIDE = {"wasm-1": "onnxruntime-1", "wasm-n": "onnxruntime-n"}
MINE = N_("This device")
LETTERS = 21
MOST = 3


def build(at: Numbers, backend: str) -> pd.DataFrame:
    """A row for each device and network: the visitor's device, servers, then the others, the fastest first."""
    rows = at.rows
    if backend != FASTEST:
        rows = rows[rows["way"].isin((backend, BESIDE.get(backend)))]
    # What counts comes first, then what is right with help, then what is wrong: that is drawn, but hollow.
    counted = rows.index.isin(right(rows).index)
    ranked = rows.assign(rank=2 - rows["agrees"].astype(int) - counted).sort_values(["rank", "p50_ms"])
    first = ranked.drop_duplicates(["device_key", "network"])
    best = first.groupby("device_key")["p50_ms"].transform("min")
    order = (2 - 2 * first["mine"] - (first["place"] == "server")).astype(int)
    first = first.assign(order=order, best=best).sort_values(["order", "best", "device_key", "p50_ms"])
    where = first["label"].mask(first["mine"], _(MINE))
    return first.assign(row=_names(first), where=where)


def _names(rows: pd.DataFrame) -> list[str]:
    """Of each row its device's name, on two lines at most; two devices never share one."""
    named: dict[str, str] = {}
    for row in rows.to_dict("records"):
        if row["device_key"] not in named:
            named[row["device_key"]] = _unique(_lines(row["label"], mine=row["mine"]), list(named.values()))
    return [named[key] for key in rows["device_key"]]


def _lines(label: str, *, mine: bool) -> str:
    lines = wrap(label, LETTERS, max_lines=1 if mine else 2, placeholder=" …")
    own = [f"{OWN}{_(MINE)}"] if mine else []
    return "\n".join([*own, *(line.replace(" · …", " …").strip(" ·") for line in lines)])


def _unique(name: str, taken: Sequence[str]) -> str:
    others = (f"{name} ({number})" for number in count(2))
    return next(label for label in chain([name], others) if label not in taken)


def sentences(shown: pd.DataFrame, numbers: Numbers) -> list[str]:
    """How many devices there are, and for each network how far they lie apart."""
    devices, browsers = shown["device_key"].nunique(), shown[shown["place"] == "browser"]["device_key"].nunique()
    counted = [ngettext("{count} browser", "{count} browsers", browsers)]
    if devices > browsers:
        counted.append(ngettext("{count} server", "{count} servers", devices - browsers))
    lines = [_("Measured by {devices}.", devices=words.join(counted))]
    lines += [text for text in (_apart(shown, network) for network in numbers.looks) if text][:MOST]
    if browsers == 0:
        lines = [
            _("No browser measured these networks yet: press **{button}**, or bring a phone.", button=_(taken.RUN))
        ]
    elif browsers == 1 and bool(shown["mine"].any()):
        lines.append(_("No other device has measured yet: bring a phone."))
    if browsers and not shown["mine"].any():
        lines.append(_("This device is not among them: see **{tab}**.", tab=_(MINE)))
    return lines


def _apart(shown: pd.DataFrame, network: str) -> str:
    rows = right(shown[shown["network"] == network]).sort_values("p50_ms")
    if len(rows) < 2:
        return ""
    first, last = rows.iloc[0], rows.iloc[-1]
    places = {"network": words.plain(network), "first": _time(first), "last": _time(last)}
    places |= {"at_first": _at(first), "at_last": _at(last)}
    if not taken.quiet(first, last):
        return _("{network}: from **{first}** ({at_first}) to **{last}** ({at_last}).", **places)
    return _(
        "{network}: from **{first}** ({at_first}) to **{last}** ({at_last}), {times} times as long.",
        times=findings.times(first["p50_ms"], last["p50_ms"]),
        **places,
    )


def _time(row: pd.Series) -> str:
    return taken.milliseconds(row["p50_ms"], row.get("disturbed"))


def _at(row: pd.Series) -> str:
    return words.plain(f"{row['where']}, {row['called']}")
