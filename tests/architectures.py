"""The architectures for tests that give a network images; one for other inputs has tests of its own."""

from distill_core.networks import ARCHITECTURES, Architecture
from distill_core.tasks import InputSpec

FOR_IMAGES: tuple[Architecture, ...] = tuple(
    entry for entry in ARCHITECTURES if entry.takes(InputSpec(shape=(1, 28, 28)))
)
NAMES = tuple(entry.name for entry in FOR_IMAGES)
NO_RESNETS = tuple(entry.name for entry in FOR_IMAGES if entry.family != "ResNet")
# ResNets of one width differ in depth alone; the smallest stands for them.
ONE_OF_EACH = ("resnet8", *NO_RESNETS)
# One of each width.
ONE_OF_EACH_WIDTH = ("resnet8", "resnet8x4", *NO_RESNETS)
