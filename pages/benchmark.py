"""Benchmark: the same ONNX file, timed in the visitor's own browser, on the lab's server, and on every device."""

import streamlit as st

import ui
from ui.browser import addresses
from ui.browser.device import device_id
from ui.jobs import first, live, pick, unreadable, waiting
from ui.networks import exported, style
from ui.screens.benchmark import board, choose, component, here, numbers, own_device, view
from ui.shell import appearance, share, tabs
from ui.text import words
from ui.text.language import N_, Texts, _

lab = ui.lab()
jobs = pick.latest(lab)

with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
    st.title(_("Benchmark"), width="content")
    link = st.container(width="content")
st.markdown(
    _("How long does a network take on *your* device? The same ONNX file is timed in this browser and on the server.")
)
if not jobs:
    st.markdown(_("There is no network to time yet. The first comparison trains three; they can then be timed here."))
    first.offer(lab)
    st.stop()

choice = choose.chosen(lab, jobs)
waiting.wait(lab, [choice.job], shown=bool(choice.networks))
unreadable.runs(lab, [choice.job])
if choice.networks:
    device = device_id()
    found = numbers.gather(lab, choice, device, dark=style.dark())
    looks = exported.looks(choice.all_networks(), dark=style.dark())
    shown = Texts({"mine": here.MINE, "devices": N_("Devices")})
    mine, all_devices = tabs.draw("show", shown, on_change="rerun")
    with mine:
        # Always there, full or empty: what stands below keeps its place, and a browser that measures goes on.
        with st.container():
            here.beside_training(lab, choice)
        # Drawn behind the other tab too: what is gone from the page measures no more.
        if lacking := addresses.missing():
            st.warning(words.sentence(lacking), title=_("Networks cannot run in a browser here"))
        else:
            component.show(choice, looks, label=own_device.label(lab, device))
        if mine.open:
            here.show(lab, choice, found, device)
    if all_devices.open:
        with all_devices:
            board.show(lab, choice, found, device)
elif choice.job.state in live.ACTIVE:
    st.info(_("They can be timed here as soon as the first network is finished."), icon=":material/hourglass_empty:")
else:
    st.info(_("Nothing of this experiment can be timed: no network of it was finished. Choose another one above."))
with link:
    share.copy_link({**choose.address(choice), **view.address()})
appearance.follow(dark=style.dark())
