"""What Compare shows: experiments, methods, networks and the axis, all of it in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from distill_core.errors import DistillError
from distill_core.lab import JobView, Lab
from distill_core.reports.results import metric_of
from ui.charts import COSTS, Cost, on_device
from ui.forms import fields, task_picker
from ui.jobs import actions, pick
from ui.kept import derived
from ui.screens.compare import cohort, devices, limits, marked, shipped
from ui.screens.compare.cohort import Cohort
from ui.screens.compare.devices import Device
from ui.text import titles, words
from ui.text.language import _

__all__ = ["Axis", "axis", "experiments", "reset", "state", "students"]

LATEST = 50
KEYS = (
    *("task_of", "experiments", "methods", "networks", "cost", "device", "log", "details"),
    *(*limits.KEYS, marked.KEY, shipped.KEY, "columns"),
    *("curves_smoothing", "curves_from", "curves_to", "curves_log_updates", "curves_log_loss"),
    *("loss_part", "doubts_of", "doubts_teacher", "gains_of", "one", "other", "download_of"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """``device``: whose latency the cost is, where it is that of a device."""

    cost: Cost
    log: bool
    device: Device | None = None


def experiments(
    lab: Lab, jobs: Sequence[JobView], place: DeltaGenerator, wide: DeltaGenerator, lost: DeltaGenerator
) -> list[JobView]:
    """Draw the picker of the task in ``place`` and that of its experiments in ``wide``; the chosen jobs. Those of an
    address that cannot be shown are told in ``lost``."""
    tasks = list(dict.fromkeys(job.experiment.task for job in jobs))
    with place:
        task = task_picker.bound(lab, tasks, "task_of")
    offered = {actions.place(job): job for job in jobs if job.experiment.task == task}
    _forget_others(offered)
    with wide:
        chosen = pick.experiments(
            lab,
            list(offered.values()),
            _newest(lab, offered),
            key="experiments",
            fits=lambda experiment: experiment.task == task,
            placeholder=_("All experiments of this task"),
            help=_("Networks of several experiments can stand in one chart where their task is the same."),
        )
    with lost:
        found = _found(lab, chosen, task)
    return found or list(offered.values())


def students(rows: pd.DataFrame) -> pd.DataFrame:
    """Draw the pickers of methods and networks, one under the other; what they leave of the rows."""
    offered = derived(rows, "offered", lambda: _offered(rows))
    methods = _some(_("Methods"), offered[0], "methods", titles.methods())
    networks = _some(_("Networks"), offered[1], "networks", titles.networks())
    found: pd.DataFrame = derived(
        rows, "left", lambda: cohort.keep(rows, methods, networks), *methods, len(methods), *networks
    )
    return found


def axis(lab: Lab, networks: Cohort) -> Axis:
    """Draw the choice of the cost, of a device where the cost is its latency, and whether the axis is logarithmic."""
    names = {cost.name: cost for cost in (*COSTS.values(), on_device("a device"))}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.segmented_control(
            words.scored("{Metric} against", metric_of(networks.rows)),
            list(names),
            default=next(iter(names)),
            required=True,
            key="cost",
            bind="query-params",
            wrap=True,
            help="  \n".join(f"{cost.label}: {cost.help}" for cost in names.values()),
            **fields.titled("cost", {name: cost.label for name, cost in names.items()}),
        )
        cost = names.get(name, next(iter(names.values())))
        device = None if cost.column in COSTS else devices.choose(lab, networks)
        log = st.toggle(_("Logarithmic"), value=True, key="log", bind="query-params")
    return Axis(cost=on_device(device.name) if device else cost, log=log, device=device)


def state(chosen: Sequence[JobView]) -> dict[str, Any]:
    """Every value of this page for its link; the experiments by name, for the default changes with the newest one."""
    values = {key: st.session_state.get(key) for key in KEYS}
    values["experiments"] = [actions.place(job) for job in chosen]
    for key in ("log", "curves_log_updates", "curves_log_loss"):
        if values[key] is not None:
            values[key] = str(bool(values[key])).casefold()
    return {key: value for key, value in values.items() if value not in (None, [])}


def reset() -> None:
    """Show all methods and networks again; for a button's callback."""
    st.session_state["methods"] = []
    st.session_state["networks"] = []


def _offered(rows: pd.DataFrame) -> tuple[list[str], list[str]]:
    """The methods and the networks of the students, by their titles."""
    only, columns = rows[rows["role"] == "student"], (("method", titles.methods()), ("architecture", titles.networks()))
    methods, networks = (
        sorted(only[name].unique(), key=lambda one, shown=shown: shown.get(one, one)) for name, shown in columns
    )
    return methods, networks


def _some(label: str, values: list[str], key: str, shown: Mapping[str, str]) -> list[str]:
    return st.multiselect(
        label,
        values,
        key=key,
        bind="query-params",
        placeholder=_("All"),
        help=_("The teacher and the controls of what is left stay."),
        **fields.titled(key, shown),
    )


def _newest(lab: Lab, offered: dict[str, JobView]) -> list[str]:
    """The newest experiment with a finished student; where there is none yet, simply the newest."""
    there, _ = pick.finished(lab, [job.id for job in offered.values()])
    seen = [name for name, job in offered.items() if job.id in there]
    return (seen or list(offered))[:1]


def _forget_others(offered: dict[str, JobView]) -> None:
    """Another task was chosen: what stands in the field belongs to the old one."""
    chosen = st.session_state.get("experiments")
    if chosen and st.session_state.get("compare_task") not in (None, st.session_state.get("task_of")):
        st.session_state["experiments"] = [name for name in chosen if name in offered] or list(offered)[:1]
    st.session_state["compare_task"] = st.session_state.get("task_of")


def _found(lab: Lab, chosen: Sequence[str], task: str) -> list[JobView]:
    found = {}
    for name in chosen:
        try:
            job = pick.find(lab, name)
        except DistillError as error:
            st.info(words.sentence(error), title=_("An experiment of this link is not here"))
            continue
        if job.experiment.task == task:
            found[job.id] = job
        else:
            other = words.plain(titles.task(lab, job.experiment.task))
            st.info(
                _("{job} is about another task ({other}).", job=words.plain(job.title), other=other),
                title=_("Not in this chart"),
            )
    return list(found.values())
