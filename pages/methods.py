"""Methods: all of them in a table, what each teaches, shown on two trained networks; and some of them compared."""

import streamlit as st

import ui
from ui.forms.draft import open_drafts
from ui.networks import style
from ui.screens.methods import choose, comparison, look, overview, shipped
from ui.shell import address, appearance, share, trouble

lab = ui.lab()

with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
    st.title("Methods", width="content")
    link = st.container(width="content")
st.markdown("Every way to distil in this lab: what it teaches, what it needs, what it costs, and what it brings.")
ALL, COMPARE, REFERENCE = "All methods", "Compare methods", "Reference results"
address.reads("part", {"Look at one": choose.EXPLORE, "Race these": COMPARE, "All of them": REFERENCE})
if open_drafts(lab, comparison.FORM) and "part" not in st.query_params:
    st.session_state["part"] = COMPARE
if choose.named():  # a link from before there was the table
    st.session_state.setdefault("part", choose.EXPLORE)
every, reading, comparing, table = st.tabs(
    [ALL, choose.EXPLORE, COMPARE, REFERENCE], key="part", bind="query-params", on_change="rerun"
)
said = {}
if every.open:
    with every, trouble.guarded(refused=trouble.PART):
        overview.show(lab)
    said = overview.address()
if reading.open:
    with reading:
        begun = look.begin(lab)
        look.finish(lab, begun)
    said = {"part": choose.EXPLORE, **choose.address(begun.method)}
if comparing.open:
    with comparing, trouble.guarded(refused=trouble.PART):
        comparison.show(lab)
    said = {"part": COMPARE, **comparison.address()}
if table.open:
    with table, trouble.guarded(refused=trouble.PART):
        shipped.show(lab)
    said = {"part": REFERENCE, **shipped.address()}
with link:  # last, since it says which image is seen
    share.copy_link(said, beside=comparison.FORM.out_of_sight())
appearance.follow(dark=style.dark())
