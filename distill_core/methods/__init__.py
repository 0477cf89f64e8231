"""The ways to distil: one file a method or small family, one line here."""

from distill_core.methods import kd, labels
from distill_core.methods.entry import DistillLoss, LossInputs, Method, Settings, StepLoss
from distill_core.methods.losses import labelled_cross_entropy, soft_target_kl
from distill_core.methods.settle import settle
from distill_core.registry import Registry

__all__ = [
    "METHODS",
    "DistillLoss",
    "LossInputs",
    "Method",
    "Settings",
    "StepLoss",
    "labelled_cross_entropy",
    "settle",
    "soft_target_kl",
]

METHODS: Registry[Method] = Registry("method")
METHODS.add(*labels.ENTRIES)
METHODS.add(*kd.ENTRIES)
