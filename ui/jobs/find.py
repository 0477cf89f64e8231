"""A dialog that finds an experiment: words, filters and pages of results, whatever page it was opened on."""

from collections.abc import Callable

import streamlit as st

import ui
from distill_core import clock
from distill_core.errors import DistillError
from distill_core.lab import JobView, Lab
from distill_core.lab.job_search import searching
from distill_core.spec import Experiment
from distill_core.store import JobState
from ui.jobs.own_voices import seen
from ui.shell import clicks
from ui.text import titles, words
from ui.text.language import _

__all__ = ["PAGE", "button"]

PAGE = 8
LONGEST = 200
NUMBER = "find_page"
Choose = Callable[[JobView], None]
Fits = Callable[[Experiment], bool]


def button(key: str, choose: Choose, fits: Fits | None = None) -> None:
    """The button of the dialog; ``choose`` is called with the experiment that was pressed, before the page is drawn.
    Experiments that do not ``fit`` are left out."""

    def draw() -> None:
        st.session_state[NUMBER] = 0
        _open(choose, fits)

    told = _("By words, task, method, tag or state.")
    clicks.button(_("Find"), f"find_{key}", draw, icon=":material/search:", help=told)


def _open(choose: Choose, fits: Fits | None) -> None:
    st.dialog(_("Find an experiment"), width="medium")(_draw)(choose, fits)


def _draw(choose: Choose, fits: Fits | None) -> None:
    try:
        _search(choose, fits)
    except DistillError as error:
        st.warning(words.sentence(error))


def _search(choose: Choose, fits: Fits | None) -> None:
    lab = ui.lab()
    said = st.text_input(
        _("Words"),
        key="find_words",
        max_chars=LONGEST,
        placeholder=_("of its name, tags, title, networks or methods"),
        on_change=_first_page,
    )
    with st.grid(4, min_column_width=130):
        tasks, method = _tasks(lab), _one_of("method", _("Method"), titles.methods())
        tag = _one_of("tag", _("Tag"), {tag: tag for tag in lab.naming.tags()})
        state = _one_of("state", _("State"), {state.value: words.state(state.value) for state in JobState})
    page = st.session_state.get(NUMBER, 0)
    found = lab.jobs(
        PAGE + 1,
        search=searching(lab.tasks, said or "", of=tasks, method=method, tag=tag),
        states=None if state is None else (JobState(state),),
        skip=page * PAGE,
        fits=seen(fits),
    )
    if not found:
        st.caption(_("No experiment is found."))
    for job in found[:PAGE]:
        _result(job, choose)
    with st.container(horizontal=True):
        st.button(
            _("Newer"), icon=":material/chevron_left:", key="find_newer", disabled=page == 0, on_click=_turn, args=(-1,)
        )
        st.button(
            _("Older"),
            icon=":material/chevron_right:",
            key="find_older",
            disabled=len(found) <= PAGE,
            on_click=_turn,
            args=(1,),
        )


def _one_of(name: str, label: str, titles: dict[str, str]) -> str | None:
    """The chosen one by its title, asked under ``name``; None: any."""
    return st.selectbox(
        label,
        [None, *titles],
        format_func=lambda one: _("Any") if one is None else titles[one],
        key=f"find_{name}",
        on_change=_first_page,
    )


def _tasks(lab: Lab) -> tuple[str, ...]:
    """The chosen tasks: none for any, and all of a group where none of it is named."""
    names = titles.tasks(lab)
    chosen = _one_of("task", _("Task"), titles.task_groups(lab, names))
    what, members = titles.task_members(lab, names, chosen)
    one = _one_of("member", what, members) if members else None
    return (one,) if one in members else tuple(members) or ((chosen,) if chosen else ())


def _result(job: JobView, choose: Choose) -> None:
    when = words.ago(clock.seconds_since(job.finished_at or job.started_at or job.submitted_at))
    parts = [*job.tags, *([job.subject] if job.name else []), words.state(job.state), when]
    with st.container(gap="xsmall"):
        told = words.plain(job.title)
        pressed = st.button(told, key=f"found_{job.id}", width="stretch", on_click=choose, args=(job,))
        st.caption(words.plain(" · ".join(parts)))
    if pressed:
        st.rerun()


def _first_page() -> None:
    st.session_state[NUMBER] = 0


def _turn(by: int) -> None:
    st.session_state[NUMBER] = max(0, st.session_state.get(NUMBER, 0) + by)
