"""Tasks of text: bytes as tokens, their views, and where the texts come from."""

from distill_core.tasks.base import Kind

TEXT = Kind(name="text", example="text", examples="texts")
