"""What each kind of corruption does, where that can be worked out by hand."""

import io

import numpy as np
import pytest
from PIL import Image

from distill_core.robustness.corruptions import corrupted
from distill_core.robustness.corruptions.blur import streaks
from distill_core.robustness.corruptions.digital import _coarse, _through_jpeg
from distill_core.robustness.corruptions.planes import convolve, plasma, smooth, warp
from distill_core.robustness.corruptions.random import PerImageRandom


def grey(value: int, count: int = 50, size: int = 28) -> np.ndarray:
    return np.full((count, size, size, 1), value, np.uint8)


def test_gaussian_noise_has_its_deviation() -> None:
    spoiled = corrupted(grey(128), "gaussian_noise", 3, 0).astype(float)
    assert spoiled.mean() == pytest.approx(128, abs=0.5)
    assert spoiled.std() == pytest.approx(0.07 * 255, rel=0.02)


def test_shot_noise_has_the_variance_of_counted_photons_and_spares_black() -> None:
    spoiled = corrupted(grey(102), "shot_noise", 1, 0) / 255
    assert spoiled.mean() == pytest.approx(0.4, abs=0.005)
    assert spoiled.var() == pytest.approx(0.4 / 25, rel=0.05)
    assert (corrupted(grey(0), "shot_noise", 5, 0) == 0).all()


def test_impulse_noise_turns_its_share_black_or_white_and_spreads() -> None:
    weak, strong = (corrupted(grey(128), "impulse_noise", severity, 0) for severity in (1, 5))
    assert set(np.unique(strong)) == {0, 128, 255}
    assert (strong == 0).mean() == pytest.approx(0.08, abs=0.005)
    assert (strong == 255).mean() == pytest.approx(0.08, abs=0.005)
    assert (strong[weak != 128] == weak[weak != 128]).all()


def test_contrast_keeps_the_mean_and_a_known_share_of_the_rest() -> None:
    images = grey(100)
    images[:, :14] = 200
    assert corrupted(images, "contrast", 5, 0)[0, [0, 20], 0, 0].tolist() == [169, 131]  # 150 ± 0.38 · 50


def test_brightness_adds_to_the_brightest_channel_and_keeps_the_hue() -> None:
    pixel = np.array([[[[100, 50, 0]]]], np.uint8).repeat(8, 1).repeat(8, 2)
    assert corrupted(pixel, "brightness", 5, 0)[0, 0, 0].tolist() == [164, 82, 0]  # 100 + 0.25 · 255


def test_jpeg_in_one_file_is_jpeg_image_by_image() -> None:
    random = np.random.default_rng(0)
    for channels in (1, 3):
        images = random.integers(0, 256, (3, 32, 32, channels), dtype=np.uint8)
        spoiled = corrupted(images, "jpeg", 3, 0)
        for image, found in zip(images, spoiled, strict=True):
            assert (found == _through_jpeg(image, 10)).all()


def test_jpeg_is_what_pillow_writes() -> None:
    image = np.random.default_rng(1).integers(0, 256, (1, 16, 16, 1), dtype=np.uint8)
    kept = io.BytesIO()
    Image.fromarray(image[0, ..., 0]).save(kept, "JPEG", quality=40)
    assert (corrupted(image, "jpeg", 1, 0)[0, ..., 0] == np.asarray(Image.open(kept))).all()


def test_large_pixels_are_means() -> None:
    assert _coarse(4, 2).tolist() == [[0.5, 0.5, 0, 0]] * 2 + [[0, 0, 0.5, 0.5]] * 2
    assert _coarse(3, 1) == pytest.approx(np.full((3, 3), 1 / 3))
    # Of 28 pixels each shows the block at its middle: the third one the second block, from 4/3 to 8/3.
    assert _coarse(28, 21)[2, :4] == pytest.approx([0, 0.5, 0.5, 0])


