"""A single image of a task as an address that a page can show: a PNG, pixel for pixel."""

import base64
import io

import numpy as np

__all__ = ["thumbnail"]


def thumbnail(image_HWC: np.ndarray) -> str:
    """``image_HWC``: uint8, one channel or three."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(image_HWC[..., 0] if image_HWC.shape[-1] == 1 else image_HWC).save(buffer, "PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
