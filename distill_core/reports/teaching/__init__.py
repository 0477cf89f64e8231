"""Pictures of methods, computed from the activations of two trained networks on test images."""

from distill_core.methods.pictures import (
    Attention,
    AttentionStage,
    Compared,
    DecoupledTerms,
    Graphs,
    Matrices,
    Picture,
    Stage,
    Stages,
)
from distill_core.reports.teaching.activations import pair_activations
from distill_core.reports.teaching.method_view import MethodView, explain_method

__all__ = [
    "Attention",
    "AttentionStage",
    "Compared",
    "DecoupledTerms",
    "Graphs",
    "Matrices",
    "MethodView",
    "Picture",
    "Stage",
    "Stages",
    "explain_method",
    "pair_activations",
]
