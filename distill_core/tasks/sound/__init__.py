"""Tasks of sound: recordings as MFCC, their views, and the constants that the feature graph shares with them."""

from distill_core.tasks.base import Kind

SOUND = Kind(name="sound", example="recording", examples="recordings")
