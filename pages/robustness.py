"""Robustness: what corruptions, attacks and a changed scene do to teacher, control and students."""

import streamlit as st

import ui
from distill_core.tasks.graph import QUESTION
from distill_core.tasks.sound import SOUND
from ui.kinds import corruptible, of_images
from ui.networks import style
from ui.screens.robustness import (
    adapt,
    attacks,
    calibration,
    choose,
    corruptions,
    facts,
    few_labels,
    gallery,
    headline,
    new_voice,
)
from ui.shell import appearance, share, tabs, trouble
from ui.text.language import _

lab = ui.lab()

with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
    st.title(_("Robustness"), width="content")
    link = st.container(width="content")
st.markdown(
    _("What remains of a network when its input gets worse: teacher, control and students on the same test examples.")
)
tested = choose.experiment(lab)
task = tested and lab.tasks.get(tested.job.experiment.task)
if task is None or task.applies("corruptions"):
    with trouble.guarded(refused=trouble.PART):
        headline.show(lab, tested)
shows = {
    "corruptions": lambda: facts.show(lab) if of_graph else corruptions.show(lab, tested),
    "gallery": lambda: gallery.show(lab, tested),
    "attacks": lambda: attacks.show(lab, tested),
    "calibration": lambda: calibration.show(lab, tested),
    "few_labels": lambda: facts.missing(lab) if of_graph else few_labels.show(lab, tested),
    "adapt": lambda: (new_voice if of_sound else adapt).show(lab, tested),
}
of_sound, of_graph = (task is not None and task.kind == kind for kind in (SOUND, QUESTION))
OF_CORRUPTIONS = ("gallery", "attacks", "calibration") if of_graph else choose.OF_CORRUPTIONS
drawn = tabs.draw(choose.FACET, choose.OF_A_GRAPH if of_graph else choose.FACETS, on_change="rerun")
for (name, show), tab in zip(shows.items(), drawn, strict=True):
    if tab.open:
        with tab, trouble.guarded(refused=trouble.PART):
            asks = corruptible if name in OF_CORRUPTIONS else None if name != "adapt" or of_sound else of_images
            if task is None or asks is None or asks(task):
                show()
        with link:
            share.copy_link(choose.address(name))
appearance.follow(dark=style.dark())
