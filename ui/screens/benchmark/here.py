"""This device: what was measured in this browser, the server's own numbers beside it, and what they show."""

from typing import Any
from urllib.parse import urlsplit

import pandas as pd
import streamlit as st

from distill_core.lab import Lab
from distill_core.reports.timings import THIS_SERVER
from ui.browser.device import session_number
from ui.browser.network import is_loopback
from ui.charts import moving
from ui.findings import taken
from ui.findings.benchmark import Meanwhile
from ui.findings.sentences import say
from ui.kept import derived, drawing
from ui.networks import marks, style
from ui.screens.benchmark import choose, findings, histogram, own_device, server, table, view, ways, whiskers
from ui.screens.benchmark.choose import Choice
from ui.screens.benchmark.devices import MINE
from ui.screens.benchmark.numbers import Numbers
from ui.shell import share
from ui.text import words
from ui.text.language import _

__all__ = ["MINE", "beside_training", "places", "show"]

SEEN = "benchmark_mine_seen"


def show(lab: Lab, choice: Choice, numbers: Numbers, device_id: str) -> None:
    with st.container(horizontal=True):
        batch_size, precision = view.at(choice, numbers)
    at = derived(numbers, "at", lambda: numbers.at(batch_size, precision), batch_size, precision)
    here = derived(at, "places", lambda: places(at))
    left, right = st.columns([2, 1], gap="medium")
    with left:
        if here.empty:
            st.info(_("Nothing was measured at this batch size and precision yet."))
        else:
            chart = derived(here, "chart", lambda: _chart(here, at, batch_size), batch_size)
            moving.show(chart, key="here", kept=True)
            if text := derived(here, "fine print", lambda: whiskers.fine_print(here)):
                st.caption(text)
        server.show(lab, choice, numbers)
    with right:
        st.subheader(_("What this shows"))
        drawing(at, "findings", lambda: _say(at, batch_size), batch_size)
        if len(numbers.mine):
            own_device.show(lab, device_id)
    own = derived(numbers, "own", lambda: _own(numbers))
    if len(own):
        _spread(at, here)
        table.show(own, key="here_all")
        drawing(numbers, "fine print", lambda: st.caption(findings.fine_print(numbers)))


def beside_training(lab: Lab, choice: Choice) -> None:
    """Say so where this browser would measure on the machine that trains meanwhile, and where it keeps no cookie."""
    if session_number():
        alone = share.link(st.context.url or "/", {**choose.address(choice), **view.address()})
        st.caption(
            _(
                "This browser keeps no cookie for this page, as inside another site's page: what it measures "
                "stands under a number that ends with the page. [Open the lab in a tab of its own]({alone}).",
                alone=alone,
            )
        )
    host = urlsplit(st.context.url or "http://localhost").hostname or ""
    trains = any(job.state == "running" for job in lab.queue())
    tasks = lab.background_tasks()
    if is_loopback(host) and (trains or tasks):
        st.caption(say(Meanwhile(task=None if trains else tasks[0].title)))


def places(at: Numbers) -> pd.DataFrame:
    """What ran here as the rows of the chart: this browser's backends, then the server's."""
    here = at.rows[at.rows["here"]]
    order = {name: place for place, name in enumerate(ways.ORDER)}
    here = here.assign(order=here["way"].map(order)).sort_values(["order", "threads"], kind="stable")
    where = [_(MINE) if mine else THIS_SERVER for mine in here["mine"]]
    own = [whiskers.OWN if mine else "" for mine in here["mine"]]
    rows = [f"{mark}{place}\n{called}" for mark, place, called in zip(own, where, here["called"], strict=True)]
    return here.assign(row=rows, where=where)


def _chart(here: pd.DataFrame, at: Numbers, batch_size: int) -> moving.Moving:
    known = set(here["network"])
    drawn = {name: look for name, look in at.looks.items() if name in known}
    return whiskers.chart(
        here,
        drawn,
        style.theme(style.dark()),
        alt=_("Time of each network on every backend of this device and of the server: p50, with a whisker to p95"),
        batch_size=batch_size,
    )


def _own(numbers: Numbers) -> pd.DataFrame:
    own = numbers.rows[numbers.rows["here"]]
    return own.sort_values(["mine", "network"], ascending=[False, True])


def _say(at: Numbers, batch_size: int) -> None:
    for sentence in findings.sentences(at, batch_size):
        st.markdown(words.firm(sentence))


def _offered(here: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """The measurements whose samples were kept, by how they are called: the own ones first, the fastest first."""
    rows = here[here["histogram"].notna()].sort_values(["mine", "p50_ms"], ascending=[False, True])
    return {_title(row): row for row in rows.to_dict("records")}


def _spread(at: Numbers, here: pd.DataFrame) -> None:
    """The histogram of one measurement that the visitor chooses; at first the fastest of the own ones."""
    offered: dict[str, dict[str, Any]] = derived(here, "offered", lambda: _offered(here))
    if not offered:
        return
    mine = any(row["mine"] for row in offered.values())
    if st.session_state.get("measurement") not in offered or st.session_state.get(SEEN) != mine:
        st.session_state["measurement"] = next(iter(offered))
    st.session_state[SEEN] = mine
    chosen = st.selectbox(_("How the times of one measurement spread"), list(offered), key="measurement")
    row = offered[chosen]
    look = at.looks[row["network"]]
    chart = derived(at, "spread", lambda: histogram.chart(row, look, style.theme(style.dark())), chosen)
    moving.show(chart, key="spread", kept=True)
    st.caption(f"{marks.named(row['network'], look)} · {histogram.sentence(row)}")


def _title(row: dict[str, Any]) -> str:
    mark = f" {taken.MARK}" if taken.is_disturbed(row.get("disturbed")) else ""
    return f"{row['network']} · {_(MINE) if row['mine'] else THIS_SERVER}, {row['called']}{mark}"
