"""The invitation to other devices: a QR code and an address under which the page measures by itself."""

from typing import Any

import streamlit as st

from distill_core.browser_measurement import PRECISIONS
from ui.browser.invitation import invitation
from ui.screens.benchmark.choose import Choice
from ui.screens.benchmark.ways import BACKENDS, BATCHES
from ui.shell import share
from ui.text.language import _

__all__ = ["query", "show"]

PAGE = "benchmark"
CODE_PX = 220


def show(choice: Choice) -> None:
    """What a phone has to open, or what keeps it from coming."""
    st.markdown(_("**Bring your phone**"))
    invited = invitation(PAGE, query(choice))
    if invited.url and invited.svg:
        st.image(invited.svg, width=CODE_PX, alt=_("QR code of {url}", url=invited.url))
        st.code(invited.url, language=None, wrap_lines=True)
        st.caption(_("It measures these networks by itself, and appears in the picture."))
    for sentence in invited.sentences:
        st.caption(sentence)
    if not invited.url:
        st.caption(_("Another browser of this computer measures by itself at"))
        st.code(share.link(st.context.url or "", query(choice)), language=None, wrap_lines=True)


def query(choice: Choice) -> dict[str, Any]:
    """As short as it can be: a code with less in it is read from farther away."""
    given = {
        "backend": list(choice.backends) if len(choice.backends) < len(BACKENDS) else [],
        "batch": list(choice.batches) if choice.batches != BATCHES[:1] else [],
        "precision": list(choice.precisions) if choice.precisions != PRECISIONS[:1] else [],
    }
    return {"runs": choice.run_ids, **{key: value for key, value in given.items() if value}, "auto": 1}
