"""Layers with their shapes, counted by hand, and what compression made of each."""

import pytest

from distill_core.networks import Blueprint, LayerChange, profile
from distill_core.networks.layers import layer_pairs, layers

pytestmark = pytest.mark.anywhere


def resnet(architecture: str = "resnet8", **changes: object) -> Blueprint:
    return Blueprint.for_images(architecture=architecture, classes=10, **changes)


def test_a_resnet_8_has_nine_convolutions_and_a_head() -> None:
    found = layers(resnet())
    kinds = [layer.kind for layer in found]
    assert (kinds.count("convolution"), kinds.count("linear")) == (len(found) - 1, 1)
    first, last = found[0], found[-1]
    assert (first.inputs, first.outputs, first.kernel, first.output_shape) == (1, 16, (3, 3), (16, 28, 28))
    assert first.parameters == 9 * 16
    assert (last.inputs, last.outputs, last.kernel, last.output_shape, last.parameters) == (64, 10, (), (10,), 650)
    norms = 2 * sum(layer.outputs for layer in found[:-1])
    assert sum(layer.parameters for layer in found) + norms == profile(resnet()).parameters


def test_a_depthwise_convolution_is_called_so() -> None:
    found = layers(resnet("depthwise_cnn"))
    assert {layer.kind for layer in found} == {"convolution", "depthwise", "linear"}


def test_each_layer_stands_beside_what_became_of_it() -> None:
    first = resnet()
    name = next(layer.name for layer in layers(first)[1:] if layer.kernel == (3, 3))
    changed = resnet(changes=(LayerChange(kind="tucker", sizes=((name, (4, 4)),)),))
    pairs = {pair.name: pair for pair in layer_pairs([("teacher", first), ("Tucker", changed), ("KD", changed)])}
    assert {pair.step for pair in pairs.values()} == {None, "Tucker"}
    pair = pairs[name]
    assert (pair.step, len(pair.before), len(pair.after)) == ("Tucker", 1, 3)
    assert [(layer.inputs, layer.outputs) for layer in pair.after] == [(16, 4), (4, 4), (4, 16)]
    assert list(pairs) == [layer.name for layer in layers(first)]


def test_a_slice_loses_blocks_and_channels() -> None:
    pairs = layer_pairs([("teacher", resnet("resnet14")), ("Slice", resnet(width=0.5))])
    assert any(pair.before and not pair.after for pair in pairs)
    assert all(pair.before for pair in pairs)
    assert {pair.step for pair in pairs} == {"Slice"}
    assert pairs[0].after[0].outputs == 8
