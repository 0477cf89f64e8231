"""Pictures of methods, computed from the activations of two trained networks on test images."""

from distill_core.methods.pictures import (
    Attention,
    AttentionStage,
    Compared,
    Graphs,
    Matrices,
    Picture,
    Split,
    Stage,
    Stages,
)
from distill_core.reports.teaching.activations import pair_activations
from distill_core.reports.teaching.method_view import MethodView, explain_method

__all__ = [
    "Attention",
    "AttentionStage",
    "Compared",
    "Graphs",
    "Matrices",
    "MethodView",
    "Picture",
    "Split",
    "Stage",
    "Stages",
    "explain_method",
    "pair_activations",
]
