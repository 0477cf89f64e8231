"""Single images as addresses."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from ui.thumbnails import enlarged, thumbnail


@pytest.mark.parametrize("channels", [1, 3])
def test_a_thumbnail_is_the_image_pixel_for_pixel(channels):
    image_HWC = np.random.default_rng(0).integers(0, 256, (8, 8, channels), dtype=np.uint8)
    kind, _, content = thumbnail(image_HWC).partition(",")
    assert kind == "data:image/png;base64"
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(content)))).reshape(image_HWC.shape)
    assert np.array_equal(shown, image_HWC)


def test_pixels_of_an_enlarged_image_stay_squares():
    image_HWC = np.array([[0, 80], [160, 255]], np.uint8)[..., None]
    large = Image.open(io.BytesIO(base64.b64decode(enlarged(image_HWC, 112).partition(",")[2])))
    assert large.size == (224, 224)
    assert (np.asarray(large) == image_HWC[..., 0].repeat(112, 0).repeat(112, 1)).all()
