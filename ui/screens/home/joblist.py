"""The latest experiments, with their state and what can be done about it."""

import streamlit as st

from distill_core import clock
from distill_core.errors import NotFound
from distill_core.lab import Lab
from distill_core.lab.views import JobView, UnreadableJob
from ui.jobs import actions, archives, groups, live, naming, pick
from ui.jobs import find as finding
from ui.shell import trouble
from ui.text import words
from ui.text.language import N_, Texts, _, ngettext

__all__ = ["show"]

LATEST, MORE, MOST = 7, 20, 107
OLDER, FOUND = "home_older_shown", "home_found"
TRAIN = "../pages/train.py"
PERIOD_SECONDS = 4.0
ICONS = {
    "queued": "schedule",
    "running": "progress_activity",
    "paused": "pause_circle",
    "finished": "check_circle",
    "failed": "report",
    "stopped": "stop_circle",
    "interrupted": "power_off",
}
TOLD = Texts(
    {
        "stopped": N_("It was stopped. Networks that were finished by then are kept."),
        "interrupted": N_("The program ended before it was finished. Networks that were finished by then are kept."),
    }
)


def show(lab: Lab) -> None:
    """A line each, newest first, below the button that finds older ones; neither where there is none."""
    heading = st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute")
    heading.subheader(_("Latest experiments"), width="content")
    actions.undo(lab)
    shown = LATEST + st.session_state.get(OLDER, 0)
    # Those that a line has together are more than one.
    jobs = groups.several(lab, pick.latest(lab, shown + len(lab.example.job_ids)))
    jobs, more, lost = jobs[:shown], len(jobs) > shown, lab.reports.unreadable_jobs()
    if not jobs and not lost:
        st.caption(_("None yet."))
    if jobs:
        with heading:
            _find()
    for job in jobs:
        if isinstance(job, groups.Several):
            _together(lab, job)
        else:
            _alone(lab, job)
    for lost_job in lost[:LATEST]:
        with st.container(border=True, gap="xsmall"):
            _unreadable(lost_job)
    if more and shown < MOST:
        st.button(_("Show older"), icon=":material/history:", key="home_older", on_click=_show_older)
    archives.offer(lab)
    if not lab.example.is_shown():
        st.button(
            _("Show the example"),
            icon=":material/inventory_2:",
            key="example_show",
            on_click=actions.tried,
            args=(lab.example.show,),
            help=_("Brings back what was hidden of the experiments that ship with the lab."),
        )


def _alone(lab: Lab, job: JobView) -> None:
    with st.container(border=True, gap="xsmall"):
        _line(lab, job)
        reason = job.error or TOLD.get(job.state)
        if reason and job.state != "finished":
            st.caption(words.sentence(reason))


def _together(lab: Lab, several: groups.Several) -> None:
    """Examples that differ in one thing: a line that opens to theirs."""
    told = ngettext(
        "**{title}** · {count} that ships with the lab",
        "**{title}** · {count} that ship with the lab",
        len(several.members),
        title=words.plain(several.title),
    )
    with st.expander(told, icon=":material/inventory_2:"):
        for job in several.members.values():
            _line(lab, job)


def _find() -> None:
    """The button that finds any experiment; the one that is pressed opens as from its line."""
    if FOUND in st.session_state:
        st.switch_page(TRAIN, query_params=st.session_state.pop(FOUND))
    finding.button(key="home", choose=lambda job: st.session_state.__setitem__(FOUND, _opens(job)))


def _opens(job: JobView) -> dict[str, str]:
    return {"train_show": "watch", "job": actions.place(job)}


def _show_older() -> None:
    st.session_state[OLDER] = st.session_state.get(OLDER, 0) + MORE


def _unreadable(job: UnreadableJob) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        named = f"**{words.plain(job.title)}** #{words.plain(job.id)}"
        st.markdown(_(":material/broken_image: {named} · cannot be read", named=named), width="stretch")
        _delete(job.id)
    st.caption(words.sentence(job.why))


def _line(lab: Lab, job: JobView) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if job.state in live.ACTIVE:
            trouble.fragment(_now, PERIOD_SECONDS)(lab, job.id)
        else:
            _told(job, ships=job.id in lab.example.job_ids)
        st.page_link(
            TRAIN,
            label=_("Open"),
            icon=":material/visibility:",
            help=_("Open {job}", job=words.plain(job.title)),
            query_params=_opens(job),
        )
        if job.state in ("failed", "stopped", "interrupted"):
            actions.again_button(job, "again")
        naming.button(job, "line")
        if job.id in lab.example.job_ids:
            st.button(
                _("Hide"),
                icon=":material/visibility_off:",
                key=f"example_hide_{job.id}",
                on_click=actions.act,
                args=(lab.example.hide, job.id),
                help=_("Takes this example from every page. **Show the example** below brings it back."),
            )
        elif job.state not in live.ACTIVE:
            _delete(job.id)


def _now(lab: Lab, job_id: str) -> None:
    try:
        _told(lab.job(job_id))
    except NotFound:  # deleted in another window
        st.caption(_("It was deleted."))


def _told(job: JobView, *, ships: bool = False) -> None:
    icon = f":material/{ICONS.get(job.state, 'help')}:"
    told = _("ships with the lab") if ships else f"{_state(job)} · {_when(job)}"
    parts = [f"{icon} **{words.plain(job.title)}** · {told}", *naming.badges(job)]
    st.markdown(" ".join(parts), width="stretch")


def _state(job: JobView) -> str:
    timed = job.state in live.ACTIVE and job.evaluated
    return _("{state}, every network is evaluated", state=words.state(job.state)) if timed else words.state(job.state)


def _delete(job_id: str) -> None:
    with st.popover(_("Delete"), icon=":material/delete:", key=f"delete_open_{job_id}"):
        st.markdown(
            _(
                "This deletes the experiment, its curves, weights and ONNX files. Networks that another experiment "
                "uses as well are kept. It can be brought back for ten minutes."
            )
        )
        st.button(_("Delete"), key=f"delete_{job_id}", on_click=actions.delete, args=(job_id,))


def _when(job: JobView) -> str:
    moment = job.finished_at or job.started_at or job.submitted_at
    began = "" if job.state not in live.ACTIVE else "began " if job.started_at else "filed "
    return f"{began}{words.ago(clock.seconds_since(moment))}"
