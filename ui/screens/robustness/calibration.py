"""Does a network know that it sees badly? Confidence and calibration error under rising severity."""

import streamlit as st

from distill_core.lab import Lab
from ui import charts
from ui.kept import kept
from ui.networks import style
from ui.screens.robustness import corruptions, findings, testing
from ui.screens.robustness.trials import Trials, along_severity
from ui.text import words
from ui.text.language import N_, _

__all__ = ["show"]

MEASURES = {
    "ece": (N_("Calibration error (ECE)"), N_("**Calibration error (ECE)**: how far confidence is from accuracy")),
    "confidence": (N_("Mean confidence"), N_("**Mean confidence**: the probability of the answer")),
}


def show(lab: Lab, tested: Trials | None) -> None:
    """Two charts and what they show; the same test as that of the corruptions."""
    st.markdown(
        _(
            "A network whose input is bad should say so. Where its confidence stays while its accuracy falls, the "
            "calibration error grows."
        )
    )
    if tested is None or not tested.run_ids:
        st.info(_("As soon as an experiment has a finished network, it can be tested here."))
        return
    tested = corruptions.test(lab, tested)
    names = list(corruptions.titles(tested.task))
    if not tested.rows["disturbance"].isin(names).any():
        st.markdown(_("Not tested yet. The test of the corruptions measures this too."))
        return
    tested, out = tested.whole(corruptions.cells(tested.task))
    corruptions.left_out(out)
    testing.counted(tested)
    for (column, (title, meaning)), place in zip(MEASURES.items(), st.columns(2, gap="medium"), strict=True):
        with place:
            st.markdown(_(meaning))
            chart = kept(
                ("under shift", column, *tested.stamp, style.dark()),
                lambda column=column, title=title: charts.along(
                    along_severity(tested, names, column),
                    list(map(_, corruptions.PLACES)),
                    title=_("severity"),
                    measure=_(title),
                    dark=style.dark(),
                    bands=True,
                ),
            )
            charts.show(chart, key=f"shift_{column}")
    for sentence in findings.calibration(tested, names):
        st.markdown(words.firm(sentence))
    over = [_("accuracy, confidence and ECE are over all pixels")] if tested.task.target.positions else []
    st.caption(corruptions.fine_print(tested, *over, _("ECE: top label, T = 1, 15 bins of equal width")))
