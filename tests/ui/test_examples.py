"""What examples look like: an image as it is, the features of a recording as a map, a text as a text."""

from dataclasses import replace
from urllib.parse import unquote

import numpy as np

from distill_core.tasks import TASKS, Split
from distill_core.tasks.base import EXAMPLE
from distill_core.tasks.sound import mfcc
from distill_core.tasks.sound.dataset import Recordings
from distill_core.tasks.text.texts import LabelledTexts
from ui.examples import Examples, can_be_seen, tones, written

LABEL_1 = np.array([0])


def test_an_image_is_itself():
    image_HWC = np.arange(4, dtype=np.uint8).reshape(2, 2, 1)
    found = Examples(task=TASKS.get("digits"), part=Split(image_HWC[None], LABEL_1))
    assert np.array_equal(found.picture(0), image_HWC)
    assert (len(found), found.text(0)) == (1, "")
    assert found.source(0).startswith("data:image/png")


def test_a_recording_is_a_map_with_high_coefficients_above_and_the_mean_in_the_middle():
    values_NTC = np.full((1, mfcc.FRAMES, mfcc.COEFFICIENTS), mfcc.ZERO, np.uint8)
    values_NTC[0, 2, 0], values_NTC[0, 3, 12] = 0, 255
    part = Recordings(
        values_NTC=values_NTC,
        means_NC=np.full((1, mfcc.COEFFICIENTS), mfcc.ZERO, np.uint8),
        frames_N=np.array([mfcc.FRAMES]),
        labels_N=LABEL_1,
        speakers_N=LABEL_1,
    )
    image_HWC = Examples(task=TASKS.get("spoken_digits"), part=part).picture(0)
    assert image_HWC.shape == (3 * mfcc.COEFFICIENTS, mfcc.FRAMES, 3)
    assert np.array_equal(image_HWC[-1, 2], tones()[0])
    assert np.array_equal(image_HWC[0, 3], tones()[255])
    assert np.array_equal(image_HWC[18, 20], tones()[128])


def test_a_text_is_a_text_and_where_none_can_stand_a_picture_of_it():
    found = Examples(task=TASKS.get("languages"), part=LabelledTexts(("a < b & ünder", "x" * 200), LABEL_1))
    assert found.text(0) == "a < b & ünder"
    assert found.picture(0) is None
    assert found.text(1) == "x" * 64 + "…"
    assert "a &lt; b &amp; ünder</text>" in unquote(found.source(0, 168))
    assert unquote(found.source(0, 38)).count("<text") == 2
    assert unquote(written("x" * 200)).count("<text") == 7
    assert unquote(written("x" * 200)).endswith("…</text></g></svg>")


def test_a_kind_that_is_not_known_cannot_be_seen():
    assert [can_be_seen(TASKS.get(name)) for name in ("digits", "speakers", "languages")] == [True] * 3
    assert not can_be_seen(replace(TASKS.get("digits"), kind=EXAMPLE))
