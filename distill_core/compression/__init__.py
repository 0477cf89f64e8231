"""Compression: steps that make a smaller network from another one. Importing this does not import torch.

A new step is a file with ``ENTRIES`` and a line below.
"""

from distill_core.compression import norms, prune, quantize, reinit, round, separable, slice, sparsify, tucker
from distill_core.compression.base import FAMILIES, CompressionStep, Settings, StepInput, StepResult, resolve_settings
from distill_core.registry import Registry

__all__ = ["FAMILIES", "STEPS", "CompressionStep", "Settings", "StepInput", "StepResult", "resolve_settings"]

STEPS: Registry[CompressionStep] = Registry("step")
for module in (slice, tucker, separable, prune, sparsify, quantize, round, norms, reinit):
    STEPS.add(*module.ENTRIES)
