"""Playground: draw, speak, write, ask or fill in a row; teacher and students answer inside the visitor's browser."""

from functools import partial

import streamlit as st

import ui
from distill_core.tasks.graph import QUESTION
from distill_core.tasks.segmentation import SCENE
from distill_core.tasks.sound import SOUND
from distill_core.tasks.table import ROW
from ui.browser import addresses
from ui.jobs import actions, first, live, pick, unreadable, waiting
from ui.networks import exported, style
from ui.screens.playground import beside, choose, graph, knobs, rows, scenes, shipped, stage, voice
from ui.shell import appearance, share
from ui.text import titles, words
from ui.text.language import _

lab = ui.lab()
jobs = pick.latest(lab)

with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
    st.title(_("Playground"), width="content")
    link = st.container(width="content")
st.markdown(
    _(
        "Draw, speak, write, ask or fill in, as the task is one of images or scenes, of sound, of text, of facts or of "
        "a table, and see who still agrees: teacher and students run in this browser, and what they see stays there."
    )
)
if not (jobs or shipped.asked()):
    st.markdown(
        _(
            "There is no network to answer yet. The first comparison trains one student three times, on labels "
            "alone and with a teacher's help; they then answer here, each with its probabilities and its time."
        )
    )
    first.offer(lab)
    shipped.way(lab)
    st.stop()

with st.grid(4, min_column_width=150, vertical_alignment="bottom") as pickers:
    knob, number, chosen = pickers.cell(column_span=2), pickers.cell(), pickers.cell()
notes = st.container()
with chosen.popover(_("Networks"), icon=":material/groups:", width="stretch"):
    choice = choose.chosen(lab, jobs, notes)
task = lab.tasks.get(choice.task)
if not shipped.can_be_tried(task):
    shown = words.plain(titles.task(lab, task.name))
    st.info(_("Nothing can be drawn for {task}. Choose networks of another task.", task=shown), icon=":material/draw:")
    st.stop()
with knob:
    temperature = knobs.temperature()
draws = task.applies("drawing") or task.kind == SCENE
more, learns = {}, None
if draws:
    test = lab.catalog.parts(task.name).test
    with number:
        sample = knobs.sample(task, len(test))
    more = scenes.on_canvas(task, test, sample) if task.kind == SCENE else stage.on_canvas(test, sample)
elif task.kind == SOUND:
    more, learns = beside.told(lab, jobs, task), voice.source(choice.job, task, choice.networks)
    more |= {"voice": voice.lesson(choice.job, task)} if learns else {}
elif task.kind == QUESTION:
    more = graph.told(lab, task)
elif task.kind == ROW:
    more = rows.told(lab, task)
actions.told()
chosen_jobs = [choice.job] if choice.job else []
waiting.wait(lab, chosen_jobs, shown=bool(choice.networks))
unreadable.runs(lab, chosen_jobs)
networks = choice.networks or voice.before(lab, choice.job, task, learns)
if not networks:
    if choice.job and choice.job.state in live.ACTIVE:
        st.info(_("They answer here as soon as the first network is finished."), icon=":material/hourglass_empty:")
    else:
        st.info(
            _(
                "No network of this experiment was finished. Choose another one above, or press **{restart}** on Home.",
                restart=_(actions.RESTART),
            )
        )
elif lacking := addresses.missing():
    st.warning(words.sentence(lacking), title=_("Networks cannot run in a browser here"))
else:
    looks = exported.looks(exported.all_of(choice.offered, networks), dark=style.dark())
    files = shipped.files(networks)
    hashes = lab.devices.file_hashes([network.run_id for network in networks if network.run_id not in files])
    voice.explain(task)
    take = partial(voice.take, run_id=learns)
    stage.show(task, networks, looks, hashes=hashes, temperature=temperature, more=more, files=files, take=take)
    st.caption(
        _(
            "Weights come in 10 bits here, so that a phone waits a third as long for them: probabilities may differ by "
            "a percentage point or two from those on other pages."
        )
    )
with link:
    drifted = {name: amount for name, amount in more.get("drift", {}).items() if amount}
    drifted |= scenes.address() if task.kind == SCENE else {}
    drifted |= graph.address(task) if task.kind == QUESTION else {}
    lost = _("This address opens the page as it is now, without what was drawn, spoken or written.")
    share.copy_link(knobs.address() | drifted, without=lost)
appearance.follow(dark=style.dark())
