"""Predictions of a network for unaugmented examples: float32, eval mode, on the device of the network."""

from __future__ import annotations

import numpy as np

from distill_core.lazy_torch import nn, torch
from distill_core.tasks import Dataset
from distill_core.tasks.base import Metrics, accuracy
from distill_core.training.device import moved, network_device

# Activations of 100 examples stay in the CPU's caches: batches of 500 took 1.3 times as long, for the same bits.
BATCH = 100


def predict(network: nn.Module, dataset: Dataset, *, batch_size: int = BATCH) -> np.ndarray:
    """Logits (N, C, *positions), float32, of every example; the network's mode is restored afterwards."""
    was_training, device = network.training, network_device(network)
    network.eval()
    try:
        with torch.no_grad():
            chunks = [
                network(moved(dataset.batch(np.arange(start, min(start + batch_size, len(dataset)))), device)).float()
                for start in range(0, len(dataset), batch_size)
            ]
    finally:
        network.train(was_training)
    return moved(torch.cat(chunks), "cpu").numpy()  # type: ignore[no-any-return]


def score(network: nn.Module, dataset: Dataset, metrics: Metrics = accuracy) -> tuple[str, float]:
    """The name and value of the first metric, for the predictions of a network."""
    return next(iter(metrics(dataset, predict(network, dataset)).items()))
