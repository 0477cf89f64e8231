"""Tab Disagreements of a task of segmentation: test scenes beside the masks of labels, teacher and student."""

import numpy as np
import pandas as pd
import streamlit as st

from distill_core.lab import Lab
from distill_core.reports.masks import DisputedScene
from ui.networks import masks as painted
from ui.screens.compare.cohort import Cohort
from ui.screens.compare.images import pair
from ui.text import words
from ui.text.language import _
from ui.thumbnails import enlarged

__all__ = ["show"]

SHOWN, WIDE_PX = 8, 380


def show(lab: Lab, cohort: Cohort, rows: pd.DataFrame) -> None:
    """The scenes on which teacher and student differ most, five pictures each."""
    chosen = pair(cohort, rows)
    if chosen is None:
        return
    found = lab.reports.disputed_scenes(*chosen)
    test = lab.catalog.parts(cohort.task()).test
    st.caption(
        _(
            "From left to right: the scene, its labels, the teacher, the student, and where these two differ. First "
            "the scenes on which they differ most, of {count} test scenes.",
            count=len(found),
        )
    )
    st.html(painted.legend(lab.catalog.classes(cohort.task())))
    with st.grid(2, min_column_width=330, gap="small"):
        for scene in found[:SHOWN]:
            with st.container(gap="xsmall"):
                _row(scene, test.images_NHWC[scene.index], test.labels_N[scene.index])


def _row(scene: DisputedScene, image_HWC: np.ndarray, labels_HW: np.ndarray) -> None:
    differ_HW = scene.student_HW != scene.teacher_HW
    share = words.percent(scene.share, digits=0)
    told = _("Scene {index}: they differ on {share} of its pixels", index=scene.index, share=share)
    pictures = [painted.in_colours(image_HWC)]
    pictures += [painted.coloured(classes_HW) for classes_HW in (labels_HW, scene.teacher_HW, scene.student_HW)]
    pictures.append(np.where(differ_HW[..., None], painted.MARKED, image_HWC).astype(np.uint8))
    st.image(enlarged(painted.beside(pictures), WIDE_PX), alt=told)
    st.caption(told)
