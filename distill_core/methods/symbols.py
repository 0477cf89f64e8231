"""What the letters of the methods' formulas mean."""

import re

from distill_core.methods.base import Method

# By the letter as it stands in a formula, without what it carries below and above it; the meaning is text with
# formulas between dollars. A method's own letters are in its ``symbols``.
LETTER_TITLES = {
    r"\mathrm{CE}": "cross-entropy with the labels, in nats",
    r"\mathrm{KL}": "Kullback–Leibler divergence, in nats: how far the student's answer is from the teacher's",
    r"\mathrm{MSE}": "mean squared difference",
    "w_h": "hard weight, that of cross-entropy",
    "w": "weight of the method's own term",
    r"\alpha": "alpha, the share of the teacher's term",
    "T": "temperature",
    "p": "probabilities of the student ($p_s$) and of the teacher ($p_t$): $p^{(T)} = \\mathrm{softmax}(z / T)$",
    "z": "logits of the student ($z_s$) and of the teacher ($z_t$)",
    "f": "feature maps of the student ($f_s$) and of the teacher ($f_t$)",
    "e": "pooled embeddings of the student ($e_s$) and of the teacher ($e_t$)",
    "h": "the teacher's last layer, its head",
    "r": "adapter from the student's shape to the teacher's; it trains along",
    "y": "the label: 1 for the class of the example, 0 for the others",
    "B": "examples in a batch",
    "C": "classes",
}
# Layout and functions.
_LAYOUT = re.compile(
    r"\\mathcal\{L\}|\\mathrm\{softmax\}|\\(?:tfrac|textstyle|displaystyle|quad|big|sum|overline|bar|tilde|hat|dot|"
    r"lVert|rVert|top|log|cos|propto|sim|neq?|partial)(?![A-Za-z])"
)
# What a letter carries, but for weights: those are told apart by it.
_CARRIED = re.compile(r"(?<!w)[_^](?:\{[^{}\\]*\}|[A-Za-z0-9])")
_LETTER = re.compile(r"\\mathrm\{\w+\}|\\[A-Za-z]+|w_[A-Za-z]|[A-Za-z]")
_INDICES = frozenset("ijkl")


def symbols_of(method: Method) -> dict[str, str]:
    """The letters of a method's formula with their meanings, in the order in which they stand there.

    A letter without a meaning is left out: a test names it for every method of the lab.
    """
    known = {**LETTER_TITLES, **method.symbols}
    return {letter: known[letter] for letter in letters(method.formula) if letter in known}


def letters(formula: str) -> tuple[str, ...]:
    """The letters of a formula but for running indices, each once."""
    bare = _CARRIED.sub("", _LAYOUT.sub(" ", formula))
    return tuple(dict.fromkeys(letter for letter in _LETTER.findall(bare) if letter not in _INDICES))
