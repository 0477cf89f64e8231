"""Pictures of methods, computed from what two trained networks say about real images."""

from distill_core.reports.pictures.logits import Compared, Split
from distill_core.reports.pictures.looks import look
from distill_core.reports.pictures.maps import Attention, AttentionStage
from distill_core.reports.pictures.pairs import Graphs, Matrices
from distill_core.reports.pictures.portrait import Picture, Portrait, portrait
from distill_core.reports.pictures.stages import Stage, Stages

__all__ = [
    "Attention",
    "AttentionStage",
    "Compared",
    "Graphs",
    "Matrices",
    "Picture",
    "Portrait",
    "Split",
    "Stage",
    "Stages",
    "look",
    "portrait",
]