def test_a_part_of_a_large_pixel_is_shown_by_its_share() -> None:
    # Two blocks and half a one of 1.6 pixels: 0 to 1.2, 1.2 to 2.8, 2.8 to 4.
    first, middle = [1 / 1.2, 0.2 / 1.2, 0, 0], [0, 0.8 / 1.6, 0.8 / 1.6, 0]
    found = _coarse(4, 2.5)
    assert found[0] == pytest.approx(first)
    assert found[1] == pytest.approx(0.2 * np.array(first) + 0.8 * np.array(middle))
    assert found[::-1, ::-1] == pytest.approx(found)
    assert found.sum(1) == pytest.approx(np.ones(4))


def test_the_disk_of_a_small_image_reaches_its_neighbours() -> None:
    spot = np.zeros((1, 8, 8, 1), np.uint8)
    spot[0, 3, 3] = 255
    blurred = corrupted(spot, "defocus_blur", 1, 0)[0, ..., 0].astype(int)
    # 0.8 · 8/28 + (1 - 8/28) / 2 = 0.586 pixels: the pixel itself and a little of those beside it, none across.
    beside = [blurred[3, 4], blurred[3, 2], blurred[2, 3], blurred[4, 3]]
    assert beside == pytest.approx([7.5] * 4, abs=1)
    assert (blurred[2, 2], blurred[3, 5]) == (0, 0)
    assert blurred.sum() == pytest.approx(255, abs=3)


def test_a_streak_lies_along_its_angle_and_sums_to_1() -> None:
    along, down, slanted = streaks(4.0, np.array([0, np.pi / 2, np.pi / 4], np.float32))
    assert along[2] == pytest.approx(np.array([1, 2, 2, 2, 1]) / 9 * np.array([1, 1, 1, 1, 1]), abs=0.12)
    assert along[[0, 1, 3, 4]] == pytest.approx(np.zeros((4, 5)), abs=1e-6)
    assert down == pytest.approx(along.T, abs=1e-6)
    assert slanted == pytest.approx(slanted.T, abs=1e-6)
    assert [one.sum() for one in (along, down, slanted)] == pytest.approx([1, 1, 1])


def test_folding_equals_the_sum_written_out() -> None:
    random = np.random.default_rng(0)
    images, kernels = random.random((2, 1, 6, 7), np.float32), random.random((2, 3, 3), np.float32)
    padded = np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="edge")
    expected = np.zeros_like(images)
    for row in range(3):
        for column in range(3):
            window = padded[:, :, row : row + 6, column : column + 7]
            expected += kernels[:, None, 2 - row, 2 - column][..., None, None] * window
    assert convolve(images, kernels) == pytest.approx(expected, abs=1e-5)


def test_smoothing_keeps_the_sum() -> None:
    spot = np.zeros((1, 1, 9, 9), np.float32)
    spot[0, 0, 4, 4] = 1
    found = smooth(spot, 1.0)
    assert found.sum() == pytest.approx(1, abs=1e-4)
    assert found[0, 0, 4, 4] == pytest.approx(1 / (2 * np.pi), rel=0.02)


def test_pixels_are_fetched_from_other_places() -> None:
    image = np.arange(12, dtype=np.float32).reshape(1, 1, 3, 4)
    moved = warp(image, np.full((1, 3, 4), 1, np.float32), np.full((1, 3, 4), -1, np.float32))
    assert moved[0, 0].tolist() == [[4, 4, 5, 6], [8, 8, 9, 10], [8, 8, 9, 10]]
    between = warp(image, np.full((1, 3, 4), 0.5, np.float32), np.full((1, 3, 4), 0.25, np.float32))
    assert between[0, 0].tolist() == [[2.25, 3.25, 4.25, 5], [6.25, 7.25, 8.25, 9], [8.25, 9.25, 10.25, 11]]


def test_clouds_reach_from_0_to_1_in_any_size() -> None:
    for height, width in ((8, 8), (28, 28), (33, 20)):
        clouds = plasma(PerImageRandom("fog", 0, np.arange(5)), height, width, 1.8)
        assert clouds.shape == (5, height, width)
        assert clouds.min((1, 2)).tolist() == [0] * 5
        assert clouds.max((1, 2)) == pytest.approx(np.ones(5))
