"""Examples that ship of tasks which differ in one thing alone, as in whose voice it is: a list has them once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from distill_core.lab import Lab
from distill_core.lab.views import JobView
from distill_core.tasks.base import Group
from ui.jobs import actions
from ui.text.language import _

__all__ = ["Several", "member", "several"]


@dataclass(frozen=True, slots=True)
class Several:
    """The examples of one group by what they differ in, at the place of the newest."""

    group: Group
    members: dict[str, JobView]

    @property
    def title(self) -> str:
        return _("Example: {task}", task=_(self.group.title))


def several(lab: Lab, jobs: Sequence[JobView]) -> list[JobView | Several]:
    """These experiments, with those examples put together of whose group there are two and more."""
    found: dict[Group, Several] = {}
    listed: list[JobView | Several] = []
    ships = {*lab.example.job_ids}
    for job in jobs:
        task = lab.tasks.get(job.experiment.task) if job.id in ships else None
        if task is None or task.group is None:
            listed.append(job)
            continue
        if task.group not in found:
            found[task.group] = Several(task.group, {})
            listed.append(found[task.group])
        found[task.group].members[task.member] = job
    return [_alone(one) for one in listed]


def _alone(one: JobView | Several) -> JobView | Several:
    return next(iter(one.members.values())) if isinstance(one, Several) and len(one.members) == 1 else one


def member(one: Several, chosen: str, key: str, choose: Callable[[JobView], None]) -> None:
    """Which of them it is, of which the list has ``chosen``; ``choose`` gets another one, before the page is drawn."""
    own = f"{key}_member"
    st.session_state[own] = next(name for name, job in one.members.items() if actions.place(job) == chosen)
    st.selectbox(
        _(one.group.what),
        list(one.members),
        key=own,
        on_change=lambda: choose(one.members[st.session_state[own]]),
        width=140,
    )
