"""Compress: make a small network out of the teacher, step by step, and see what each one costs and brings."""

import streamlit as st

import ui
from ui.networks import style
from ui.screens.compress import controls, edits, form, goal, planned, results
from ui.shell import appearance, share, tabs

lab = ui.lab()
defaults = form.defaults(lab)
edits.again(defaults)

with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
    st.title("Compress", width="content")
    link = st.container(width="content")
st.markdown("Cut, factorise, prune, round, and distil in between: a small network made out of the large one.")
results.begin(lab, set_up=goal.asked() or bool(form.address(controls.state(defaults), defaults)))
shown, making = tabs.draw(results.TAB, results.TABS)
with making:
    by_goal = goal.mode()
    if not by_goal:
        edits.offer()
    left, right = st.columns([5, 3], gap="medium")
    with left:
        if by_goal:
            goal.draw(lab, defaults)
        else:
            controls.draw(lab, defaults, edits.edit)
    with right:
        side = st.container(key="compress_side")
with shown:
    results.show(lab)
with side:  # last of the three: it may wait for what knows the sizes of networks
    if by_goal:
        goal.show(lab)
    else:
        planned.show(lab, controls.state(defaults))
with link:
    said = goal.address() if by_goal else form.address(controls.state(defaults), defaults)
    share.copy_link({**said, **results.address()})
edits.settle_address()
appearance.follow(dark=style.dark())
