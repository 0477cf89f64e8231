"""Intersection over union of the classes of pixels. N examples, C classes."""

from collections.abc import Mapping

import numpy as np

from distill_core.tasks.base import IGNORE, Dataset


def pixel_confusion_CC(targets: np.ndarray, classes: np.ndarray, count: int) -> np.ndarray:
    """(C, C) int64: pixels by their class (rows) and the class that they were given (columns); void ones left out."""
    known = targets != IGNORE
    pairs = targets[known].astype(np.int64) * count + classes[known]
    return np.bincount(pairs, minlength=count * count).reshape(count, count)


def class_iou_C(confusion_CC: np.ndarray) -> np.ndarray:
    """(C,) 0 to 1: pixels that are a class and were given it, over those that are it or were given it; NaN for a class
    that is neither. Source: Everingham et al. 2010, "The Pascal visual object classes challenge"."""
    both_C = confusion_CC.diagonal().astype(np.float64)
    either_C = confusion_CC.sum(0) + confusion_CC.sum(1) - both_C
    iou_C: np.ndarray = np.divide(both_C, either_C, out=np.full_like(both_C, np.nan), where=either_C > 0)
    return iou_C


def segmentation(dataset: Dataset, outputs: np.ndarray) -> Mapping[str, float]:
    """Mean IoU over all pixels of a part at once, classes without a pixel left out, and the share of right pixels."""
    confusion_CC = pixel_confusion_CC(dataset.targets, outputs.argmax(1), outputs.shape[1])
    accuracy = confusion_CC.trace() / max(1, confusion_CC.sum())
    return {"mean_iou": float(np.nanmean(class_iou_C(confusion_CC))), "accuracy": float(accuracy)}
