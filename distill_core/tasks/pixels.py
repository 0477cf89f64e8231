"""Pixels as networks take them. N images, C channels, H x W pixels."""

import numpy as np

from distill_core.tasks.base import Task


def normalised(task: Task, images_NHWC: np.ndarray) -> np.ndarray:
    """8-bit images as the networks of a task take them: (N, C, H, W), float32."""
    mean, std = np.array(task.images.mean, np.float32), np.array(task.images.std, np.float32)
    scaled_NHWC = images_NHWC.astype(np.float32) * (1 / (255 * std)) - mean / std
    return np.ascontiguousarray(scaled_NHWC.transpose(0, 3, 1, 2))
