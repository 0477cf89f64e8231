"""Steps on the exported file: another number format of the same graph. ``deployment/`` makes the file."""

from __future__ import annotations

from distill_core.compression.base import CompressionStep
from distill_core.compression.preconditions import unchanged_form
from distill_core.spec.parameters import Choice, Parameter

INT8 = "8-bit integers"
FLOAT16 = "Half-precision numbers"


IMAGES = "Training examples that show how large the activations get; they are used for nothing else."
WAY = "Static takes the activations' scales from calibration examples, dynamic works them out at each run."
SCALES = "One scale for each output channel of a layer, or one for the whole layer, which is coarser."
ENTRIES = (
    CompressionStep(
        name="int8",
        title=INT8,
        paper="1712.05877",
        teaches="Weights and activations become whole numbers of 8 bits with a scale: about a quarter of the bytes, "
        "and sums that many processors do faster.",
        family="quantizing",
        parameters={"images": Parameter(256.0, 16.0, 2000.0, IMAGES, whole=True, only=("way", "static"))},
        choices={
            "way": Choice(("static", "dynamic"), WAY),
            "scales": Choice(("per channel", "per tensor"), SCALES),
        },
        file="int8",
        check=unchanged_form(INT8),
    ),
    CompressionStep(
        name="float16",
        title=FLOAT16,
        paper="1710.03740",
        teaches="Half the digits, half the bytes: accuracy hardly moves, and only hardware that counts in halves gets "
        "faster.",
        family="quantizing",
        file="float16",
        check=unchanged_form(FLOAT16),
    ),
)
