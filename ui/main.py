"""The shell around every screen: navigation, and the queue beside it."""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

import ui
from ui.jobs import actions, own_voices
from ui.networks import style
from ui.shell import address, appearance, clicks, clipboard, lookup, sidebar, translation, trouble
from ui.text.language import _

PAGES = Path(__file__).resolve().parent.parent / "pages"


def _page(name: str, title: str, icon: str, help: str, *, default: bool = False) -> StreamlitPage:
    return st.Page(PAGES / f"{name}.py", title=title, icon=f":material/{icon}:", help=help, default=default)


st.set_page_config(page_title="Distill Lab", page_icon=str(PAGES.parent / "ui" / "shell" / "icon.svg"), layout="wide")
screen = st.navigation(
    {
        _("Learn"): [
            _page(
                "home",
                _("Home"),
                "home",
                _("The first comparison, with one button, and the latest experiments."),
                default=True,
            ),
            _page(
                "temperature",
                _("Temperature"),
                "thermostat",
                _("What temperature and alpha do: on real answers at once, and in a trained grid."),
            ),
            _page(
                "methods",
                _("Methods"),
                "school",
                _("Every way to distil: what it looks at, on two trained networks; and some of them compared."),
            ),
            _page(
                "glossary",
                _("Glossary"),
                "menu_book",
                _("What the words of these pages mean: a sentence and a picture each."),
            ),
        ],
        _("Experiment"): [
            _page(
                "train",
                _("Train"),
                "model_training",
                _("Choose a task, a teacher and students, train them side by side and watch."),
            ),
            _page(
                "data",
                _("Data"),
                "add_photo_alternate",
                _("Your own pictures as a task: bring a zip file, see what it holds, train on it."),
            ),
            _page(
                "compress",
                _("Compress"),
                "compress",
                _("The student made out of the teacher: cut, pruned, rounded, and distilled in between."),
            ),
            _page(
                "robustness",
                _("Robustness"),
                "shield",
                _("Noise, blur, weather, attacks and changed scenes: what remains of teacher, control and students."),
            ),
        ],
        _("Measure"): [
            _page(
                "compare",
                _("Compare"),
                "scatter_plot",
                _("Accuracy, size and latency of what was trained, against each other."),
            ),
            _page(
                "benchmark",
                _("Benchmark"),
                "speed",
                _("The same networks timed in your browser, on the server and on every device in the room."),
            ),
            _page(
                "playground",
                _("Playground"),
                "draw",
                _("Draw, and teacher and students answer inside your browser, at every stroke."),
            ),
        ],
    }
)
lookup.one_by_one()
clicks.pass_on()
address.refuse_infinite()
address.begin()
sidebar.name(dark=style.dark())
with st.sidebar:
    appearance.readable(dark=style.dark())
    with trouble.guarded(aside=_("What is training cannot be told now.")):
        sidebar.queue(ui.lab(), own_voices.called)
    sidebar.browser()
    translation.follow()
    clipboard.offer()
actions.told()
address.enters(screen.url_path)
with trouble.guarded(), ui.lab().steady():
    screen.run()
    address.bar(screen.url_path)
    # Who reads the first page does not wait for torch, and who then trains does not either.
    ui.lab().warm_up()
