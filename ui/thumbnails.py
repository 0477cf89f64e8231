"""A single image of a task as an address that a page can show: a PNG, pixel for pixel."""

import base64
import io

import numpy as np

__all__ = ["enlarged", "thumbnail"]


def thumbnail(image_HWC: np.ndarray) -> str:
    """``image_HWC``: uint8, one channel or three."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(image_HWC[..., 0] if image_HWC.shape[-1] == 1 else image_HWC).save(buffer, "PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def enlarged(image_HWC: np.ndarray, side_px: int) -> str:
    """The same with each pixel as a square, for a place of this side: a browser would blur a small image."""
    times = max(1, round(2 * side_px / max(image_HWC.shape[:2])))
    return thumbnail(image_HWC.repeat(times, axis=0).repeat(times, axis=1))
