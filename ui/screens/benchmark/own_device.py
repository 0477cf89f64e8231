"""What a visitor may do with the own device: call it otherwise, and take its measurements back."""

from collections.abc import Callable

import streamlit as st

import ui
from distill_core.errors import DistillError
from distill_core.lab import Lab
from ui.text import words
from ui.text.language import _, ngettext

__all__ = ["label", "show"]

NAME, SEEN, TOLD = "device_label", "device_label_seen", "device_told"
LONGEST = 40


def label(lab: Lab, device_id: str) -> str:
    """How the board calls it; empty before it measured or was named."""
    rows = lab.devices.table()
    known = rows.loc[rows["device_id"] == device_id, "label"]
    return str(known.iloc[0]) if len(known) else ""


def show(lab: Lab, device_id: str) -> None:
    rows = lab.devices.table()
    own = rows[rows["device_id"] == device_id].to_dict("records")
    known = own[0]["label"] if own else ""
    if st.session_state.get(SEEN, known) != known:
        st.session_state[NAME] = known  # it was named meanwhile, if only by its first measurement
    st.session_state[SEEN] = known
    st.text_input(
        _("Name of this device"),
        known,
        LONGEST,
        key=NAME,
        placeholder=_("e.g. Ana's phone"),
        on_change=_rename,
        args=(device_id,),
        help=_("Everybody who opens the board sees it."),
    )
    error = st.session_state.pop(TOLD, None)
    if error:
        st.warning(words.sentence(error))
    count = int(own[0]["measurements"]) if own else 0
    if count:
        with st.popover(_("Delete my measurements"), icon=":material/delete:"):
            st.markdown(
                ngettext(
                    "This deletes the name of this device and its {count} measurement, of all networks. It cannot be "
                    "undone; it can be measured again.",
                    "This deletes the name of this device and its {count} measurements, of all networks. It cannot be "
                    "undone; they can be measured again.",
                    count,
                )
            )
            st.button(_("Delete for good"), key="forget_device", on_click=_forget, args=(device_id,))


def _rename(device_id: str) -> None:
    _tried(lambda lab: lab.devices.rename(device_id, st.session_state[NAME]))


def _forget(device_id: str) -> None:
    _tried(lambda lab: lab.devices.forget(device_id))


def _tried(what: Callable[[Lab], None]) -> None:
    try:
        what(ui.lab())
    except DistillError as error:
        st.session_state[TOLD] = error
