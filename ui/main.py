"""The shell around every screen: navigation, and the queue beside it."""

from pathlib import Path

import streamlit as st

import ui
from ui import actions, address, appearance, clipboard, lookup, sidebar, style, translation, trouble

PAGES = Path(__file__).resolve().parent.parent / "pages"

st.set_page_config(page_title="Distill Lab", page_icon=str(PAGES.parent / "ui" / "icon.svg"), layout="wide")
screen = st.navigation(
    {
        "Learn": [
            st.Page(
                PAGES / "home.py",
                title="Home",
                icon=":material/home:",
                default=True,
                help="The first comparison, with one button, and the latest experiments.",
            ),
            st.Page(
                PAGES / "temperature.py",
                title="Temperature",
                icon=":material/thermostat:",
                help="What temperature and alpha do: on real answers at once, and in a trained grid.",
            ),
            st.Page(
                PAGES / "methods.py",
                title="Methods",
                icon=":material/school:",
                help="Every way to distil: what it looks at, on two trained networks; and some of them compared.",
            ),
            st.Page(
                PAGES / "glossary.py",
                title="Glossary",
                icon=":material/menu_book:",
                help="What the words of these pages mean: a sentence and a picture each.",
            ),
        ],
        "Experiment": [
            st.Page(
                PAGES / "train.py",
                title="Train",
                icon=":material/model_training:",
                help="Choose a task, a teacher and students, train them side by side and watch.",
            ),
            st.Page(
                PAGES / "compress.py",
                title="Compress",
                icon=":material/compress:",
                help="The student made out of the teacher: cut, pruned, rounded, and distilled in between.",
            ),
            st.Page(
                PAGES / "robustness.py",
                title="Robustness",
                icon=":material/shield:",
                help="Noise, blur, weather, attacks and changed scenes: what remains of teacher, control and students.",
            ),
        ],
        "Measure": [
            st.Page(
                PAGES / "compare.py",
                title="Compare",
                icon=":material/scatter_plot:",
                help="Accuracy, size and latency of what was trained, against each other.",
            ),
            st.Page(
                PAGES / "benchmark.py",
                title="Benchmark",
                icon=":material/speed:",
                help="The same networks timed in your browser, on the server and on every device in the room.",
            ),
            st.Page(
                PAGES / "playground.py",
                title="Playground",
                icon=":material/draw:",
                help="Draw, and teacher and students answer inside your browser, at every stroke.",
            ),
        ],
    }
)
lookup.one_by_one()
address.refuse_infinite()
address.begin()
sidebar.name(dark=style.dark())
with st.sidebar:
    appearance.readable(dark=style.dark())
    with trouble.guarded(aside="What is training cannot be told now."):
        sidebar.queue(ui.lab())
    sidebar.browser()
    translation.follow()
    clipboard.offer()
actions.told()
with trouble.guarded():
    screen.run()
    address.bar(screen.url_path)
    # Who reads the first page does not wait for torch, and who then trains does not either.
    ui.lab().warm_up()
