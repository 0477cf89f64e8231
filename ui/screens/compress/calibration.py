"""The images that showed how large a network's activations get, before they were rounded to 8 bits."""

import numpy as np
import streamlit as st

from distill_core.errors import DistillError
from distill_core.lab import Lab
from ui.kept import kept
from ui.screens.compress.pipeline import Pipeline
from ui.text import words
from ui.text.language import _, ngettext

__all__ = ["sheet", "show"]

ACROSS = 32


def show(lab: Lab, pipeline: Pipeline) -> None:
    """An expander for each stage of 8 bits that was calibrated."""
    for place, stage in enumerate(stage for stage in pipeline.done if stage.file == "int8" and stage.run_ids):
        opened = st.expander(
            _("The images that calibrated {stage}", stage=words.plain(stage.name)),
            icon=":material/grid_view:",
            key=f"calibration_{place}",
            on_change="rerun",
        )
        if opened.open:
            with opened:
                _images(lab, stage.run_ids[0])


def _images(lab: Lab, run_id: str) -> None:
    try:
        images_NHWC = kept(("calibration", run_id), lambda: lab.catalog.calibration_images(run_id))
    except DistillError as error:
        st.caption(words.sentence(error))
        return
    if not len(images_NHWC):
        st.caption(_("None: its activations are scaled anew at each run."))
        return
    st.caption(
        ngettext(
            "{count} training image: the scales of 8 bits were read off on it.",
            "{count} training images: the scales of 8 bits were read off on these.",
            len(images_NHWC),
        )
    )
    st.image(
        sheet(images_NHWC),
        width="stretch",
        alt=_("{count} calibration images in rows of {across}", count=len(images_NHWC), across=ACROSS),
    )


def sheet(images_NHWC: np.ndarray, across: int = ACROSS) -> np.ndarray:
    """All images in one, row by row, as uint8 (height, width) or (height, width, 3); what is left over is black."""
    count, height, width, channels = images_NHWC.shape
    across = min(across, count)
    rows = -(-count // across)
    full = np.zeros((rows * across, height, width, channels), dtype=np.uint8)
    full[:count] = images_NHWC
    tiled = full.reshape(rows, across, height, width, channels).swapaxes(1, 2)
    flat = tiled.reshape(rows * height, across * width, channels)
    return flat[..., 0] if channels == 1 else flat
