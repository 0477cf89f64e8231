"""The architectures, a file a family, in the order in which forms offer them."""

from distill_core.networks.zoo import (
    depthwise,
    inception,
    mobilenet,
    plain,
    resnet,
    sequences,
    shufflenet,
    squeezenet,
    vit,
)

__all__ = ["MODULES"]

MODULES = (resnet, inception, mobilenet, squeezenet, shufflenet, depthwise, plain, vit, sequences)
