"""The terms of art of the pages: a sentence and a small picture each."""

from ui.screens.glossary.answers import TERMS as ANSWERS
from ui.screens.glossary.compression import TERMS as COMPRESSION
from ui.screens.glossary.learning import TERMS as LEARNING
from ui.screens.glossary.measuring import TERMS as MEASURING
from ui.screens.glossary.networks import TERMS as NETWORKS
from ui.screens.glossary.pen import Pen, Term
from ui.screens.glossary.statistics import TERMS as STATISTICS
from ui.screens.glossary.training import TERMS as TRAINING

__all__ = ["CHAPTERS", "TERMS", "Pen", "Term"]

CHAPTERS: dict[str, tuple[Term, ...]] = {
    "Distillation": LEARNING,
    "Answers and losses": ANSWERS,
    "Training": TRAINING,
    "Networks": NETWORKS,
    "Accuracy and chance": STATISTICS,
    "Latency and robustness": MEASURING,
    "Compression": COMPRESSION,
}
TERMS: dict[str, Term] = {term.key: term for terms in CHAPTERS.values() for term in terms}
