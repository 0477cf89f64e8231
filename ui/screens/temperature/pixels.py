"""Explore for tasks with a class a pixel: a scene and one of its pixels are chosen, and each picture of the page is of
that pixel; under it the whole scene, coloured by what T does to every pixel of it.

N pixels, row by row; C classes; K scenes whose answers are kept, of H W pixels each.
"""

import base64
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from distill_core.evaluation.softening import entropy_bits_N, soften_NC
from distill_core.reports.prediction_sources import Predictions
from distill_core.tasks import IGNORE, Task
from distill_core.tasks.segmentation import PIXEL
from ui.examples import Examples, tones
from ui.findings import softening
from ui.findings.sentences import say
from ui.forms import fields
from ui.kept import derived, kept
from ui.networks import masks
from ui.screens.temperature.lens import Lens
from ui.text import words
from ui.text.language import N_, Texts, _
from ui.thumbnails import enlarged

__all__ = ["Pixels", "at_pixel", "by_pixel", "choose", "flat", "of_pixels", "show"]

ROW, COLUMN, COLOURED = "pixel_row", "pixel_column", "pixel_map"
ENTROPY, FIRST = "entropy", "first"
COLOURINGS = Texts({ENTROPY: N_("Entropy"), FIRST: N_("Probability of the pixel's first class")})
LARGEST_INT16 = 2**15 - 1
_component = st.components.v2.component(
    "pixels",
    html='<div class="pixels"></div>\n',
    css=Path(__file__).with_suffix(".css").read_text(encoding="utf-8"),
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pixels(Examples):
    """The pixels of one scene as examples; each is shown as the scene with a frame around it."""

    scene: int

    @property
    def labels_N(self) -> np.ndarray:
        labels_N: np.ndarray = self.part.labels_N[self.scene].reshape(-1)
        return labels_N

    def __len__(self) -> int:
        return len(self.labels_N)

    @property
    def image_HWC(self) -> np.ndarray:
        image_HWC: np.ndarray = self.part.images_NHWC[self.scene]
        return image_HWC

    def picture(self, index: int) -> np.ndarray:
        return masks.framed(self.image_HWC, *divmod(index, self.image_HWC.shape[1]))

    def source(self, index: int, side_px: int | None = None) -> str:
        return enlarged(self.picture(index), side_px or self.image_HWC.shape[1])


def flat(logits_KCHW: np.ndarray) -> np.ndarray:
    """(N, C) float32 of the pixels of all scenes, which are kept in half precision; made once for such an array."""

    def rows() -> np.ndarray:
        return np.moveaxis(logits_KCHW, 1, -1).reshape(-1, logits_KCHW.shape[1]).astype(np.float32)

    found: np.ndarray = derived(logits_KCHW, "pixels", rows)
    return found


def by_pixel(predictions: Predictions) -> Predictions:
    """The same answers with a row a pixel."""
    return replace(
        predictions,
        valid_logits_NC=flat(predictions.valid_logits_NC),
        test_logits_NC=flat(predictions.test_logits_NC),
        test_labels_N=predictions.test_labels_N.reshape(-1),
    )


def of_pixels(task: Task) -> Task:
    """The task, whose pages then speak of pixels."""
    return replace(task, kind=PIXEL)


def choose(test: Examples, count: int, teacher_NC: np.ndarray) -> tuple[int, int, int]:
    """Scene, row and column: fields, which a click on the scene fills in. The pixel is at first the one of which the
    teacher is least sure. ``teacher_NC``: its logits at the pixels of ``count`` scenes."""
    height, width = test.part.labels_N.shape[1:]
    for key, last in (("image", count - 1), (ROW, height - 1), (COLUMN, width - 1)):
        if (value := st.session_state.get(key)) is not None:
            st.session_state[key] = min(max(int(value), 0), last)
    columns = st.columns(3)
    help_scene = _("0 to {last}: the scenes whose answers are kept.", last=words.number(count - 1))
    with columns[0]:
        scene = st.number_input(_("Test scene"), 0, count - 1, key="image", bind="query-params", help=help_scene)
    size = height * width
    unsure = int(entropy_bits_N(soften_NC(teacher_NC[int(scene) * size : (int(scene) + 1) * size], 1.0)).argmax())
    with columns[1]:
        row = st.number_input(_("Row of the pixel"), 0, height - 1, unsure // width, key=ROW, bind="query-params")
    with columns[2]:
        column = st.number_input(
            _("Column of the pixel"), 0, width - 1, unsure % width, key=COLUMN, bind="query-params"
        )
    return int(scene), int(row), int(column)


def at_pixel(lens: Lens, scene: int, row: int, column: int) -> Lens:
    """The lens on one pixel of a scene, among those of that scene; on the nearest with a class where it is void."""
    test = Pixels(task=lens.test.task, part=lens.test.part, scene=scene)
    size, width = len(test), test.image_HWC.shape[1]
    known = np.flatnonzero(test.labels_N != IGNORE)
    index = int(known[np.abs(known - (row * width + column)).argmin()])
    rows = slice(scene * size, (scene + 1) * size)
    return replace(
        lens,
        stamp=(*lens.stamp, str(scene)),
        teacher=replace(lens.teacher, test_logits_NC=lens.teacher.test_logits_NC[rows]),
        student=replace(lens.student, test_logits_NC=lens.student.test_logits_NC[rows]),
        test=test,
        labels_N=test.labels_N,
        index=index,
        number=_("({row}, {column}) of scene {scene}", scene=scene, row=index // width, column=index % width),
    )


def show(lens: Lens) -> None:
    """The scene beside a map a network, all of which can be clicked: the map follows the slider while it is dragged."""
    chosen = st.segmented_control(
        _("Colour each pixel by"),
        list(COLOURINGS),
        default=ENTROPY,
        required=True,
        key=COLOURED,
        bind="query-params",
        **fields.titled(COLOURED, COLOURINGS),
    )
    known = kept(("pixels", *lens.stamp), lambda: _data(lens))
    first = int(lens.teacher_1C.argmax())
    named = _("P({name}) in %", name=lens.classes[first]) if chosen == FIRST else _("entropy in bits")
    most = "100" if chosen == FIRST else words.number(float(np.log2(len(lens.classes))), 2)
    _component(
        key="pixels",
        data={
            **known,
            "T": words.exact(lens.temperature),
            "values": {words.exact(temperature): temperature for temperature in lens.temperatures},
            "first": first if chosen == FIRST else None,
            "chosen": divmod(lens.index, lens.test.image_HWC.shape[1]),  # type: ignore[attr-defined]
            "legend": [named, "0", most],
        },
        on_picked_change=_pick,
    )
    st.markdown(say(_of_scene(lens)))


def _data(lens: Lens) -> dict[str, Any]:
    test = lens.test
    image_HWC = test.image_HWC  # type: ignore[attr-defined]
    networks = ((_("Teacher"), lens.teacher), (_("Student"), lens.student))
    return {
        "stamp": "/".join(lens.stamp),
        "size": image_HWC.shape[:2],
        "scene": enlarged(image_HWC, 2 * image_HWC.shape[1]),
        "scene_title": _("Scene"),
        "tones": base64.b64encode(tones().astype(np.uint8).tobytes()).decode(),
        "maps": [{"title": title, **_packed(network.test_logits_NC)} for title, network in networks],
    }


def _packed(logits_NC: np.ndarray) -> dict[str, Any]:
    """Logits in 16 bits, since a scene has thousands."""
    step = max(float(np.abs(logits_NC).max()), 1e-6) / LARGEST_INT16
    return {"step": step, "logits": base64.b64encode(np.rint(logits_NC / step).astype("<i2").tobytes()).decode()}


def _of_scene(lens: Lens) -> softening.SceneEntropy:
    cold, warm = (
        float(entropy_bits_N(soften_NC(lens.teacher.test_logits_NC, T)).mean()) for T in (1.0, lens.temperature)
    )
    return softening.SceneEntropy(
        cold=cold,
        warm=None if lens.temperature == 1 else warm,
        temperature=lens.temperature,
        pixels=len(lens.labels_N),
        classes=len(lens.classes),
    )


def _pick() -> None:
    picked = st.session_state["pixels"].picked
    if isinstance(picked, list | tuple) and len(picked) == 2:
        st.session_state[ROW], st.session_state[COLUMN] = (int(place) for place in picked)
