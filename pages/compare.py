"""Compare: accuracy, size and latency of what was trained, against each other."""

import streamlit as st

import ui
from distill_core.reports.results import metric_of
from ui.jobs import pick, unreadable, waiting
from ui.kept import derived
from ui.networks import style
from ui.screens.compare import (
    cohort,
    details,
    devices,
    differences,
    filters,
    hero,
    kit,
    limits,
    marked,
    notes,
    official,
    shipped,
    table,
)
from ui.shell import appearance, share
from ui.text.language import _

lab = ui.lab()
jobs = pick.latest(lab, filters.LATEST)

with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
    st.title(_("Compare"), width="content")
    link = st.container(width="content")
st.markdown(_("Test score against cost for every trained network, beside its control and its teacher."))
if not jobs:
    notes.empty(lab)
    st.stop()

lost = st.container()
with st.grid(5, min_column_width=112) as pickers:
    chosen = filters.experiments(lab, jobs, pickers.cell(), pickers.cell(column_span=2), lost)
    studies = shipped.choose(chosen[0].experiment.task, pickers.cell(column_span=2))
    networks = cohort.gather(lab, chosen, studies)
    kept = filters.students(networks.rows)
    fields = [pickers.cell() for _ in limits.KEYS]
shown = derived(kept, "shown", lambda: kept[kept["test_accuracy"].notna()])
taught = bool((shown["role"] != "teacher").any())
looks = networks.looks(dark=style.dark())
waiting.wait(lab, chosen, shown=taught)
notes.show(lab, networks)
unreadable.runs(lab, chosen)
if len(kept) < len(networks.rows) and kept[kept["role"] == "student"].empty:
    st.info(_("No student fits these filters."))
    st.button(_("Show all again"), icon=":material/filter_alt_off:", on_click=filters.reset)
elif not taught:
    notes.nothing_finished(networks)
else:
    axis = filters.axis(lab, networks)
    bounds = limits.ask(fields, axis.cost, metric_of(networks.rows))
    costed = devices.costed(lab, networks, shown, axis.device)
    limits.show(networks, costed, bounds)
    chart = st.container()
    marks = marked.field(list(kept["student"]))
    with chart:
        hero.show(networks, costed, axis, bounds, marks, looks)
    rows = limits.within(official.scored(lab, networks, kept), costed, bounds)
    table.show(networks, rows, marks, looks)
    kit.offer(lab, networks, shown, marks)
    official.offer(lab, networks, shown)
    differences.show(lab, networks, shown, marks, looks)
    details.show(lab, networks, shown, looks)
with link:
    share.copy_link(filters.state(chosen))
appearance.follow(dark=style.dark())
