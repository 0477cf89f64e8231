"""ComplEx, DistMult and TransE: sizes and scores by hand, what they take, and their files."""

import copy

import numpy as np
import onnx
import pytest
import torch

from distill_core.deployment.int8 import to_int8
from distill_core.deployment.onnx_export import export_onnx
from distill_core.deployment.runtime import run_onnx
from distill_core.errors import ExportMismatch, InvalidSetting
from distill_core.networks import Blueprint, build, check, profile, taking
from distill_core.networks.example import example_input
from distill_core.networks.weights import from_bytes, to_bytes
from distill_core.networks.zoo.graph_embeddings import dimension_of
from distill_core.tasks import TASKS, InputSpec

pytestmark = pytest.mark.anywhere

NAMES = ("complex", "distmult", "transe")
ENTITIES, IDS = 135, 227


def blueprint(name: str, dimension: int, classes: int = ENTITIES, ids: int = IDS) -> Blueprint:
    given = InputSpec(shape=(2,), dtype="int64", vocabulary=ids)
    return Blueprint(architecture=name, classes=classes, input=given, options=(("width", dimension / 32),))


def test_a_width_is_a_dimension() -> None:
    assert [dimension_of(width) for width in (0.125, 0.25, 0.5, 1.0, 4.0)] == [4, 8, 16, 32, 128]


@pytest.mark.parametrize(
    ("name", "dimension", "parameters", "macs"),
    [
        ("complex", 128, (135 + 92) * 2 * 128, 2 * 128 * 135),
        ("complex", 8, 3_632, 2_160),
        ("distmult", 8, (135 + 92) * 8, 8 * 135),
        ("transe", 4, (135 + 92) * 4, 4 * 135),
    ],
)
def test_parameters_and_macs_by_hand(name: str, dimension: int, parameters: int, macs: int) -> None:
    found = profile(blueprint(name, dimension))
    wide = dimension * (2 if name == "complex" else 1)
    assert (found.parameters, found.macs) == (parameters, macs)
    assert [(tap.name, tap.shape) for tap in found.taps] == [("stem", (2, wide)), ("pool", (wide,))]


def small(name: str, entities: torch.Tensor, relations: torch.Tensor, question: tuple[int, int]) -> list[float]:
    """Scores of 3 entities with 2 relations, whose rows are 0 but for one complex number or two real ones."""
    network = build(blueprint(name, 4, classes=3, ids=5))
    places = [0, 4] if name == "complex" else [0, 1]
    for table, rows in ((network.stem.entities, entities), (network.stem.relations, relations)):
        table.weight.data.zero_()
        table.weight.data[:, places] = rows
    return [round(score, 4) for score in network(torch.tensor([question]))[0].tolist()]


ROWS = torch.tensor([[1.0, 2.0], [3.0, -1.0], [0.0, 1.0]]), torch.tensor([[1.0, 0.0], [2.0, 1.0]])


@pytest.mark.parametrize(
    ("name", "scores"),
    [
        # (1 + 2i)(2 + i) = 5i; Re(5i · conj t) = 5 · Im t.
        ("complex", [10.0, -5.0, 5.0]),
        # (1 · 2, 2 · 1) = (2, 2).
        ("distmult", [6.0, 4.0, 2.0]),
        # (1 + 2, 2 + 1) = (3, 3): squared distances 5, 16, 13.
        ("transe", [-5.0, -16.0, -13.0]),
    ],
)
def test_scores_by_hand(name: str, scores: list[float]) -> None:
    assert small(name, *ROWS, question=(0, 4)) == scores


def test_a_fact_of_complex_numbers_need_not_hold_backwards() -> None:
    """h, r, t and t, r, h have one score with DistMult, and two with ComplEx."""
    there, back = (small("distmult", *ROWS, question=(end, 4)) for end in (0, 1))
    assert there[1] == back[0]
    there, back = (small("complex", *ROWS, question=(end, 4)) for end in (0, 1))
    assert there[1] != back[0]


def test_they_are_offered_for_questions_alone() -> None:
    assert tuple(entry.name for entry in taking(TASKS.get("medicine").input)) == NAMES
    with pytest.raises(InvalidSetting, match="questions of two ids"):
        check(Blueprint.for_images(architecture="complex", classes=10))
    with pytest.raises(InvalidSetting, match="ids of relations after those of 3 entities, got 3"):
        build(blueprint("complex", 4, classes=3, ids=3))


@pytest.mark.parametrize("name", NAMES)
def test_a_file_answers_as_the_network_does_and_holds_its_rows_once(name: str) -> None:
    network = build(blueprint(name, 8)).eval()
    questions_B2 = example_input(blueprint(name, 8), 9)
    data = export_onnx(network, blueprint(name, 8)).data
    logits = network(questions_B2).detach().numpy()
    assert np.abs(run_onnx(data, questions_B2.numpy()) - logits).max() < 1e-5
    graph = onnx.load_from_string(data).graph
    assert {"Gather", "MatMul"} < {node.op_type for node in graph.node}
    assert len([tensor for tensor in graph.initializer if tensor.dims[0] in (ENTITIES, IDS - ENTITIES)]) <= 3
    assert not [tensor for tensor in graph.initializer if ENTITIES in tensor.dims[1:]]


@pytest.mark.parametrize("name", NAMES)
def test_copies_and_stored_weights_keep_their_own_rows(name: str) -> None:
    network = build(blueprint(name, 4)).eval()
    questions_B2 = example_input(blueprint(name, 4), 9)
    logits = network(questions_B2)
    for other in (copy.deepcopy(network), from_bytes(blueprint(name, 4), to_bytes(network))):
        assert torch.equal(other(questions_B2), logits)
        other.stem.entities.weight.data.zero_()
        assert not torch.equal(other(questions_B2), logits)
    assert torch.equal(network(questions_B2), logits)


@pytest.mark.parametrize("name", NAMES)
def test_an_int8_file_has_one_scale_for_all_entities(name: str) -> None:
    """They are the first factor of the product, for which onnxruntime has no scale of each."""
    torch.manual_seed(0)
    network, questions = build(blueprint(name, 8)).eval(), example_input(blueprint(name, 8), 64).numpy()
    data = export_onnx(network, blueprint(name, 8)).data
    small = to_int8(data, questions, way="static", per_channel=True)
    logits = run_onnx(data, questions)
    assert small.largest_difference < 0.1 * (logits.max() - logits.min())
    assert np.abs(run_onnx(small.data, questions) - logits).max() == pytest.approx(small.largest_difference)
    with pytest.raises(ExportMismatch, match="a layer that can compute in integers, got none"):
        to_int8(data, questions, way="dynamic", per_channel=True)
