"""Tasks of semantic segmentation: scenes with a class for each pixel, their views, and mean IoU."""

from distill_core.tasks.base import Kind

SCENE = Kind(name="scene", example="scene", examples="scenes")
# What a network answers for: where a page looks at one answer of a scene, it speaks of these.
PIXEL = Kind(name="pixel", example="pixel", examples="pixels")
