"""The architectures, a file a family, in the order in which forms offer them."""

from distill_core.networks.zoo import (
    byte_cnn,
    byte_transformer,
    depthwise,
    graph_embeddings,
    inception,
    mlp,
    mobilenet,
    ngrams,
    plain,
    resnet,
    sequences,
    shufflenet,
    squeezenet,
    unet,
    vit,
)

__all__ = ["MODULES"]

MODULES = (
    *(resnet, inception, mobilenet, squeezenet, shufflenet, depthwise, plain, vit, unet),
    *(sequences, ngrams, byte_cnn, byte_transformer, graph_embeddings, mlp),
)
