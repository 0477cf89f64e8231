"""How the examples of a file are read: the fields of its kind, which its ending tells."""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from distill_core.lab.own_data import SCENE_SIDE_PX, SIDE_PX
from distill_core.tasks.own.csv_rows import ENCODINGS
from distill_core.tasks.own.masks import MOST_CLASSES as MOST_MASK_CLASSES
from distill_core.tasks.own.scene_import import MOST_CLASSES
from ui.forms import fields
from ui.screens.data import table
from ui.text.language import N_, Texts, _

__all__ = ["ENDINGS", "LAYOUT", "chosen", "of_file", "pictures", "told"]

SIDES_PX, SCENE_SIDES_PX = (16, 28, 32, 48, 64), (32, 48, 64)
SCENE = "own_scene"
ENDINGS = ("zip", "csv", "tsv")
LAYOUT = N_(
    "Pictures or recordings: a zip file with a folder for each class (`pets/cat/1.jpg`, `pets/dog/1.jpg`). Folders "
    "called `train`, `valid` and `test` around them are kept as the parts; else 70 : 15 : 15 of each are drawn.  \n"
    "Pictures with masks: `images/1.jpg` with `masks/1.png` and a `classes.txt`, or COCO's lists of outlines.  \n"
    "Texts or tables: a CSV or TSV file with a column of texts, or with columns of numbers and categories, and one of "
    "labels, and where you like a column `part`."
)

IN_FOLDERS = Texts({"images": N_("Pictures"), "scenes": N_("Pictures with masks"), "sounds": N_("Recordings")})
IN_ROWS = Texts({"texts": N_("Texts"), "tables": N_("Numbers and categories")})


def of_file(file: UploadedFile | None) -> str:
    """The fields for a file, those of pictures where there is none yet; their kind."""
    in_rows = file is not None and PurePosixPath(file.name).suffix.casefold() in (".csv", ".tsv")
    kind = _held("own_rows", IN_ROWS) if in_rows else _held("own_kind", IN_FOLDERS)
    if file is not None and kind == "tables":
        table.draw(file)
    else:
        {"texts": _texts, "images": _images, "scenes": _scenes, "sounds": _sounds}[kind]()
    with st.expander(_("Source and licence")):
        st.text_input(_("Source"), key="own_source", max_chars=500)
        st.text_input(_("Licence"), key="own_licence", max_chars=500)
    return kind


def chosen(kind: str, file: UploadedFile) -> dict[str, Any]:
    """What the fields of a kind say now: a click may come together with the last word that was written."""
    if kind == "tables":
        return table.chosen(file)
    names = {
        "texts": ("text", "label", "encoding"),
        "images": ("side_px", "mirrored"),
        "scenes": ("side_px", "mirrored", "most_classes"),
        "sounds": (),
    }[kind]
    begin = SCENE if kind == "scenes" else "own"
    return {"kind": kind, **{name: st.session_state[f"{begin}_{name}"] for name in names}}


def told() -> dict[str, str]:
    """Where the data are from."""
    return {name: st.session_state[f"own_{name}"] for name in ("source", "licence")}


def _held(key: str, kinds: Texts) -> str:
    """What a file holds."""
    titled = fields.titled(key, kinds)
    first, *_others = kinds
    return str(st.segmented_control(_("What it holds"), list(kinds), default=first, required=True, key=key, **titled))


def _sounds() -> None:
    st.caption(
        _(
            "Files as wav, flac, ogg or mp3, of a tenth of a second to ten seconds. Networks hear the middle second. "
            "No sound is kept. A table `speakers.csv` (columns file and speaker) keeps each voice in one part."
        )
    )


def _images() -> None:
    pictures("own")


def _scenes() -> None:
    st.caption(
        _(
            "Values of a mask are its classes, 255 and those that `classes.txt` does not name are none. Of outlines a "
            "smaller object lies on top of a larger one, and a crowd is no class."
        )
    )
    pictures(SCENE, SCENE_SIDES_PX, SCENE_SIDE_PX)
    st.number_input(
        _("Classes beside the ground, at most"),
        1,
        MOST_MASK_CLASSES - 1,
        MOST_CLASSES,
        key=f"{SCENE}_most_classes",
        help=_("Of lists of outlines: the most frequent. Pixels of all others count as no class."),
    )


def pictures(key: str, sides_px: Sequence[int] = SIDES_PX, usual_px: int = SIDE_PX) -> dict[str, Any]:
    """The fields of pictures, and what they say; their keys begin with ``key``."""
    side_px = st.segmented_control(
        _("Side in pixels"),
        sides_px,
        default=usual_px,
        required=True,
        key=f"{key}_side_px",
        help=_("Each picture is cut square in its middle and made this large. Twice the side is four times the work."),
    )
    mirrored = st.toggle(
        _("A mirrored picture is of the same class"),
        True,
        key=f"{key}_mirrored",
        help=_("On for animals and things, which training then sees from both sides; off for letters and digits."),
    )
    return {"side_px": side_px, "mirrored": mirrored}


def _texts() -> None:
    with st.container(horizontal=True):
        st.text_input(_("Column of texts"), "text", key="own_text", max_chars=200)
        st.text_input(_("Column of labels"), "label", key="own_label", max_chars=200)
    st.selectbox(
        _("Encoding"),
        ENCODINGS,
        key="own_encoding",
        help=_("UTF-8 in most files of today. Others cannot be told from each other, so they are not guessed."),
    )
