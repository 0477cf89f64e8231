"""Glossary: the terms of art of all pages, a sentence and a picture each."""

import streamlit as st

from ui.networks import style
from ui.screens.glossary import TERMS, entries
from ui.shell import appearance, share
from ui.text.language import _

with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
    st.title(_("Glossary"), width="content")
    link = st.container(width="content")
st.markdown(_("What the words of these pages mean: {count} terms, a sentence and a picture each.", count=len(TERMS)))
wanted = st.text_input(_("Find a term"), key="term", bind="query-params", placeholder=_("temperature"))
entries.show(wanted)
with link:
    share.copy_link({"term": wanted} if wanted else {})
appearance.follow(dark=style.dark())
