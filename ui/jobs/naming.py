"""What an experiment is called, edited where it stands."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import ui
from distill_core.errors import DistillError
from distill_core.lab import Lab
from distill_core.lab.views import JobView
from distill_core.store.naming import LONGEST_NAME, LONGEST_NOTE, MOST_TAGS
from ui.shell import clicks
from ui.text import words
from ui.text.language import _

__all__ = ["badges", "button", "show"]


def show(job: JobView) -> DeltaGenerator:
    """The name of an experiment with its tags and note, and the button that changes them; returns the place for
    further buttons."""
    line = st.container(horizontal=True, vertical_alignment="center")
    with line:
        st.markdown(" ".join([f"**{words.plain(job.title)}**", *badges(job)]), width="stretch")
        button(job, "shown")
    if job.name:
        st.caption(words.plain(job.subject))
    if job.note:
        st.markdown("  \n".join(words.plain(part) for part in job.note.split("\n")))
    return line


def badges(job: JobView) -> list[str]:
    """Its tags in Markdown."""
    return [f":gray-badge[{words.plain(tag)}]" for tag in job.tags]


def button(job: JobView, key: str) -> None:
    """The button that opens name, tags and note."""
    told = _("Name, tags and note of {title}", title=words.plain(job.title))
    clicks.button(
        _("Name and tags"),
        f"name_{key}_{job.id}",
        lambda: _open(job.id),
        icon=":material/edit:",
        help=told,
        type="tertiary",
    )


def _open(job_id: str) -> None:
    st.dialog(_("Name, tags and note"))(_draw)(job_id)


def _draw(job_id: str) -> None:
    try:
        _edit(ui.lab(), job_id)
    except DistillError as error:
        st.warning(words.sentence(error))


def _edit(lab: Lab, job_id: str) -> None:
    job = lab.job(job_id)
    name = st.text_input(_("Name"), job.name, key=f"named_{job_id}", max_chars=LONGEST_NAME, placeholder=job.subject)
    if name and name != job.name and (free := lab.naming.free_name(name)) != name:
        st.caption(_("Another experiment is called so too; {free} is free.", free=words.plain(free)))
    tags = st.multiselect(
        _("Tags"),
        sorted({*lab.naming.tags(), *job.tags}, key=str.casefold),
        list(job.tags),
        key=f"tagged_{job_id}",
        accept_new_options=True,
        max_selections=MOST_TAGS,
        placeholder=_("Choose some, or write new ones"),
    )
    note = st.text_area(_("Note"), job.note, key=f"noted_{job_id}", max_chars=LONGEST_NOTE)
    if st.button(_("Save"), type="primary", key=f"save_name_{job_id}"):
        lab.naming.rename(job_id, name=name or "", tags=tags, note=note or "")
        st.rerun()
