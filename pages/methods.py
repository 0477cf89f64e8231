"""Methods: all of them in a table, what each teaches, shown on two trained networks; and some of them compared."""

import streamlit as st

import ui
from ui.forms.draft import open_drafts
from ui.networks import style
from ui.screens.methods import choose, comparison, look, overview, shipped
from ui.shell import appearance, share, tabs, trouble
from ui.text.language import N_, Texts, _

lab = ui.lab()

with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
    st.title(_("Methods"), width="content")
    link = st.container(width="content")
st.markdown(_("Every way to distil in this lab: what it teaches, what it needs, what it costs, and what it brings."))
if open_drafts(lab, comparison.FORM) and "part" not in st.query_params:
    st.session_state["part"] = "compare"
if choose.named():  # a link from before there was the table
    st.session_state.setdefault("part", choose.EXPLORE)
parts = Texts(
    {
        "all": N_("All methods"),
        choose.EXPLORE: N_("Explore a method"),
        "compare": N_("Compare methods"),
        "reference": N_("Reference results"),
    }
)
before = {"Look at one": choose.EXPLORE, "Race these": "compare", "All of them": "reference"}
every, reading, comparing, table = tabs.draw("part", parts, before=before, on_change="rerun")
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
    said = {"part": "compare", **comparison.address()}
if table.open:
    with table, trouble.guarded(refused=trouble.PART):
        shipped.show(lab)
    said = {"part": "reference", **shipped.address()}
with link:  # last, since it says which image is seen
    share.copy_link(said, beside=comparison.FORM.out_of_sight(part=st.session_state["part"]))
appearance.follow(dark=style.dark())
