"""The device board: every device that measured these networks in one picture, live while it is open."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from distill_core.errors import DistillError
from distill_core.lab import Lab
from ui.charts import moving
from ui.forms import fields
from ui.networks import style
from ui.screens.benchmark import downloads, own_device, room, table, view, whiskers
from ui.screens.benchmark.choose import Choice
from ui.screens.benchmark.devices import FASTEST, build, sentences
from ui.screens.benchmark.numbers import Numbers, gather
from ui.screens.benchmark.ways import BACKENDS, SHOWN
from ui.shell import trouble
from ui.text import words
from ui.text.language import _

__all__ = ["show"]

PERIOD_SECONDS = 3.0
OFFERED = (FASTEST, *BACKENDS)


def show(lab: Lab, choice: Choice, numbers: Numbers, device_id: str) -> None:
    with st.container(horizontal=True):
        backend = st.segmented_control(
            _("Backend"),
            OFFERED,
            default=FASTEST,
            required=True,
            key="board_backend",
            bind="query-params",
            wrap=True,
            **fields.titled("board_backend", SHOWN),
            help=_(
                "fastest: of each device the backend that is fastest and answers rightly. The server stands "
                "beside WebAssembly with onnxruntime on as many threads."
            ),
        )
        at = view.at(choice, numbers)
    chart, about = st.columns([2, 1], gap="medium")
    with chart:
        seen = _Seen(stamp=lab.reports.results_version([choice.job.id]), numbers=numbers)
        live = trouble.fragment(_live, PERIOD_SECONDS)
        live(lab, choice, device_id, seen, backend if backend in OFFERED else FASTEST, at)
    with about:
        own_device.show(lab, device_id)
        room.show(choice)


@dataclass(slots=True)
class _Seen:
    """What the last tick read, so that the next one reads nothing where nothing is new."""

    stamp: str
    numbers: Numbers

    def newest(self, lab: Lab, choice: Choice, device_id: str) -> Numbers:
        stamp = lab.reports.results_version([choice.job.id])
        if stamp != self.stamp:
            self.numbers, self.stamp = gather(lab, choice, device_id, dark=style.dark()), stamp
        return self.numbers


def _live(lab: Lab, choice: Choice, device_id: str, seen: _Seen, backend: str, at: tuple[int, str]) -> None:
    try:
        numbers = seen.newest(lab, choice, device_id)
    except DistillError as error:  # a network was deleted while the board is open
        st.warning(words.sentence(error), title=_("The board stands still"))
        return
    shown = build(numbers.at(*at), backend)
    if shown.empty:
        st.info(_("No device measured these networks like this yet."))
    else:
        moving.say(map(words.firm, sentences(shown, numbers)))
        moving.show(_chart(shown, numbers, at[0]), key="board")
        if text := whiskers.fine_print(shown):
            st.caption(text)
    table.show(numbers.rows, key="board_all")
    downloads.show(numbers.rows, choice)


def _chart(shown: pd.DataFrame, numbers: Numbers, batch_size: int) -> moving.Moving:
    return whiskers.chart(
        shown,
        numbers.looks,
        style.theme(style.dark()),
        alt=_("Time of each network on every device: p50, with a whisker to p95"),
        batch_size=batch_size,
    )
