"""What is measured: which networks of an experiment, on what, how many images at once. All of it in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import streamlit as st

from distill_core.browser_measurement import PRECISIONS
from distill_core.lab import JobView, Lab
from ui.forms import fields
from ui.jobs import pick
from ui.networks import exported
from ui.networks.exported import Network
from ui.screens.benchmark.ways import BACKENDS, BATCHES, SHOWN
from ui.text import words
from ui.text.language import N_, _, ngettext

__all__ = ["MOST_ITEMS", "Choice", "address", "chosen", "default", "fitting"]

MOST_ITEMS = 60
KEYS = ("job", "runs", "backend", "batch", "precision")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """``offered`` are all networks of the experiment, ``networks`` those that are measured; ``auto``: without a
    press of the button."""

    job: JobView
    offered: tuple[Network, ...]
    networks: tuple[Network, ...]
    backends: tuple[str, ...]
    batches: tuple[int, ...]
    precisions: tuple[str, ...]
    auto: bool

    @property
    def run_ids(self) -> list[str]:
        return [network.run_id for network in self.networks]

    def all_networks(self) -> list[Network]:
        """The whole experiment, so that no colour depends on which networks are measured; then those of other ones."""
        return exported.all_of(self.offered, self.networks)


def chosen(lab: Lab, jobs: Sequence[JobView]) -> Choice:
    """Draw the pickers; what does not exist is told and left out."""
    with st.grid(5, min_column_width=112) as cells:
        with cells.cell(column_span=2):
            help_text = _("Whose networks are measured; others can be added by their number.")
            job = pick.experiment(lab, jobs, help=help_text, on_change=fields.another)
        offered = exported.offered(lab, job)
        with cells.cell(column_span=3):
            found = _networks(lab, offered)
    with st.container(horizontal=True, gap="medium"):
        backends = _several(_("Backends"), list(BACKENDS), list(BACKENDS), "backend", _meanings(), SHOWN)
        batches = _several(
            _("Batch sizes"),
            BATCHES,
            BATCHES[:1],
            "batch",
            _("How many are answered in one run: 1 is what an app feels."),
        )
        precisions = _several(_("Precision"), PRECISIONS, PRECISIONS[:1], "precision", _(PRECISION_HELP))
    if lost := exported.left_out(lab, job):
        st.caption(lost)
    fit = fitting(found, len(backends) * len(batches) * len(precisions))
    if len(fit) < len(found):
        st.caption(
            ngettext(
                "One run measures at most {most} times: the first {count} network here.",
                "One run measures at most {most} times: the first {count} networks here.",
                len(fit),
                most=MOST_ITEMS,
            )
        )
    return Choice(
        job=job,
        offered=tuple(offered),
        networks=tuple(fit),
        backends=tuple(backends),
        batches=tuple(batches),
        precisions=tuple(precisions),
        auto=st.query_params.get("auto") == "1",
    )


PRECISION_HELP = N_(
    "float16 halves the file: weights and sums in half precision, what goes in and comes out stays float32. A network "
    "that was quantized has one file of its own, as int8: it is measured under float32, and has no float16."
)


def default(offered: Sequence[Network]) -> list[Network]:
    """The teacher, and of each other graph the best student: weights do not change how long a network takes."""
    order = {"teacher": 0, "student": 1, "control": 2}
    best = sorted(offered, key=lambda network: (order.get(network.role, 3), -(network.test_accuracy or 0.0)))
    first: dict[tuple[object, ...], Network] = {}
    for network in best:
        first.setdefault(network.build, network)
    return [network for network in offered if network in first.values()]


def fitting(found: Sequence[Network], items_each: int) -> list[Network]:
    """The first of them, as many as one run measures; one at least."""
    return list(found)[: max(1, MOST_ITEMS // max(1, items_each))]


def address(choice: Choice) -> dict[str, Any]:
    """What opens the page with these networks on another device, where the newest experiment may be another one."""
    return {
        "job": st.session_state.get("job"),
        "runs": choice.run_ids,
        "backend": list(choice.backends),
        "batch": list(choice.batches),
        "precision": list(choice.precisions),
    }


def _networks(lab: Lab, offered: Sequence[Network]) -> list[Network]:
    """Draw the field, in which what was given by its number alone stands with its name."""
    first = default(offered)
    found, missing = fields.found(lab, offered, pick.run_ids(_given(first)))
    if found or missing:
        st.session_state["runs"] = [*(network.label for network in found), *missing]
    fields.runs(
        offered,
        first,
        placeholder=_("The teacher and a student of each graph"),
        help=_(
            "Weights do not change how long a network takes, so one student stands for all that share its "
            "graph. For a network of another experiment write the number of its run."
        ),
    )
    for message in missing.values():
        st.warning(words.sentence(message), title=_("A network of this link is not here"))
    return found or first


def _given(first: Sequence[Network]) -> list[str]:
    """What stands in the field; before it was drawn, what the address says."""
    if fields.changed():
        return [network.label for network in first]  # what stands there belongs to the experiment before
    if "runs" in st.session_state:
        return st.session_state["runs"]
    return st.query_params.get_all("runs")


def _several(
    label: str,
    options: Sequence[Any],
    default: Sequence[Any],
    key: str,
    help_text: str,
    shown: Mapping[Any, str] = MappingProxyType({}),
) -> list[Any]:
    picked = st.pills(
        label,
        options,
        selection_mode="multi",
        default=list(default),
        key=key,
        bind="query-params",
        wrap=True,
        help=_(
            "{help} None chosen: {options}.",
            help=help_text,
            options=words.join([shown.get(option, str(option)) for option in default]),
        ),
        **(fields.titled(key, shown) if shown else {}),
    )
    return [option for option in options if option in (picked or default)]


def _meanings() -> str:
    return "  \n".join((*(f"{SHOWN[name]}: {meaning}." for name, meaning in BACKENDS.items()), ""))
