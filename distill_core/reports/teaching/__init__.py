"""Views of methods, computed from the activations of two trained networks on test images."""

from distill_core.reports.teaching.activations import pair_activations
from distill_core.reports.teaching.logits import Compared, Split
from distill_core.reports.teaching.maps import Attention, AttentionStage
from distill_core.reports.teaching.method_view import MethodView, Picture, explain_method
from distill_core.reports.teaching.pairs import Graphs, Matrices
from distill_core.reports.teaching.stages import Stage, Stages

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
