"""N3: the cubed sizes of the embeddings that a batch of a knowledge graph looks at. B batch, F features of a row.

Source: Lacroix, Usunier, Obozinski 2018, "Canonical tensor decomposition for knowledge base completion"
(arXiv:1806.07297), section 4, without its factor of a third.
"""

from __future__ import annotations

from distill_core.errors import InvalidSetting
from distill_core.lazy_torch import Tensor, nn
from distill_core.tasks import IGNORE


def check_n3(network: nn.Module, weight: float) -> None:
    """Raises InvalidSetting where a network has no embeddings of a graph and N3 a weight."""
    if weight and not hasattr(getattr(network, "stem", None), "cubed_sizes"):
        raise InvalidSetting(
            "N3 weight",
            expected="a network of embeddings of a knowledge graph",
            got="another one",
            hint="set it to 0, or choose another network",
        )


def n3(network: nn.Module, questions_B2: Tensor, answers_B: Tensor) -> Tensor:
    """The sum of the cubed sizes of a batch's entities, relations and answers over the number of questions.

    ``answers_B``: IGNORE where a question has none that the network may know, whose embedding does not count.
    """
    stem = network.get_submodule("stem")
    rows_B2F = stem(questions_B2)
    answers_F = stem.get_submodule("entities")(answers_B[answers_B != IGNORE])
    sizes: Tensor = stem.cubed_sizes(rows_B2F) + stem.cubed_sizes(answers_F)  # type: ignore[operator]
    return sizes / len(questions_B2)
