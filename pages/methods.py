"""Methods: what each way to distil teaches, shown on two trained networks; and some of them raced."""

import streamlit as st

import ui
from ui import appearance, share, style
from ui.methods import choose, look, race

lab = ui.lab()

with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
    st.title("Methods", width="content")
    link = st.container(width="content")
st.markdown("Every way to distil in this lab: what it teaches, what it looks at, and what it brings.")
reading, racing = st.tabs(["Look at one", "Race these"], key="part", bind="query-params", on_change="rerun")
if reading.open:
    with reading:
        begun = look.begin(lab)
        with link:
            share.copy_link(choose.address(begun.method))
        look.finish(lab, begun)
if racing.open:
    with racing:
        race.show(lab)
    with link:
        share.copy_link({"part": "Race these", **race.address()})
appearance.follow(dark=style.dark())
