"""Data: bring pictures, texts, tables or recordings, see what they hold, train on them."""

import streamlit as st

import ui
from ui.networks import style
from ui.screens.data import access, adding, listed
from ui.shell import appearance, share
from ui.text.language import _

lab = ui.lab()
with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
    st.title(_("Data"), width="content")
    link = st.container(width="content")
st.markdown(
    _(
        "Your own pictures, texts, tables or recordings as a task: a teacher and students are trained on them as on "
        "any other. They stay on this lab, and everybody who opens it sees them."
    )
)
may_add, own = access.allowed(), lab.own_data.listed()
left, right = st.columns(2, gap="large")
with left:
    st.subheader(_("Add data"))
    if not own:
        adding.empty()
    if may_add:
        adding.form(lab)
    else:
        access.explain()
    adding.sample()
chosen = None
with right:
    if own:
        st.subheader(_("Data of this lab"))
        chosen = listed.choose(own)
        listed.show(lab, chosen, removable=may_add)
with link:
    share.copy_link({listed.KEY: chosen.name} if chosen else {})
appearance.follow(dark=style.dark())
