"""Train: choose a task, a teacher and students, start them side by side, and watch."""

import streamlit as st

import ui
from ui.forms.draft import open_drafts
from ui.networks import style
from ui.screens.train import draft, edits, planned, settings, students, watch
from ui.shell import appearance, share, tabs
from ui.text.language import N_, Texts, _

lab = ui.lab()
open_drafts(lab, draft.FORM)

with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
    st.title(_("Train"), width="content")
    link = st.container(width="content")
st.markdown(_("Students of one teacher, trained side by side on the same batches as their control."))
draft.FORM.told()
setup, watching = tabs.draw("train_show", Texts({"set_up": N_("Set up"), "watch": N_("Watch")}))

with setup:
    left, right = st.columns([5, 3], gap="medium")
    with left:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            edits.presets()
            advanced = st.toggle(_("All settings"), key="train_advanced", bind="query-params")
        settings.task_and_teacher(lab)
        students.draw(lab, advanced=advanced)
        settings.budget(lab, advanced=advanced)
        specification = draft.FORM.address()
        st.caption(_(draft.IN_ADDRESS) if specification else _(draft.TOO_LONG))
    with right:
        side = st.container(key="train_side")
if watching.open:
    with watching:
        watch.show(lab)
with side:
    planned.show(lab)
with link:
    if watching.open:
        share.copy_link(watch.address(), beside=draft.FORM.out_of_sight())
    else:
        more = {"train_advanced": "true"} if advanced else {}
        lacks = _("This address opens the page with everything set as it is now, but for the specification.")
        share.copy_link({**specification, **watch.address(), **more}, without="" if specification else lacks)
appearance.follow(dark=style.dark())
