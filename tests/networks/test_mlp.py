"""The network for rows of a table: its sizes by hand, what it makes of a row, and its files."""

import numpy as np
import pytest
import torch

from distill_core.deployment.float16 import to_float16
from distill_core.deployment.onnx_export import export_onnx
from distill_core.deployment.runtime import run_onnx
from distill_core.errors import InvalidSetting
from distill_core.networks import Blueprint, build, check, profile, taking
from distill_core.networks.example import example_array
from distill_core.tasks import InputSpec
from distill_core.tasks.base import Column
from distill_core.tasks.text.tokens import INPUT

pytestmark = pytest.mark.anywhere

NAN = float("nan")
COLUMNS = (Column(mean=1e6, std=1e5, missing=True), Column(categories=3, missing=True), Column(mean=-2.0, std=0.5))
GIVEN = InputSpec(shape=(3,), columns=COLUMNS)
ROWS = np.array(
    [[1.1e6, 2.0, -2.0], [NAN, NAN, NAN], [-1e30, 0.0, 1e30], [1e6, 7.0, -1.5], [np.inf, 1.0, -np.inf]], np.float32
)


def blueprint(width: float = 1.0) -> Blueprint:
    return Blueprint(architecture="mlp", classes=4, input=GIVEN, options=(("width", width),))


def network(width: float = 1.0) -> torch.nn.Module:
    torch.manual_seed(0)
    return build(blueprint(width)).eval()


def test_rows_of_a_table_get_it_and_nothing_else_does() -> None:
    assert [entry.name for entry in taking(GIVEN)] == ["mlp"]
    others = (InputSpec(shape=(3,)), InputSpec(shape=(1, 28, 28)), InputSpec(shape=(40, 13)), INPUT)
    assert not any(entry.name == "mlp" for other in others for entry in taking(other))
    with pytest.raises(InvalidSetting, match="rows of a table with described columns"):
        check(Blueprint(architecture="mlp", classes=4, input=InputSpec(shape=(3,))))


def test_a_row_becomes_deviations_categories_and_flags() -> None:
    prepared = network().get_submodule("stem")(torch.from_numpy(ROWS))
    assert prepared.tolist() == [
        # Two numbers; three categories; whether the first number and the category are missing.
        [pytest.approx(1.0), 0, 0, 0, 1, 0, 0],
        [0, 0, 0, 0, 0, 1, 1],
        [-6, 6, 1, 0, 0, 0, 0],
        [0, 1, 0, 0, 0, 0, 0],
        [6, -6, 0, 1, 0, 0, 0],
    ]


def test_sizes_by_hand() -> None:
    profiled = profile(blueprint())
    assert profiled.parameters == 7 * 64 + 2 * 64 + 64 * 64 + 2 * 64 + 65 * 4
    assert profiled.macs == 7 * 64 + 64 * 64 + 64 * 4
    assert profile(blueprint(0.125)).parameters == 7 * 8 + 16 + 64 + 16 + 9 * 4


def test_what_is_prepared_is_no_weight() -> None:
    assert not [name for name in network().state_dict() if name.startswith("stem")]


def test_a_blueprint_tells_its_columns_in_json() -> None:
    told = blueprint(0.5).to_dict()
    assert Blueprint.of(told) == blueprint(0.5)
    assert "columns" not in Blueprint(architecture="byte_cnn", classes=2, input=INPUT).to_dict()["input"]


def test_examples_are_rows_of_these_columns() -> None:
    rows = example_array(GIVEN, 200)
    assert rows.dtype == np.float32
    assert set(rows[:, 1].tolist()) == {0.0, 1.0, 2.0}
    assert abs(rows[:, 0].mean() - 1e6) < 5e4


@pytest.mark.parametrize("precision", ["float32", "float16"])
def test_a_file_takes_what_was_read_as_the_network_does(precision: str) -> None:
    made = network()
    data = export_onnx(made, blueprint()).data
    tolerance = 1e-5
    if precision == "float16":
        data, tolerance = to_float16(data).data, 1e-2
    answered = run_onnx(data, ROWS)
    np.testing.assert_allclose(answered, made(torch.from_numpy(ROWS)).detach(), atol=tolerance)
