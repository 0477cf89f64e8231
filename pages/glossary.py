"""Glossary: the terms of art of all pages, a sentence and a picture each."""

import streamlit as st

from ui.networks import style
from ui.screens.glossary import TERMS, entries
from ui.shell import appearance, share

with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
    st.title("Glossary", width="content")
    link = st.container(width="content")
st.markdown(f"What the words of these pages mean: {len(TERMS)} terms, a sentence and a picture each.")
wanted = st.text_input("Find a term", key="term", bind="query-params", placeholder="temperature")
entries.show(wanted)
with link:
    share.copy_link({"term": wanted} if wanted else {})
appearance.follow(dark=style.dark())
