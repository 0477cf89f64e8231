"""Classes from the room: a component that records them by camera or microphone, in the browser until they are kept."""

from pathlib import Path
from typing import Any

import streamlit as st

from distill_core.lab import Lab
from ui.browser import addresses, classes, scripts, texts
from ui.browser.styles import with_controls
from ui.screens.data import settings
from ui.text import words
from ui.text.language import N_, _

__all__ = ["camera", "microphone"]

KEPT = "own_begun"
INSTEAD = {
    "images": N_(
        "Open the lab on the computer that runs it, by an address that begins with http://localhost, or start it with "
        "make run-lan, which gives it https. Or take the pictures with any camera and add them as a zip file."
    ),
    "sounds": N_(
        "Open the lab on the computer that runs it, by an address that begins with http://localhost, or start it with "
        "make run-lan, which gives it https. Or record with any program and add the files as a zip file."
    ),
}
_component = st.components.v2.component(
    "room",
    html='<div class="room"><p>…</p>\n</div>',
    css=with_controls(Path(__file__).with_name("room.css")),
    js=scripts.component("room"),
)


def camera(lab: Lab) -> None:
    """Classes of pictures."""
    with st.expander(_("How pictures are kept")):
        chosen = settings.pictures("own_room")
    _show(lab, "images", chosen)


def microphone(lab: Lab) -> None:
    """Classes of recordings."""
    _show(lab, "sounds", {})


def _show(lab: Lab, kind: str, chosen: dict[str, Any]) -> None:
    if lacking := addresses.missing():
        st.warning(words.sentence(lacking), title=_("Nothing can be recorded here"))
        return
    st.caption(
        _(
            "What is recorded stays in this browser until you keep it. Then it is on this lab alone, where **Delete** "
            "removes it for good."
        )
    )
    known = addresses.addresses()
    _component(
        key=f"own_room_{kind}",
        data={
            "scripts": known["scripts"],
            "address": known["classes"],
            "spoken": texts.spoken("room", texts.MODULES),
            "kind": kind,
            "settings": chosen,
            "most": dict(classes.MOST),
            "least": classes.LEAST,
            "titles": [data.title for data in lab.own_data.listed()],
            "instead": _(INSTEAD[kind]),
        },
        on_kept_change=_kept,
    )


def _kept() -> None:
    st.session_state[KEPT] = True
