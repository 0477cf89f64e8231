"""The ways to distil: one file a method or small family, one line here."""

from distill_core.methods import (
    contrastive,
    correlated,
    curriculum,
    decoupled,
    graphs,
    kd,
    labels,
    maps,
    multi_level,
    mutual,
    normalized,
    one_for_all,
    patient,
    regressed_head,
    regression,
    relations,
    reused_head,
    reviewed,
    standardized,
    teacher_free,
    variational,
    weighted_soft,
)
from distill_core.methods.asks import Asks, asks
from distill_core.methods.combined import added_to, can_be_added
from distill_core.methods.compared import standardize
from distill_core.methods.correlated import dist
from distill_core.methods.decoupled import non_target_class_kl, target_class_kl
from distill_core.methods.entry import FAMILIES, DistillLoss, LossInputs, Method, Pair, Settings, StepLoss
from distill_core.methods.graphs import instance_graph
from distill_core.methods.losses import labelled_cross_entropy, soft_target_kl
from distill_core.methods.maps import attention_transfer, hierarchical, hint
from distill_core.methods.multi_level import batch_correlation, class_correlation
from distill_core.methods.mutual import peers_kl
from distill_core.methods.normalized import nkd
from distill_core.methods.one_for_all import ofa
from distill_core.methods.regression import logit_mse
from distill_core.methods.relations import probabilistic_transfer, relational, similarity_preserving
from distill_core.methods.settle import settle, settle_added, unlike_default
from distill_core.methods.teacher_free import hand_made_kl
from distill_core.methods.units import TOTAL, loss_units
from distill_core.methods.weighted_soft import wsld
from distill_core.registry import Registry

__all__ = [
    "FAMILIES",
    "METHODS",
    "TOTAL",
    "Asks",
    "DistillLoss",
    "LossInputs",
    "Method",
    "Pair",
    "Settings",
    "StepLoss",
    "added_to",
    "asks",
    "attention_transfer",
    "batch_correlation",
    "can_be_added",
    "class_correlation",
    "dist",
    "hand_made_kl",
    "hierarchical",
    "hint",
    "instance_graph",
    "labelled_cross_entropy",
    "logit_mse",
    "loss_units",
    "nkd",
    "non_target_class_kl",
    "ofa",
    "peers_kl",
    "probabilistic_transfer",
    "relational",
    "settle",
    "settle_added",
    "similarity_preserving",
    "soft_target_kl",
    "standardize",
    "target_class_kl",
    "unlike_default",
    "wsld",
]

METHODS: Registry[Method] = Registry("method")
METHODS.add(*labels.ENTRIES)
METHODS.add(*kd.ENTRIES)
METHODS.add(*regression.ENTRIES)
METHODS.add(*decoupled.ENTRIES)
METHODS.add(*correlated.ENTRIES)
METHODS.add(*normalized.ENTRIES)
METHODS.add(*standardized.ENTRIES)
METHODS.add(*weighted_soft.ENTRIES)
METHODS.add(*multi_level.ENTRIES)
METHODS.add(*one_for_all.ENTRIES)
METHODS.add(*teacher_free.ENTRIES)
METHODS.add(*relations.ENTRIES)
METHODS.add(*graphs.ENTRIES)
METHODS.add(*maps.ENTRIES)
METHODS.add(*variational.ENTRIES)
METHODS.add(*reviewed.ENTRIES)
METHODS.add(*regressed_head.ENTRIES)
METHODS.add(*contrastive.ENTRIES)
METHODS.add(*reused_head.ENTRIES)
METHODS.add(*curriculum.ENTRIES)
METHODS.add(*mutual.ENTRIES)
METHODS.add(*patient.ENTRIES)
