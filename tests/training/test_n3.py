"""N3 by hand, who may have it, and that it keeps embeddings small."""

import pytest
import torch

from distill_core.errors import InvalidSetting
from distill_core.networks import Blueprint, build
from distill_core.planning.resolve import resolve_experiment
from distill_core.spec import Experiment
from distill_core.tasks import IGNORE, InputSpec
from distill_core.training.n3 import check_n3, n3

pytestmark = pytest.mark.anywhere

IDS = InputSpec(shape=(2,), dtype="int64", vocabulary=5)


def network(name: str) -> torch.nn.Module:
    """Three entities and two relations; the first two numbers are 3 and 4 for each entity, 0 and 1 for a relation."""
    found = build(Blueprint(architecture=name, classes=3, input=IDS, options=(("width", 0.125),)))
    places = [0, 4] if name == "complex" else [0, 1]
    for table, rows in ((found.stem.entities, [3.0, 4.0]), (found.stem.relations, [0.0, 1.0])):
        table.weight.data.zero_()
        table.weight.data[:, places] = torch.tensor(rows)
    return found


@pytest.mark.parametrize(
    ("name", "entity"),
    [
        ("complex", 125.0),  # the modulus of 3 + 4i is 5
        ("distmult", 27.0 + 64.0),
        ("transe", 27.0 + 64.0),
    ],
)
def test_by_hand(name: str, entity: float) -> None:
    """Of two questions one has an answer that counts: three entities and two relations, over two."""
    questions_B2, answers_B = torch.tensor([[0, 3], [1, 4]]), torch.tensor([2, IGNORE])
    found = n3(network(name), questions_B2, answers_B)
    assert found.item() == pytest.approx((3 * entity + 2 * 1.0) / 2)


def test_numbers_that_are_zero_have_a_slope_of_zero() -> None:
    model = network("complex")
    n3(model, torch.tensor([[0, 3]]), torch.tensor([1])).backward()
    slopes = model.stem.entities.weight.grad
    assert bool(slopes.isfinite().all())
    assert slopes[0, 1] == 0
    # 3 · |z| · z over one question.
    assert slopes[0, [0, 4]].tolist() == pytest.approx([3 * 5 * 3, 3 * 5 * 4])
    assert slopes[2].abs().sum() == 0


def test_other_networks_are_refused() -> None:
    with pytest.raises(InvalidSetting, match="N3 weight: expected a network of embeddings of a knowledge graph"):
        check_n3(build(Blueprint.for_images(architecture="plain_cnn", classes=10)), 0.1)
    students = [{"name": "KD", "architecture": "resnet8"}]
    teacher = {"kind": "shipped", "name": "fashion_resnet20"}
    asked = {"task": "fashion_mnist_small", "teacher": teacher, "students": students, "optimiser": {"n3": 0.1}}
    with pytest.raises(InvalidSetting, match=r"N3 weight, for 'KD': .* got ResNet-8"):
        resolve_experiment(Experiment.of(asked))
