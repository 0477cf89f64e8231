"""Experiments as one file: downloaded here, imported here or in another lab."""

from collections.abc import Sequence
from functools import partial

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

import ui
from distill_core.archive import ArchiveHeader
from distill_core.errors import DistillError
from distill_core.lab import Lab
from distill_core.lab.views import JobView
from ui.jobs import actions, live
from ui.text import words
from ui.text.language import N_, _, ngettext

__all__ = ["MOST_MEGABYTES", "download", "offer"]

# Of an upload: as ``maxUploadSize`` in .streamlit/config.toml. The shell takes larger ones.
MOST_MEGABYTES = 64
TAKEN, ROUND, SEEN = "archive_taken", "archive_round", "archive_seen"
HINT = N_("All of an experiment: specification, runs, curves, weights, ONNX files and latencies with their device.")


def download(lab: Lab, jobs: Sequence[JobView]) -> None:
    """A button for the archive of those of these experiments that have ended."""
    ended = [job.id for job in jobs if job.state not in live.ACTIVE]
    name = f"distill_{ended[0] if len(ended) == 1 else 'experiments'}.zip"
    st.download_button(
        _("Archive"),
        partial(lab.archives.pack, ended),
        name,
        "application/zip",
        key="get_archive",
        icon=":material/archive:",
        help=_(HINT),
        disabled=not ended,
        on_click="ignore",
    )


def offer(lab: Lab) -> None:
    """A place to put an archive; what is in it is told before it is imported."""
    taken = st.session_state.pop(TAKEN, None)
    if taken:
        st.success(taken, icon=":material/archive:")
    with st.popover(_("Import an archive"), icon=":material/unarchive:", key="archive_open"):
        st.caption(_("{hint} Latencies of other machines are told as theirs.", hint=_(HINT)))
        key = f"archive_{st.session_state.get(ROUND, 0)}"
        file = st.file_uploader(_("Archive of a lab"), type="zip", key=key, max_upload_size=MOST_MEGABYTES)
        if file is not None:
            _told(lab, file)


def _told(lab: Lab, file: UploadedFile) -> None:
    header = _header(lab, file)
    if isinstance(header, DistillError):
        st.warning(words.sentence(header), title=_("This archive is not imported"))
        return
    made = header.environment.get("cpu")
    parts = [words.size(file.size), _("lab {version}", version=header.lab)]
    parts += [_("made on {cpu}", cpu=made)] if made else []
    st.markdown(f"**{words.plain(header.title)}**")
    st.caption(words.plain(" · ".join([*parts, *([header.licence] if header.licence else [])])))
    st.button(_("Import"), key="archive_import", type="primary", on_click=_take, args=(file,))


def _header(lab: Lab, file: UploadedFile) -> ArchiveHeader | DistillError:
    """What an archive tells of itself, or why it is not taken: read once, whatever else moves on the page."""
    seen: tuple[str, ArchiveHeader | DistillError] | None = st.session_state.get(SEEN)
    if seen is None or seen[0] != file.file_id:
        try:
            seen = file.file_id, lab.archives.look(file.getvalue())
        except DistillError as error:
            seen = file.file_id, error
        st.session_state[SEEN] = seen
    return seen[1]


def _take(file: UploadedFile) -> None:
    lab = ui.lab()
    try:
        job_ids = lab.archives.unpack(file.getvalue())
    except DistillError as error:
        st.session_state[actions.TOLD] = error
        return
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1  # another uploader, which is empty
    st.session_state[TAKEN] = ngettext("Imported {count} experiment.", "Imported {count} experiments.", len(job_ids))
    actions.shown(job_ids[-1])  # what it starts as, where that came along, is older
