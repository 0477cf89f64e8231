"""Embeddings of a knowledge graph: a row for each entity and relation, and a score of every entity as an answer.

Shapes: B batch, F features of a row, E entities. A question is an entity's id and a relation's, which follow E.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from distill_core.errors import InvalidSetting, said
from distill_core.lazy_torch import Tensor, nn, torch
from distill_core.networks.base import Architecture, unoffered
from distill_core.networks.blueprint import Blueprint
from distill_core.networks.network import sequential
from distill_core.tasks.base import InputSpec

# At width 1.
DIMENSION = 32
WIDTHS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0)
DEVIATION = 0.1


def accepts_questions(entry: Architecture, given: InputSpec) -> None:
    """Two ids of one vocabulary: an entity and a relation."""
    if given.dtype != "int64" or given.shape != (2,):
        got = said("{dtype} of shape {shape}", given.dtype, given.shape)
        raise unoffered(entry, "input", "questions of two ids, an entity and a relation", got)


def dimension_of(width: float) -> int:
    """Numbers of an embedding, complex ones of ComplEx, at a width."""
    return max(1, round(DIMENSION * width))


def _complex(entity_BF: Tensor, relation_BF: Tensor, dimension: int) -> Tensor:
    """The product of complex numbers: real parts, then imaginary ones."""
    (a, b), (c, d) = torch.split(entity_BF, dimension, 1), torch.split(relation_BF, dimension, 1)
    return torch.cat([a * c - b * d, a * d + b * c], 1)


def _product(entity_BF: Tensor, relation_BF: Tensor, _dimension: int) -> Tensor:
    return entity_BF * relation_BF


def _sum(entity_BF: Tensor, relation_BF: Tensor, _dimension: int) -> Tensor:
    return entity_BF + relation_BF


def _dot(asked_BF: Tensor, entities_EF: Tensor) -> Tensor:
    # In this order an exported file holds the rows of the entities once.
    return (entities_EF @ asked_BF.T).T


def _nearness(asked_BF: Tensor, entities_EF: Tensor) -> Tensor:
    """Minus the squared distances, by one matrix product."""
    lengths_E = (entities_EF * entities_EF).sum(1)
    return 2 * _dot(asked_BF, entities_EF) - (asked_BF * asked_BF).sum(1, keepdim=True) - lengths_E


def _build(
    blueprint: Blueprint,
    *,
    name: str,
    parts: int,
    asked: Callable[[Tensor, Tensor, int], Tensor],
    scores: Callable[[Tensor, Tensor], Tensor],
) -> nn.Module:
    """``parts``: real numbers of one number of an embedding; ``asked``: what a question's rows make of each other."""
    ids, entities, dimension = blueprint.input.vocabulary or 0, blueprint.classes, dimension_of(blueprint.width)
    if ids <= entities:
        expected, hint = said("ids of relations after those of {count} entities", entities), "choose a task of a graph"
        raise InvalidSetting(said("{name}: vocabulary", name), expected=expected, got=ids, hint=hint)
    stem = _embedded(entities, ids - entities, parts, dimension)
    return sequential(
        {"stem": stem, "pool": _asked(asked, dimension), "head": _answers(stem, scores)}, ("stem", "pool")
    )


def _embedded(entities: int, relations: int, parts: int, dimension: int) -> nn.Module:
    class Embedded(nn.Module):
        """The rows of a question's entity and relation, (B, 2, F), and what N3 regularises."""

        def __init__(self) -> None:
            super().__init__()
            self.entities = nn.Embedding(entities, parts * dimension)
            self.relations = nn.Embedding(relations, parts * dimension)
            for table in (self.entities, self.relations):
                nn.init.normal_(table.weight, std=DEVIATION)

        def forward(self, questions_B2: Tensor) -> Tensor:
            # Ids go round, so that examples that are drawn for counting and timing are questions too.
            entity_BF = self.entities(questions_B2[:, 0] % entities)
            return torch.stack([entity_BF, self.relations((questions_B2[:, 1] - entities) % relations)], 1)

        def cubed_sizes(self, rows_F: Tensor) -> Tensor:
            """The sum of the cubed moduli of the numbers in rows (..., F)."""
            squares_F = rows_F.square().reshape(*rows_F.shape[:-1], parts, dimension).sum(-2)
            return squares_F.pow(1.5).sum()

    return Embedded()


def _asked(asked: Callable[[Tensor, Tensor, int], Tensor], dimension: int) -> nn.Module:
    class Asked(nn.Module):
        """The row that those of the answers are held against, (B, F)."""

        def forward(self, rows_B2F: Tensor) -> Tensor:
            return asked(rows_B2F[:, 0], rows_B2F[:, 1], dimension)

    return Asked()


def _answers(stem: nn.Module, scores: Callable[[Tensor, Tensor], Tensor]) -> nn.Module:
    class Answers(nn.Module):
        """A score for each entity, (B, E). Its rows are those of the stem, which alone holds them: within a tuple the
        stem is no part of this module, and a copy of the network copies both together."""

        def __init__(self) -> None:
            super().__init__()
            self.stem = (stem,)

        def forward(self, asked_BF: Tensor) -> Tensor:
            return scores(asked_BF, self.stem[0].entities.weight)  # type: ignore[arg-type, union-attr]

    return Answers()


def _entry(
    name: str,
    *,
    title: str,
    paper: str,
    teaches: str,
    asked: Callable[[Tensor, Tensor, int], Tensor],
    scores: Callable[[Tensor, Tensor], Tensor],
    parts: int = 1,
) -> Architecture:
    return Architecture(
        name=name,
        title=title,
        family="Knowledge graph",
        paper=paper,
        teaches=teaches,
        build=partial(_build, name=name, parts=parts, asked=asked, scores=scores),
        widths=WIDTHS,
        accepts=accepts_questions,
        stages="tokens",
        signed=True,
        redraws_weights=True,
        n3=True,
    )


ENTRIES = (
    _entry(
        "complex",
        title="ComplEx",
        paper="1606.06357",
        teaches="Multiplies complex numbers of entity and relation: a fact need not hold backwards.",
        parts=2,
        asked=_complex,
        scores=_dot,
    ),
    _entry(
        "distmult",
        title="DistMult",
        paper="1412.6575",
        teaches="Multiplies entity and relation number by number: what a relation says holds in both directions alike.",
        asked=_product,
        scores=_dot,
    ),
    _entry(
        "transe",
        title="TransE",
        # Its own, Bordes et al. 2013 (NeurIPS), is not at arXiv; this one defines it beside DistMult.
        paper="1412.6575",
        teaches="A relation is a step through space: the answer is the entity that lies nearest to where it leads.",
        asked=_sum,
        scores=_nearness,
    ),
)
