"""A file of predictions is read as one, or refused in words: another program may have written it."""

import numpy as np
import pytest
from safetensors.numpy import save

from distill_core.errors import CorruptFile
from distill_core.reports.predictions import arrays_of, classes_of

WHOLE = {
    "valid_logits_NC": np.zeros((3, 10), np.float32),
    "test_logits_NC": np.zeros((4, 10), np.float32),
    "test_labels_N": np.zeros(4, np.int64),
}
OTHERS = {
    "none": {"test_logits_NC": None},
    "one axis": {"test_logits_NC": np.zeros(4, np.float32)},
    "other classes": {"valid_logits_NC": np.zeros((3, 9), np.float32)},
    "no class": {"valid_logits_NC": np.zeros((3, 0), np.float32), "test_logits_NC": np.zeros((4, 0), np.float32)},
    "integers": {"test_logits_NC": np.zeros((4, 10), np.int64)},
    "other labels": {"test_labels_N": np.zeros(5, np.int64)},
}


def test_whole_ones_are_read_also_with_positions() -> None:
    assert arrays_of(save(WHOLE)).keys() == WHOLE.keys()
    tall = {name: np.zeros((*array.shape, 7), array.dtype) for name, array in WHOLE.items()}
    assert arrays_of(save(tall))["test_logits_NC"].shape == (4, 10, 7)


def test_the_classes_of_all_test_examples_are_read_where_these_have_positions() -> None:
    tall = {name: np.zeros((*array.shape, 7), array.dtype) for name, array in WHOLE.items()}
    arrays = arrays_of(save({**tall, "test_classes_N": np.ones((9, 7), np.uint8)}))
    assert classes_of(arrays).shape == (9, 7)
    assert classes_of(tall).tolist() == np.zeros((4, 7), int).tolist(), "an older file has those of its logits"
    for wrong in (np.ones((9, 7), np.float32), np.ones((9, 6), np.uint8), np.ones((3, 7), np.uint8)):
        with pytest.raises(CorruptFile, match="a file of predictions"):
            arrays_of(save({**tall, "test_classes_N": wrong}))


@pytest.mark.parametrize("name", OTHERS)
def test_others_are_refused(name: str) -> None:
    arrays = {key: array for key, array in {**WHOLE, **OTHERS[name]}.items() if array is not None}
    with pytest.raises(CorruptFile, match="a file of predictions: expected valid_logits_NC, test_logits_NC"):
        arrays_of(save(arrays))


@pytest.mark.parametrize("data", [b"", save(WHOLE)[:-1], save(WHOLE).replace(b'"F32"', b'"F64"')])
def test_what_is_no_file_of_tensors_is_refused(data: bytes) -> None:
    with pytest.raises(CorruptFile, match="a file of predictions: expected"):
        arrays_of(data)
