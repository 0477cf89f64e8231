"""Scenes under corruptions and attacks: labels of pixels stay right, gradients are of all pixels, mean IoU counts."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from distill_core.robustness.attacks import scaled_loss_B
from distill_core.robustness.corruptions import CORRUPTIONS, SEVERITIES, corrupted, corruptions_of
from distill_core.robustness.evaluate import Condition, RunLogits, conditions, score_condition
from distill_core.robustness.kinds import kind_of
from distill_core.tasks import TASKS, null_sink
from distill_core.tasks.base import IGNORE
from distill_core.tasks.segmentation.dataset import Scenes
from distill_core.tasks.segmentation.drawing import draw_scene
from distill_core.tasks.segmentation.scenes import GARMENTS
from tests.store.records import a_run

pytestmark = pytest.mark.anywhere

SCENES = TASKS.get("scenes")


def a_part(count: int = 2, label: int = 0) -> Scenes:
    images_NHWC = np.random.default_rng(0).integers(60, 200, (count, 48, 48, 1)).astype(np.uint8)
    return Scenes(images_NHWC, np.full((count, 48, 48), label, np.int64))


def a_threshold() -> nn.Module:
    """Brighter pixels are rather of class 1, and no other class is ever meant."""
    network = nn.Conv2d(1, 6, 1)
    with torch.no_grad():
        network.weight.zero_()
        network.weight[1] = 1.0
        network.bias.copy_(torch.tensor([0.0, 0.0, -9.0, -9.0, -9.0, -9.0]))
    return network


def test_what_moves_a_garment_is_left_out_and_all_else_is_there() -> None:
    fitting = {one.name for one in corruptions_of(SCENES)}
    of_images = {one.name for one in CORRUPTIONS if one.kind == "image"}
    assert {f"scene_{name}" for name in of_images} - fitting == {"scene_elastic", "scene_zoom_blur"}
    assert all(one.levels != CORRUPTIONS.get(one.name.removeprefix("scene_")).levels for one in corruptions_of(SCENES))
    assert {one.name for one in corruptions_of(TASKS.get("digits"))} == of_images
    assert len(conditions(SCENES, 100, attacks=())) == 1 + 13 * 5


@pytest.mark.parametrize("name", ["gaussian_noise", "glass_blur", "motion_blur", "pixelate", "jpeg"])
def test_an_edge_stays_where_its_label_is(name: str) -> None:
    """Two halves of a scene, apart in grey: their border may fade, but its middle does not move by a pixel."""
    images_NHWC = np.full((32, 48, 48, 1), 60, np.uint8)
    images_NHWC[:, :, 24:] = 190
    spoiled = kind_of(SCENES).corrupted(Scenes(images_NHWC, np.zeros((32, 48, 48), np.int64)), f"scene_{name}", 3, 0)
    mean_W = spoiled.images_NHWC.astype(float).mean((0, 1, 3))
    assert abs(int((mean_W < mean_W.mean()).sum()) - 24) <= 1


def test_each_severity_changes_drawn_scenes_more_than_the_one_below() -> None:
    garments = GARMENTS.load(Path(), null_sink).valid
    drawn = [draw_scene(garments.images_NHWC[..., 0], garments.labels_N, 2, number)[0] for number in range(40)]
    images_NHWC = np.stack(drawn)[..., None]
    for one in corruptions_of(SCENES):
        spoiled = [corrupted(images_NHWC, one.name, severity, 0).astype(float) for severity in SEVERITIES]
        distances = [0.0, *(np.abs(part - images_NHWC).mean() for part in spoiled)]
        assert all(low < high for low, high in pairwise(distances)), (one.name, distances)


def test_a_corrupted_scene_keeps_its_labels() -> None:
    part = a_part(label=3)
    spoiled = kind_of(SCENES).corrupted(part, "scene_fog", 3, 0)
    assert spoiled.images_NHWC.shape == part.images_NHWC.shape
    assert (spoiled.images_NHWC != part.images_NHWC).any()
    assert (spoiled.labels_N == part.labels_N).all()


def test_a_step_follows_the_label_of_each_pixel() -> None:
    """Ground on the left, another class on the right: each half becomes what it is not."""
    part, attacked = a_part(), kind_of(SCENES).attacked
    part.labels_N[:, :, 24:] = 1
    assert attacked is not None
    moved = attacked(a_threshold(), SCENES, part, "fgsm", 8.0)
    mean, std = SCENES.images.mean[0], SCENES.images.std[0]
    steps_NHW = 255 * (moved.inputs[:, 0] * std + mean) - part.images_NHWC[..., 0]
    assert steps_NHW[:, :, :24] == pytest.approx(8.0, abs=1e-3)
    assert steps_NHW[:, :, 24:] == pytest.approx(-8.0, abs=1e-3)
    assert not moved.unmoved_N.any()


def test_a_pixel_without_a_target_pulls_nowhere() -> None:
    logits_BCHW = torch.zeros(1, 2, 1, 2)
    logits_BCHW[0, 1, 0, 0] = 3.0
    losses_BHW = scaled_loss_B(logits_BCHW, torch.tensor([[[0, IGNORE]]]))
    assert losses_BHW[0, 0].tolist() == [pytest.approx(12.0, abs=1e-4), 0.0]


def test_a_trial_counts_by_mean_iou_over_all_pixels() -> None:
    """The upper half is ground and said to be; of the lower half, trousers, half is called ground."""
    part = a_part(1)
    part.labels_N[0, 24:] = 2
    logits_NCHW = np.zeros((1, 6, 48, 48), np.float32)
    logits_NCHW[0, 0], logits_NCHW[0, 2, 36:] = 20.0, 40.0
    trial = score_condition(
        Condition(perturbation="scene_fog", strength=1, images=1),
        a_run(),
        SCENES,
        RunLogits(logits_NC=logits_NCHW),
        part,
    )
    assert trial.accuracy == pytest.approx((24 / 36 + 12 / 24) / 2)
    assert trial.confidence == pytest.approx(1.0)
    assert trial.ece == pytest.approx(0.25)
    assert trial.nll_nats == pytest.approx(0.25 * 20)
