"""Tasks of semantic segmentation: scenes with a class for each pixel, their views, and mean IoU."""

from distill_core.tasks.base import Kind

SCENE = Kind(name="scene", example="scene", examples="scenes")
