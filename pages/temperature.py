"""Temperature: see what T and alpha do to a teacher's answers, then what they did to students that were trained."""

import streamlit as st

import ui
from ui.networks import style
from ui.screens.temperature import curves, explore, grid_form, knobs, lessons, trained
from ui.shell import appearance, share, tabs, trouble
from ui.text.language import N_, Texts, _

lab = ui.lab()

with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
    st.title(_("Temperature"), width="content")
    link = st.container(width="content")
studies = lab.reports.sweeps()
sliders = knobs.place()
if grid_form.begin(lab) and "view" not in st.query_params:
    st.session_state["view"] = "grid"
views = Texts(
    {
        "explore": N_("Explore"),
        "grid": N_("Grid search (T × α)"),
        "budgets": N_("Label budget and student width"),
        "lessons": N_("Lessons"),
    }
)
before = {"Proved by training": "grid", "Labels and width": "budgets"}
exploring, proved, along, taught = tabs.draw("view", views, before=before, on_change="rerun")
chosen, acting = "", explore.BOTH if proved.open else ()
if exploring.open:
    with exploring:
        chosen = explore.look()
    acting = explore.acting(chosen)
with sliders:
    temperature, alpha = knobs.show(knobs.offered(studies), acting)
if exploring.open:
    with exploring, trouble.guarded(refused=trouble.PART):
        explore.show(lab, studies, chosen, temperature, alpha)
if proved.open:
    with proved, trouble.guarded(refused=trouble.PART):
        trained.show(lab, studies, temperature, alpha)
if along.open:
    with along, trouble.guarded(refused=trouble.PART):
        curves.show(lab, studies)
if taught.open:
    with taught, trouble.guarded(refused=trouble.PART):
        lessons.show(lab, studies)
with link:
    said = {**knobs.address(), **(grid_form.FORM.address() if proved.open else {})}
    share.copy_link(said, beside=grid_form.FORM.out_of_sight(view=st.session_state["view"]))
appearance.follow(dark=style.dark())
