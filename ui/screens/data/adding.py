"""The form that takes in a zip file, and how far that is."""

from functools import partial
from pathlib import PurePosixPath

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

import ui
from distill_core.jobs.background_task import TaskStatus
from distill_core.lab import Lab
from distill_core.tasks.own.sample import sample_zip
from ui.jobs import actions
from ui.screens.data import listed, room, settings
from ui.shell import tabs, trouble
from ui.text import times, words
from ui.text.language import N_, Texts, _

__all__ = ["empty", "form", "sample"]

PERIOD_SECONDS = 0.5
BEGUN, ROUND = room.KEPT, "own_round"
WAYS = Texts({"file": N_("From a file"), "camera": N_("Camera"), "microphone": N_("Microphone")})


def empty() -> None:
    """What to do where there are no data yet."""
    st.info(
        _(
            "Bring pictures, recordings, texts or tables of at least two classes, eight of each or more, or record "
            "them here with the camera or the microphone. Or try it with the lab's own sample."
        ),
        icon=":material/add_photo_alternate:",
        title=_("No data of your own yet"),
    )


def sample() -> None:
    """The lab's own small zip file."""
    st.download_button(
        _("Sample zip: circles, squares, triangles"),
        sample_zip,
        "shapes.zip",
        "application/zip",
        key="own_sample",
        icon=":material/download:",
        on_click="ignore",
    )


def form(lab: Lab) -> None:
    """The fields of new data, or how far those are that are taken in."""
    running = _runs(lab.own_data.adding())
    trouble.fragment(_progress, PERIOD_SECONDS if running else None)(lab, running)
    if running:
        return
    _ended(lab)
    by_file, by_camera, by_microphone = tabs.draw("own_way", WAYS, on_change="rerun")
    with by_file:
        _upload()
    for tab, record in ((by_camera, room.camera), (by_microphone, room.microphone)):
        if tab.open:
            with tab:
                record(lab)


def _upload() -> None:
    """The fields of a file."""
    number = st.session_state.get(ROUND, 0)
    most = st.get_option("server.maxUploadSize")
    file = st.file_uploader(_("File"), type=settings.ENDINGS, key=f"own_file_{number}", max_upload_size=most)
    st.caption(_(settings.LAYOUT))
    usual = PurePosixPath(file.name).stem[:64] if file else ""
    key = f"own_title_{number}_{usual}"
    title = st.text_input(_("Name"), usual, key=key, max_chars=64)
    kind = settings.of_file(file)
    st.button(
        _("Add"),
        key="own_add",
        type="primary",
        icon=":material/add:",
        disabled=file is None or not title.strip(),
        on_click=_start,
        args=(file, key, kind),
    )


def _start(file: UploadedFile, key: str, kind: str) -> None:
    actions.tried(partial(_begin, file, key, kind))


def _begin(file: UploadedFile, key: str, kind: str) -> None:
    chosen, told = settings.chosen(kind, file), settings.told()
    ui.lab().own_data.start(file.getvalue(), st.session_state[key], chosen, **told)
    st.session_state[BEGUN] = True


def _runs(status: TaskStatus | None) -> bool:
    return status is not None and not status.finished


def _progress(lab: Lab, was_running: bool) -> None:
    status = lab.own_data.adding()
    if _runs(status) != was_running:
        st.rerun()
    if status is not None and not status.finished:
        text = " · ".join(filter(None, (words.told(status.title), words.told(status.step), times.left(status))))
        st.progress(status.done / status.total, text=words.plain(text))
        st.button(_("Stop"), icon=":material/stop:", key="own_stop", on_click=lab.own_data.stop)


def _ended(lab: Lab) -> None:
    """What became of the data that this visitor began to add, once."""
    status = lab.own_data.adding()
    if status is None or not st.session_state.pop(BEGUN, False):
        return
    if status.error:
        st.warning(words.sentence(status.error), title=_("These data were not added"))
    elif status.stopped:
        st.info(_("Stopped: nothing was kept."))
    else:
        st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1  # another uploader, which is empty
        st.session_state[listed.KEY] = next(
            (data.name for data in lab.own_data.listed() if data.title == status.title), None
        )
        st.success(_("Added {title}.", title=words.plain(status.title)), icon=":material/check_circle:")
