"""The glossary on its page: chapters of cards, an anchor a term."""

import base64
import re
from html import escape

import streamlit as st

from ui.networks import style
from ui.networks.style import Theme
from ui.screens.glossary import CHAPTERS
from ui.screens.glossary.pen import Term
from ui.text import words
from ui.text.language import _

__all__ = ["matching", "show"]


def show(wanted: str) -> None:
    """All terms by chapter, or those that have the text ``wanted``."""
    found = matching(wanted)
    if not found:
        st.info(_("No term has “{wanted}” in its title or its sentence.", wanted=words.plain(wanted)))
    colours = style.theme(style.dark())
    for chapter, terms in found.items():
        st.header(_(chapter))
        with st.grid(3, min_column_width=260):
            for term in terms:
                with st.container(border=True, height="stretch"):
                    st.subheader(_(term.title), anchor=term.key)
                    st.markdown(_(term.sentence))
                    st.html(_image(term, colours))


def _image(term: Term, colours: Theme) -> str:
    # Streamlit takes SVG elements out of HTML, and leaves images.
    source = base64.b64encode(term.picture(colours).encode()).decode()
    look = "display: block; width: 100%; max-width: 360px;"
    return f'<img src="data:image/svg+xml;base64,{source}" alt="{escape(_(term.alt))}" style="{look}">'


def matching(wanted: str) -> dict[str, tuple[Term, ...]]:
    """The terms of each chapter in whose title, key or sentence a word begins with the text; chapters without one are
    left out."""
    text = re.compile(rf"(?<!\w){re.escape(wanted.strip().casefold())}")
    found = {
        chapter: tuple(term for term in terms if text.search(_searched(term))) for chapter, terms in CHAPTERS.items()
    }
    return {chapter: terms for chapter, terms in found.items() if terms}


def _searched(term: Term) -> str:
    return f"{_(term.title)} {term.key} {_(term.sentence)}".casefold()
