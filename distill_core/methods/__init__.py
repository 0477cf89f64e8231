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
from distill_core.methods.losses import labelled_cross_entropy, soft_target_kl
from distill_core.methods.settings import non_default_settings, resolve_added_settings, resolve_settings
from distill_core.methods.standardization import standardize
from distill_core.methods.sums import can_be_added, sum_of_losses
from distill_core.methods.units import TOTAL, loss_units
from distill_core.methods.zoo import MODULES
from distill_core.methods.zoo.dist import dist_loss
from distill_core.methods.zoo.dkd import non_target_class_kl, target_class_kl
from distill_core.methods.zoo.dml import peers_kl
from distill_core.methods.zoo.fitnet_at import attention_transfer, hierarchical, hint
from distill_core.methods.zoo.irg import instance_graph
from distill_core.methods.zoo.logit_regression import logit_mse
from distill_core.methods.zoo.mlkd import batch_correlation, class_correlation
from distill_core.methods.zoo.nkd import nkd_loss
from distill_core.methods.zoo.ofa import ofa_loss
from distill_core.methods.zoo.rkd_pkt_sp import probabilistic_transfer, relational, similarity_preserving
from distill_core.methods.zoo.tfkd import hand_made_kl
from distill_core.methods.zoo.wsld import wsld_loss
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
    "attention_transfer",
    "batch_correlation",
    "can_be_added",
    "class_correlation",
    "dist_loss",
    "hand_made_kl",
    "hierarchical",
    "hint",
    "instance_graph",
    "labelled_cross_entropy",
    "logit_mse",
    "loss_inputs_used",
    "loss_units",
    "nkd_loss",
    "non_default_settings",
    "non_target_class_kl",
    "ofa_loss",
    "peers_kl",
    "probabilistic_transfer",
    "relational",
    "resolve_added_settings",
    "resolve_settings",
    "similarity_preserving",
    "soft_target_kl",
    "standardize",
    "sum_of_losses",
    "target_class_kl",
    "wsld_loss",
]

METHODS: Registry[Method] = Registry("method")
for module in MODULES:
    METHODS.add(*module.ENTRIES)
