"""Distillation methods: a file each, or one for a small family, in ``zoo``, named in its ``MODULES``."""

from distill_core.methods.base import (
    CONTROL_METHOD,
    FAMILIES,
    DistillLoss,
    FeatureShapes,
    LossInputs,
    Method,
    MethodSettings,
    Settings,
    StepLoss,
)
from distill_core.methods.loss_inputs_used import LossInputsUsed, loss_inputs_used
from distill_core.methods.settings import non_default_settings, resolve_added_settings, resolve_settings
from distill_core.methods.sums import can_be_added, sum_of_losses
from distill_core.methods.units import TOTAL, loss_units
from distill_core.methods.zoo import MODULES
from distill_core.registry import Registry

__all__ = [
    "CONTROL_METHOD",
    "FAMILIES",
    "METHODS",
    "TOTAL",
    "DistillLoss",
    "FeatureShapes",
    "LossInputs",
    "LossInputsUsed",
    "Method",
    "MethodSettings",
    "Settings",
    "StepLoss",
    "can_be_added",
    "loss_inputs_used",
    "loss_units",
    "non_default_settings",
    "resolve_added_settings",
    "resolve_settings",
    "sum_of_losses",
]

METHODS: Registry[Method] = Registry("method")
for module in MODULES:
    METHODS.add(*module.ENTRIES)
