"""What the page looks at: one experiment, and what the address holds of the rest."""

from typing import Any

import streamlit as st

from distill_core.lab import Lab
from ui.jobs import first, pick, unreadable, waiting
from ui.screens.robustness.trials import Trials, gather
from ui.text.language import N_, Texts, _

__all__ = ["FACET", "FACETS", "KEYS", "OF_A_GRAPH", "OF_CORRUPTIONS", "address", "experiment"]

FACET = "facet"
TITLES = {
    "corruptions": N_("Corruptions"),
    "gallery": N_("Gallery"),
    "attacks": N_("Attacks"),
    "calibration": N_("Calibration"),
    "few_labels": N_("Few labels"),
    "adapt": N_("Adapt"),
}
FACETS = Texts(TITLES)
OF_CORRUPTIONS = ("corruptions", "gallery", "attacks", "calibration")
# Of a graph nothing but facts can be disturbed.
OF_A_GRAPH = Texts({**TITLES, "corruptions": N_("Missing and wrong facts")})
KEYS = {
    "corruptions": ("job", "test_images", "at"),
    "gallery": ("job", "g_image", "g_severity", "g_answers"),
    "attacks": ("job", "attack_images", "eps", "eps_deviations"),
    "calibration": ("job",),
    "few_labels": ("job",),
    "adapt": ("job", "s_student", "s_corruption", "s_severity", "v_student"),
}


def experiment(lab: Lab) -> Trials | None:
    """The chosen experiment with its trials; None where there is none, and then what to do about it is drawn."""
    jobs = pick.latest(lab)
    if not jobs:
        st.markdown(
            _(
                "There is no network to test yet. The first comparison trains three; Gallery and Few labels "
                "have something to show without them."
            )
        )
        first.offer(lab)
        return None
    job = pick.experiment(lab, jobs, help=_("Whose teacher, control and students are tested, all their seeds."))
    tested = gather(lab, job)
    waiting.wait(lab, [job], shown=any(tested.roles[name] != "teacher" for name in tested.finished))
    unreadable.runs(lab, [job])
    return tested


def address(facet: str) -> dict[str, Any]:
    """What opens the page as it stands."""
    shown = {key: st.session_state[key] for key in KEYS[facet] if st.session_state.get(key) not in (None, [])}
    return {FACET: facet, **shown}
