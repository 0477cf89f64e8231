"""What a visitor does to an experiment; what the engine refuses is told at the next drawing, not raised."""

from collections.abc import Callable
from functools import partial

import streamlit as st

import ui
from distill_core.errors import DistillError
from distill_core.lab import Lab
from distill_core.lab.views import JobView
from distill_core.templates.compression_chain import is_chain
from ui.text import words
from ui.text.language import N_, _

__all__ = [
    "MAKE",
    "RESTART",
    "act",
    "again",
    "again_button",
    "delete",
    "place",
    "repeated_button",
    "shown",
    "told",
    "tried",
    "undo",
]

# The labels of two buttons; the engine's messages call them so too (errors.MAKE_AGAIN and START_AGAIN).
MAKE, RESTART = N_("Make it again"), N_("Start again")

TOLD, DELETED = "action_told", "action_deleted"


def place(job: JobView) -> str:
    """How a job is called in a list and in the address."""
    return f"{job.title} #{job.id}"


def act(what: Callable[[str], object], job_id: str) -> None:
    """For callbacks: pause, resume or stop."""
    tried(partial(what, job_id))


def tried(what: Callable[[], object]) -> None:
    """For callbacks: do what the engine may refuse."""
    try:
        what()
    except DistillError as error:
        st.session_state[TOLD] = error


def again(job_id: str) -> None:
    """For callbacks: start an experiment that did not finish once more, and show the new one as ``shown`` does."""
    act(_restart, job_id)


def delete(job_id: str) -> None:
    """For callbacks; ``undo`` offers to bring it back."""
    act(_delete, job_id)


def undo(lab: Lab) -> None:
    """Say what this visitor deleted last, with the button that brings it back; nothing after some minutes."""
    job_id, title = st.session_state.get(DELETED, ("", ""))
    if not job_id or not lab.deleted.is_kept(job_id):
        return
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(_("**{title}** was deleted.", title=words.plain(title)), width="stretch")
        st.button(_("Undo"), icon=":material/undo:", key="undo_delete", on_click=act, args=(_restore, job_id))


def _delete(job_id: str) -> None:
    lab = ui.lab()
    try:
        title = lab.job(job_id).title
    except DistillError:  # it cannot be read
        title = ""
    st.session_state[DELETED] = (job_id, title) if lab.deleted.delete(job_id) else ("", "")


def _restore(job_id: str) -> None:
    ui.lab().deleted.restore(job_id)


def shown(job_id: str) -> None:
    """For callbacks: show an experiment on Home, on Train and, where it is a chain, on Compress."""
    act(_show, job_id)


def _restart(job_id: str) -> None:
    _show(ui.lab().restart(job_id))


def _show(job_id: str) -> None:
    job = ui.lab().job(job_id)
    st.session_state["home_job"] = job_id
    st.session_state["job"] = place(job)
    if is_chain(job.experiment):
        st.session_state["chain"] = place(job)


def again_button(job: JobView, key: str) -> None:
    """Start an experiment again that did not finish; where that was done, show its repetition instead."""
    if job.repeated_by is None:
        st.button(_(RESTART), icon=":material/restart_alt:", key=f"{key}_{job.id}", on_click=again, args=(job.id,))
    else:
        repeated_button(f"{key}_{job.id}", shown, job.repeated_by)


def repeated_button(key: str, show: Callable[[str], None], job_id: str) -> None:
    """Show the repetition of an experiment that did not finish."""
    st.button(
        _("It was repeated: see that"), icon=":material/replay:", key=f"repeated_{key}", on_click=show, args=(job_id,)
    )


def told(*, ticking: bool = False) -> None:
    """Show what the engine refused since the last drawing; in a ``ticking`` part, which is drawn anew at once, beside
    it and for a while."""
    message = st.session_state.pop(TOLD, None)
    if message and ticking:
        st.toast(words.sentence(message), icon=":material/warning:", duration="long")
    elif message:
        st.warning(words.sentence(message))
