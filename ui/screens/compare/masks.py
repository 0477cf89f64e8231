"""Tab Disagreements of a task of segmentation: test scenes beside the masks of labels, teacher and student."""

import html

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

SHOWN, WIDE_PX, GAP_PX = 8, 380, 3


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
    _legend(lab.catalog.classes(cohort.task()))
    with st.grid(2, min_column_width=330, gap="small"):
        for scene in found[:SHOWN]:
            with st.container(gap="xsmall"):
                _row(scene, test.images_NHWC[scene.index], test.labels_N[scene.index])


def _row(scene: DisputedScene, image_HWC: np.ndarray, labels_HW: np.ndarray) -> None:
    differ_HW = scene.student_HW != scene.teacher_HW
    share = words.percent(scene.share, digits=0)
    told = _("Scene {index}: they differ on {share} of its pixels", index=scene.index, share=share)
    pictures = [image_HWC.repeat(3, axis=2)] if image_HWC.shape[2] == 1 else [image_HWC]
    pictures += [painted.coloured(classes_HW) for classes_HW in (labels_HW, scene.teacher_HW, scene.student_HW)]
    pictures.append(np.where(differ_HW[..., None], painted.MARKED, image_HWC).astype(np.uint8))
    st.image(enlarged(_beside(pictures), WIDE_PX), alt=told)
    st.caption(told)


def _beside(pictures: list[np.ndarray]) -> np.ndarray:
    """(H, W, 3) images in a row, with white gaps between them."""
    gap = np.full((len(pictures[0]), GAP_PX, 3), 255, np.uint8)
    return np.concatenate([part for picture in pictures for part in (picture, gap)][:-1], axis=1)


def _legend(classes: tuple[str, ...]) -> None:
    swatches = "".join(
        f'<span style="display:inline-flex;align-items:center;gap:.35em;margin-right:1em">'
        f'<span aria-hidden="true" style="width:.9em;height:.9em;border-radius:2px;background:{colour}"></span>'
        f"{html.escape(_(name))}</span>"
        for name, colour in zip(classes, painted.COLOURS, strict=False)
    )
    st.html(f'<div style="font-size:.875rem">{swatches}</div>')
