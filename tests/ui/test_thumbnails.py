"""Single images as addresses."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from ui.thumbnails import thumbnail


@pytest.mark.parametrize("channels", [1, 3])
def test_a_thumbnail_is_the_image_pixel_for_pixel(channels):
    image_HWC = np.random.default_rng(0).integers(0, 256, (8, 8, channels), dtype=np.uint8)
    kind, _, content = thumbnail(image_HWC).partition(",")
    assert kind == "data:image/png;base64"
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(content)))).reshape(image_HWC.shape)
    assert np.array_equal(shown, image_HWC)
