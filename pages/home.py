"""Home: what this is, the one button, and what came of it."""

import streamlit as st

import ui
from ui.jobs import expected, experiment, first, live
from ui.networks import style
from ui.screens.home import joblist
from ui.shell import appearance
from ui.text import words
from ui.text.language import _

lab = ui.lab()

st.title(_("A small network learns from a large one"))
st.markdown(
    _(
        "A large network, the **teacher**, is accurate but heavy. A small one, the **student**, can learn from "
        "the teacher's softened answers as well as from labels: that is knowledge distillation. Here you train "
        "students on real data beside a **control** that sees labels alone, and see accuracy, size and "
        "latency against each other."
    )
)
buttons = st.container(horizontal=True, vertical_alignment="center")
hero = st.container()
doors = st.container(horizontal=True, vertical_alignment="center")
joblist.show(lab)
with buttons:
    pressed, chosen = st.container(width="content"), st.container(width="content")
with chosen:
    task = first.task(lab)
job = first.focus(lab, task)
is_example = job is not None and job.id in lab.example.job_ids
with pressed:
    shown = is_example and job is not None and job.experiment.task == task
    plan = first.run(lab, task, example=shown)
with buttons:
    st.page_link("../pages/temperature.py", label=_("Explore temperature"), icon=":material/thermostat:")
    st.page_link("../pages/benchmark.py", label=_("Benchmark this device"), icon=":material/speed:")
# Below the chart, which is on the first screen so.
with doors:
    st.page_link("../pages/playground.py", label=_("Draw and see who agrees"), icon=":material/draw:")
    st.page_link("../pages/train.py", label=_("Set up your own"), icon=":material/model_training:")
with hero:
    if job is None:
        first.empty(lab, task)
    else:
        first.beside(lab, job)
        if is_example:
            first.told_of_example(lab, job)
        else:
            # How far an active one is tells the bar below, which ticks; this line does not.
            st.caption(words.plain(job.title) + ("" if job.state in live.ACTIVE else f" · {words.state(job.state)}"))
        after = experiment.show(lab, job)
        if after and not is_example:
            with after:
                again = first.repeat(lab, job)
            if plan is None or plan.job_id:  # else they were told above
                expected.doubts(again)
    # Below the chart, which is on the first screen so.
    expected.doubts(plan)
appearance.follow(dark=style.dark())
