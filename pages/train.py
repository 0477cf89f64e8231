"""Train: choose a task, a teacher and students, start them side by side, and watch."""

import streamlit as st

import ui
from ui.networks import style
from ui.screens.train import draft, edits, planned, settings, students, watch
from ui.shell import appearance, share

lab = ui.lab()
draft.open_draft(lab)

with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
    st.title("Train", width="content")
    link = st.container(width="content")
st.markdown("Students of one teacher, trained side by side on the same batches as their control.")
setup, watching = st.tabs(["Set up", "Watch"], key="train_show", bind="query-params")

with setup:
    edits.told()
    left, right = st.columns([5, 3], gap="medium")
    with left:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            edits.presets()
            advanced = st.toggle("All settings", key="train_advanced", bind="query-params")
        settings.task_and_teacher(lab)
        students.lines(lab, advanced=advanced)
        settings.budget(lab, advanced=advanced)
        specification = draft.packed_draft()
        st.caption(draft.IN_ADDRESS if specification else draft.TOO_LONG)
    with right:
        side = st.container(key="train_side")
if watching.open:
    with watching:
        watch.show(lab)
with side:
    planned.show(lab)
with link:
    share.copy_link({**specification, **watch.address()}, without="" if specification else "the specification")
appearance.follow(dark=style.dark())
