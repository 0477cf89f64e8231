"""Hashed n-grams of tokens: the mean of their embeddings and a linear layer, with the hash in the network.

Shapes: B batch, L tokens, G n-grams, F features.
"""

from __future__ import annotations

from distill_core.lazy_torch import Tensor, nn, torch
from distill_core.networks.base import Architecture, accepts_tokens, scaled
from distill_core.networks.blueprint import Blueprint
from distill_core.networks.network import sequential, token_mean

ORDERS = (1, 2, 3, 4)
BUCKETS = 4_096
FEATURES = 32
# A prime above 2³⁰ mixes what a factor spread; sums of four tokens from a vocabulary of 1,024 stay below 2⁶³.
FACTOR, PRIME = 1_000_003, 2_147_483_647
DROPOUT = 0.3


def _build(blueprint: Blueprint) -> nn.Module:
    wide = scaled(FEATURES, blueprint.width)
    parts: dict[str, nn.Module] = {
        "stem": _embedded(blueprint.input.vocabulary or 2, wide),
        "pool": token_mean().append(nn.Dropout(DROPOUT)),
        "head": nn.Linear(wide, blueprint.classes),
    }
    return sequential(parts, ("pool",))


def _embedded(vocabulary: int, wide: int) -> nn.Module:
    class Embedded(nn.Module):
        """The embeddings of all n-grams, weighted so that their mean is that of those without padding, times four."""

        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(len(ORDERS) * BUCKETS, wide)

        def forward(self, tokens_BL: Tensor) -> Tensor:
            length = tokens_BL.shape[1]
            keys_BG = torch.cat([_keys(tokens_BL, order, vocabulary) for order in ORDERS], 1)
            whole_BG = torch.cat([tokens_BL[:, order - 1 : length] > 0 for order in ORDERS], 1).float()
            share_BG = whole_BG * (len(ORDERS) * keys_BG.shape[1]) / whole_BG.sum(1, keepdim=True).clamp(min=1)
            embedded_BGF: Tensor = self.embedding(keys_BG) * share_BG.unsqueeze(2)
            return embedded_BGF

    return Embedded()


def _keys(tokens_BL: Tensor, order: int, vocabulary: int) -> Tensor:
    """(B, L - order + 1): the bucket of the n-gram that starts at each token."""
    count = tokens_BL.shape[1] - order + 1
    number_BG = tokens_BL[:, :count]
    for place in range(1, order):
        number_BG = number_BG * vocabulary + tokens_BL[:, place : place + count]
    return number_BG * FACTOR % PRIME % BUCKETS + ORDERS.index(order) * BUCKETS


ENTRIES = (
    Architecture(
        name="hashed_ngrams",
        title="Hashed n-grams",
        family="Text",
        paper="1607.01759",
        teaches="Counts which short runs of bytes occur and forgets where: large, quick, hard to beat on short texts.",
        build=_build,
        widths=(0.5, 1.0, 2.0),
        accepts=accepts_tokens,
        stages="none",
        signed=True,
    ),
)
