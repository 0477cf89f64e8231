"""Compress: make a small network out of the teacher, step by step, and see what each one costs and brings."""

import streamlit as st

import ui
from ui.forms.draft import open_drafts
from ui.networks import style
from ui.screens.compress import draft, edits, goal, planned, results, settings, steps
from ui.shell import appearance, share, tabs
from ui.text.language import _

lab = ui.lab()
came = open_drafts(lab, draft.FORM)

with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
    st.title(_("Compress"), width="content")
    link = st.container(width="content")
st.markdown(_("Cut, factorise, prune, round, and distil in between: a small network made out of the large one."))
results.begin(lab, filled=bool(came))
draft.FORM.told()
shown, making = tabs.draw(results.TAB, results.TABS)
with making:
    by_goal = goal.mode()
    left, right = st.columns([5, 3], gap="medium")
    with left:
        if by_goal:
            goal.draw(lab)
        elif making.open:
            edits.offer()
            settings.start(lab)
            steps.draw(lab)
            settings.budget()
    with right:
        side = st.container(key="compress_side")
with shown:
    results.show(lab)
with side:  # last of the three: it may wait for what knows the sizes of networks
    if by_goal:
        goal.show(lab)
    elif making.open:
        planned.show(lab)
with link:
    said = {**(goal.address() if by_goal else {}), **(draft.FORM.address() if by_goal or making.open else {})}
    share.copy_link({**said, **results.address()}, beside=draft.FORM.out_of_sight())
appearance.follow(dark=style.dark())
