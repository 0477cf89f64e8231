"""Who answers: an experiment, and which of its networks. Both stand in the address."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from distill_core.errors import InvalidSetting, said
from distill_core.lab import JobView, Lab
from distill_core.templates.new_voice import adapted_of
from ui.forms import fields
from ui.jobs import pick
from ui.networks import exported
from ui.networks.exported import Network
from ui.screens.playground import shipped
from ui.text import titles, words
from ui.text.language import _

__all__ = ["Choice", "chosen", "default"]

STUDENTS = 3
# More would neither fit beside each other nor answer at once.
MOST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """``offered`` are all networks of the experiment, ``networks`` those that answer. ``job``: None where a teacher
    answers alone."""

    task: str
    job: JobView | None
    offered: tuple[Network, ...]
    networks: tuple[Network, ...]


def chosen(lab: Lab, jobs: Sequence[JobView], notes: DeltaGenerator) -> Choice:
    """Draw the pickers; what is not here is left out, and said in ``notes``."""
    first, below = st.container(), st.container()
    with below:
        alone = shipped.alone(lab, jobs)
    if alone:
        networks = tuple(shipped.networks(lab, alone))
        return Choice(task=alone.name, job=None, offered=networks, networks=networks)
    with first:
        return _of_experiment(lab, jobs, notes)


def _of_experiment(lab: Lab, jobs: Sequence[JobView], notes: DeltaGenerator) -> Choice:
    job = pick.experiment(
        lab,
        jobs,
        help=_("Whose networks answer; those of another one can stand beside them by their number."),
        on_change=fields.another,
        notes=notes,
    )
    offered = exported.offered(lab, job, shipped=True)
    found = _found(lab, job, offered, pick.run_ids(_names(offered)), notes) or default(offered)
    if len(found) > MOST:
        notes.caption(_("The first {most} of {count} networks answer.", most=MOST, count=len(found)))
    if lost := exported.left_out(lab, job, shipped=True):
        notes.caption(lost)
    return Choice(task=job.experiment.task, job=job, offered=tuple(offered), networks=tuple(found[:MOST]))


def default(offered: Sequence[Network]) -> list[Network]:
    """The teacher, up to three students, and the control of the first of them; of an adaptation to a voice the network
    before and after."""
    adapted = adapted_of([network.name for network in offered])
    if adapted:
        return [network for network in offered if network.name in adapted]
    students = [network for network in offered if network.role == "student"][:STUDENTS]
    controls = [network for network in offered if network.role == "control"]
    own = [network for network in controls if students and network.name == students[0].control]
    return [*(network for network in offered if network.role == "teacher"), *(own or controls)[:1], *students]


def _names(offered: Sequence[Network]) -> list[str]:
    first = [network.label for network in default(offered)]
    if fields.changed():
        st.session_state["runs"] = first  # what stands in the field belongs to the experiment before
    names = fields.runs(
        offered,
        default(offered),
        placeholder=_("The teacher, a control and some students"),
        help=_(
            "Of a student with several seeds, the network of its first. A network of another experiment of the "
            "same task answers too: write the number of its run."
        ),
    )
    return names or first


def _found(
    lab: Lab, job: JobView, offered: Sequence[Network], run_ids: Sequence[str], notes: DeltaGenerator
) -> list[Network]:
    task = job.experiment.task
    found, missing = fields.found(lab, offered, run_ids, lambda network: _of_this_task(lab, network, task))
    for message in missing.values():
        notes.warning(words.sentence(message), title=_("A network of this link is not here"))
    return found


def _of_this_task(lab: Lab, network: Network, task: str) -> Network:
    if network.task != task:
        do = _("choose an experiment of that task")
        wanted, got = (_("one for {task}", task=titles.task(lab, name)) for name in (task, network.task))
        raise InvalidSetting(said("network {name!r}", network.name), expected=wanted, got=got, hint=do)
    return network
