"""The Playground and scenes: what the browser is given, the teacher that ships alone, and what an address may ask."""

import base64
import shutil

import numpy as np
import pytest

from distill_core.tasks.base import IGNORE
from distill_core.tasks.segmentation.dataset import Scenes
from tests.pages.test_playground import said, stage
from ui.networks.masks import COLOURS
from ui.screens.playground.scenes import scene

TASK = "scenes"


@pytest.fixture
def trained_digits(home, trained_once):
    """A home with an experiment of another task."""
    shutil.copytree(trained_once, home, dirs_exist_ok=True)


def test_the_playground_gives_scenes_with_their_masks_and_the_colours_of_compare(screen, lab):
    page = screen("playground", alone=TASK, sample="7", shift="3", brightness="-0.2", mask="entropy", outline="no")
    assert not page.exception
    given, test = stage(page), lab.tasks.load(TASK).test
    assert (given["task"]["kind"], given["task"]["size_px"], given["task"]["ground"]) == ("scene", 48, 110)
    assert given["task"]["colours"] == list(COLOURS[:6])
    assert [one["index"] for one in given["samples"]] == list(range(12))
    for one in (*given["samples"], given["sample"]):
        pixels, mask = (np.frombuffer(base64.b64decode(one[name]), np.uint8) for name in ("pixels", "mask"))
        assert np.array_equal(pixels, test.images_NHWC[one["index"]].ravel())
        assert np.array_equal(mask, test.labels_N[one["index"]].ravel())
        assert one["held"] == sorted(set(mask.tolist()))
    assert given["sample"]["index"] == 7
    assert given["drift"] == {"rotation": 0.0, "blur": 0.0, "noise": 0.0, "shift": 3.0, "brightness": -0.2}
    assert given["look"] == {"show": "entropy", "outline": False}
    [link] = [code.value for code in page.code]
    assert {"shift=3", "brightness=-0.2", "mask=entropy", "outline=no", "sample=7"} <= set(
        link.split("?")[1].split("&")
    )


def test_beyond_all_bounds_the_playground_draws_scenes_as_at_first(screen):
    page = screen("playground", alone=TASK, shift="99", brightness="-7", mask="teapot", rotation="nan")
    assert not page.exception
    given = stage(page)
    assert given["drift"] == {"rotation": 0.0, "blur": 0.0, "noise": 0.0, "shift": 16.0, "brightness": -0.5}
    assert given["look"] == {"show": "classes", "outline": True}


def test_the_teacher_that_ships_answers_alone_where_nothing_was_trained(screen):
    empty = screen("playground")
    assert "There is no network to answer yet" in said(empty)
    assert stage(empty) is None
    page = screen("playground", alone=TASK)
    assert not page.exception
    given = stage(page)
    assert [(one["role"], one["file"]) for one in given["networks"]] == [("teacher", "../shipped/scenes_unet.onnx")]
    assert given["sample"]["index"] == 12
    assert "alone=scenes" in page.code[0].value


def test_beside_experiments_of_other_tasks_a_teacher_alone_can_be_chosen(trained_digits, screen):
    page = screen("playground")
    assert stage(page)["task"]["name"] == "digits"
    page.selectbox(key="alone").select(TASK).run()
    assert not page.exception
    assert [one["role"] for one in stage(page)["networks"]] == ["teacher"]
    page.selectbox(key="alone").select("").run()
    assert stage(page)["task"]["name"] == "digits"


def test_a_task_that_has_no_teacher_alone_leaves_the_experiments(trained_digits, screen):
    page = screen("playground", alone="teapots")
    assert not page.exception
    assert stage(page)["task"]["name"] == "digits"


def test_void_pixels_have_no_class_on_the_playground(screen, lab):
    mask_NHW = np.zeros((1, 48, 48), np.int64)
    mask_NHW[0, 0, :2] = IGNORE, 5
    split = Scenes(np.zeros((1, 48, 48, 1), np.uint8), mask_NHW)
    found = scene(split, 0)
    assert list(base64.b64decode(found["mask"])[:3]) == [255, 5, 0]
    assert found["held"] == [0, 5]
