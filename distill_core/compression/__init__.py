"""Compression: steps that make a smaller network of another one. Importing this costs no torch.

A new one is a file with ``ENTRIES`` and a line below.
"""

from distill_core.compression import files, fresh, pruning, rounding, separable, slicing, tucker, zeros
from distill_core.compression.entry import FAMILIES, Changed, Material, Settings, Step
from distill_core.compression.settle import is_used, settle
from distill_core.registry import Registry

__all__ = ["FAMILIES", "STEPS", "Changed", "Material", "Settings", "Step", "is_used", "settle"]

STEPS: Registry[Step] = Registry("step")
STEPS.add(*slicing.ENTRIES)
STEPS.add(*tucker.ENTRIES)
STEPS.add(*separable.ENTRIES)
STEPS.add(*pruning.ENTRIES)
STEPS.add(*zeros.ENTRIES)
STEPS.add(*files.ENTRIES)
STEPS.add(*rounding.ENTRIES)
STEPS.add(*fresh.ENTRIES)
