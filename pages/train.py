"""Train: choose a task, a teacher and students, start them side by side, and watch."""

import streamlit as st

import ui
from ui.forms import controls, form
from ui.networks import style
from ui.screens.train import edits, planned, watch
from ui.shell import appearance, share

lab = ui.lab()
defaults = form.defaults(lab)
edits.take_over(defaults)

with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
    st.title("Train", width="content")
    link = st.container(width="content")
st.markdown("Students of one teacher, trained side by side on the same batches as their control.")
setup, watching = st.tabs(["Set up", "Watch"], key="train_show", bind="query-params")

with setup:
    edits.copied()
    edits.presets()
    left, right = st.columns([5, 3], gap="medium")
    with left:
        controls.task_and_teacher(lab, defaults)
        controls.students(lab, defaults, edits.edit)
        controls.budget(lab, defaults)
        st.caption(
            "The address of this page holds what differs from the default; values that no field offers are ignored."
        )
    with right:
        side = st.container(key="train_side")
if watching.open:
    with watching:
        watch.show(lab)
with side:
    planned.show(lab, controls.state(defaults))
with link:
    share.copy_link({**form.address(controls.state(defaults), defaults), **watch.address()})
edits.settle_address()
appearance.follow(dark=style.dark())
